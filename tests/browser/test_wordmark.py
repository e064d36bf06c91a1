"""Whose website it is can be read in the header, whatever colours a device asks for, and on paper."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.looks import COLOURS, SIZES, Colours, look
from tests.live import Demo

ENOUGH = 4.5  # WCAG 1.4.3, contrast of text
# The contrast of the darkest with the lightest place of a picture.
CONTRAST = """async picture => {
  const bitmap = await createImageBitmap(await (await fetch(picture)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  canvas.drawImage(bitmap, 0, 0);
  const {data} = canvas.getImageData(0, 0, bitmap.width, bitmap.height), seen = [];
  const part = one => one / 255 <= 0.03928 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4;
  for (let at = 0; at < data.length; at += 4)
    seen.push(0.2126 * part(data[at]) + 0.7152 * part(data[at + 1]) + 0.0722 * part(data[at + 2]));
  return (Math.max(...seen) + 0.05) / (Math.min(...seen) + 0.05);
}"""


@pytest.mark.parametrize("media", ["screen", "print"])
@pytest.mark.parametrize("colours", COLOURS, ids=str)
@pytest.mark.parametrize("force", ["hertfordshire", "avon-and-somerset"])
def test_the_name_of_the_force_stands_out(
    browser: Browser, demo: Demo, force: str, colours: Colours, media: Literal["screen", "print"]
) -> None:
    context = browser.new_context(base_url=demo.base)
    try:
        page: Any = context.new_page()
        page.goto(f"/{force}/")
        look(page, SIZES[1], colours)
        page.emulate_media(media=media)
        picture = page.locator(".tmc-header__name img").screenshot()
        empty = context.new_page()
        seen = empty.evaluate(CONTRAST, f"data:image/png;base64,{b64encode(picture).decode()}")
        assert seen >= ENOUGH
    finally:
        context.close()
