"""Colours of one's own take backgrounds and shadows of ours away: what those say, borders say too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looks import COLOURS, SIZES, Size, look
from tests.browser.states import ALL
from tests.live import Demo
from tests.visits import kept_by, visit

STATES = {state.name: state for state in ALL}
OWN = [colours for colours in COLOURS if colours.forced == "active"]
# How wide the borders are of a part of the first such element, from the top round.
BORDERS = """([selector, part]) => {
  const look = getComputedStyle(document.querySelector(selector), part || null);
  return ["Top", "Right", "Bottom", "Left"].map(side => look[`border${side}Width`]);
}"""
MARKED = """() => [...document.querySelectorAll(".tmc-nav__list :is(a, button)")]
  .filter(one => parseFloat(getComputedStyle(one).borderBottomWidth) > 0)
  .map(one => one.getAttribute("aria-current"))"""


def borders(page: Page, selector: str, part: str = "") -> tuple[str, ...]:
    found: list[str] = page.evaluate(BORDERS, [selector, part])
    return tuple(found)


@pytest.mark.parametrize("size", SIZES[1:3], ids=str)
def test_how_far_a_case_has_come_is_seen_without_our_colours(
    size: Size, browser: Browser, demo: Demo
) -> None:
    with visit(browser, demo, kept=kept_by(browser, demo, "busy")) as (page, _):
        STATES["case, busy"].open(page, demo.signed_in["busy"][1], "en")
        for colours in OWN:
            look(page, size, colours)
            steps = [f".tmc-steps__step--{state}" for state in ("done", "now", "ahead")]
            assert len({borders(page, step, "::before") for step in steps}) == 3
            entries = [".tmc-timeline__entry--latest", ".tmc-timeline__entry:not(:first-child)"]
            assert len({borders(page, entry, "::before") for entry in entries}) == 2
            for line in (*steps[:2], *entries):
                assert set(borders(page, line, "::after")) != {"0px"}


def test_the_navigation_marks_the_page_that_is_open_and_no_other(browser: Browser, demo: Demo) -> None:
    with visit(browser, demo, kept=kept_by(browser, demo, "officer of busy")) as (page, _):
        STATES["desk"].open(page, "", "en")
        for colours in COLOURS:
            look(page, SIZES[2], colours)
            assert page.evaluate(MARKED) == ["page"]
