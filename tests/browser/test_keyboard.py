"""People who use a keyboard always see where they are."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.states import ALL
from tests.live import Demo
from tests.visits import kept_by, visit

STATES = {state.name: state for state in ALL}
MOST_STOPS = 80
# Where the focus is, whether that can be seen, and whether something else lies over it.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const look = getComputedStyle(one), box = one.getBoundingClientRect();
  const drawn = (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0
                 && !/^rgba.* 0\\)$/.test(look.outlineColor)) || look.boxShadow !== "none";
  const points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(
    ([x, y]) => document.elementFromPoint(box.left + x * box.width, box.top + y * box.height));
  return {html: one.outerHTML.slice(0, 120), drawn, place: [box.left, box.top],
          seen: points.some(at => at && one.contains(at))};
}"""


@pytest.mark.parametrize("name", [
    "home", "sign-in, nothing filled in", "code", "case, busy", "messages, both ways", "desk",
    "desk, case", "safe contact", "a person's access",
])
def test_the_focus_is_always_seen(name: str, demo: Demo, browser: Browser) -> None:
    state = STATES[name]
    kept = None if state.who == "nobody" else kept_by(browser, demo, state.who)
    with visit(browser, demo, kept=kept) as (page, _):
        state.open(page, demo.signed_in.get(state.who, (None, ""))[1], "en")
        stops = walk(page, "Tab")
        assert len(stops) > 5
        stops += walk(page, "Shift+Tab")
        faults = [stop for stop in stops if not (stop["drawn"] and stop["seen"])]
        assert not faults, faults


def walk(page: Page, key: str) -> list[dict[str, Any]]:
    """Every place the focus comes to until it leaves the page."""
    stops: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        stop = page.evaluate(FOCUS)
        if stop is None:
            break
        stops.append(stop)
    return stops
