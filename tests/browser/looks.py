"""The ways in which people look at a page: how wide, how large the text, in which colours."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page

WHOLE = os.environ.get("PAGES") == "all"  # `make pages`: every state in every way, not one each by turns


@dataclass(frozen=True)
class Size:
    """A window in CSS pixels, and the text in it, in hundredths of what it is by itself."""

    width: int
    height: int
    text: int = 100

    def __str__(self) -> str:
        return f"{self.width} pixels with {self.text} % text"


@dataclass(frozen=True)
class Colours:
    """What the visitor's device asks for; ``forced``: it takes the page's colours away for its own."""

    scheme: Literal["light", "dark"]
    forced: Literal["active", "none"] = "none"

    def __str__(self) -> str:
        return f"{self.scheme}{', forced' if self.forced == 'active' else ''}"


@dataclass(frozen=True)
class Way:
    """How a page is asked for: in which language, and whether scripts run."""

    language: str
    scripts: bool

    def __str__(self) -> str:
        return f"{self.language}{'' if self.scripts else ', no scripts'}"


SIZES = (Size(320, 640, 200), Size(375, 667), Size(1280, 860), Size(320, 640), Size(1280, 860, 200))
COLOURS = (Colours("light"), Colours("light", "active"), Colours("dark"), Colours("dark", "active"))
WAYS = (Way("en", True), Way("cy", True), Way("en", False), Way("cy", False))

# Pressed by themselves, not as a word of a sentence: WCAG 2.5.8 asks for 24 pixels both ways.
SMALL = """() => [...document.querySelectorAll(
  "a, button, input:not([type=hidden]), select, textarea, summary"
)].filter(one => {
  const box = one.getBoundingClientRect();
  const inSentence = getComputedStyle(one).display === "inline"
    && one.parentElement.textContent.trim() !== one.textContent.trim();
  const shown = box.width > 1 && box.height > 1 && one.checkVisibility();
  return shown && !inSentence && (box.height < 24 || box.width < 24);
}).map(one => one.outerHTML.slice(0, 160))"""
# What is wider than the window, and what a box cuts off at its side.
WIDE = """() => {
  const cut = [...document.querySelectorAll("body :not(input)")].filter(one =>
    /hidden|clip/.test(getComputedStyle(one).overflowX) && one.clientWidth > 1 && one.checkVisibility()
    && one.scrollWidth > one.clientWidth + 1);
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const out = wide <= 0 ? [] : [...document.querySelectorAll("body *")].filter(one =>
    one.checkVisibility() && one.getBoundingClientRect().right > window.innerWidth + 1).slice(-3);
  return [...(wide > 0 ? [`${wide} pixels too wide`] : []),
          ...[...cut, ...out].map(one => one.outerHTML.slice(0, 160))];
}"""


def look(page: Page, size: Size, colours: Colours | None = None) -> None:
    if colours:
        page.emulate_media(color_scheme=colours.scheme, forced_colors=colours.forced)
    page.set_viewport_size({"width": size.width, "height": size.height})
    page.evaluate("text => { document.documentElement.style.fontSize = text; }",
                  "" if size.text == 100 else f"{size.text}%")


def too_wide(page: Page, sizes: Sequence[Size] = SIZES) -> dict[str, list[str]]:
    """What does not fit, for each of *sizes* at which something does not."""
    found = {}
    for size in sizes:
        look(page, size)
        found[str(size)] = page.evaluate(WIDE)
    return {size: faults for size, faults in found.items() if faults}
