"""A page left alone: whoever still writes is asked in time, whoever has gone leaves nothing on show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.judges import axe
from tests.browser.looks import SIZES, Size, look, too_wide
from tests.live import Demo
from tests.visits import kept_by, unfold, visit

MINUTE = 60_000
WRITTEN = "I remember the colour."
SHOW = "I have signed in: show what I wrote"
# Whether no corner of an element lies under another.
ON_TOP = """one => {
  const {left, right, top, bottom} = one.getBoundingClientRect();
  return [left + 3, right - 3].flatMap(x => [top + 3, bottom - 3].map(y => document.elementFromPoint(x, y)))
    .every(seen => seen && (one.contains(seen) || seen.contains(one)));
}"""


@contextmanager
def page_of(browser: Browser, demo: Demo, who: str = "busy") -> Iterator[Page]:
    """The busy case's messages, or its page at the desk, in a browser whose clock can be moved on."""
    kept, case = kept_by(browser, demo, who), demo.signed_in["busy"][1]
    base, _, case_id = case.rpartition("/case/")
    address = f"{case}/messages" if who == "busy" else f"{base}/desk/case/{case_id}"
    with visit(browser, demo, kept=kept) as (page, _):
        page.clock.install()
        page.goto(f"{address}?lang=cy")
        unfold(page)
        page.locator("#text").fill("")  # what another test began in this visit
        page.get_by_role("button", name="English").click()
        page.wait_for_url("**lang=en")
        unfold(page)
        yield page


def test_somebody_who_still_writes_is_asked_and_stays(browser: Browser, demo: Demo) -> None:
    with page_of(browser, demo) as page:
        asked = page.get_by_role("alert").filter(has_text="signed out in 2 minutes")
        page.locator("#text").fill(WRITTEN)
        page.clock.fast_forward(17 * MINUTE)
        expect(asked).to_be_hidden()
        page.clock.fast_forward(MINUTE + 1000)
        expect(asked).to_be_visible()
        asked.get_by_role("button").click()
        expect(asked).to_be_hidden()
        page.clock.fast_forward(17 * MINUTE)
        expect(asked).to_be_hidden()
        assert page.locator("#text").input_value() == WRITTEN


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_neither_the_question_nor_the_button_that_leaves_hides_the_other(
    size: Size, browser: Browser, demo: Demo
) -> None:
    with page_of(browser, demo) as page:
        look(page, size)
        page.locator("#text").fill(WRITTEN)
        page.clock.fast_forward(18 * MINUTE + 1000)
        asked = page.locator(".tmc-idle")
        for part in (asked.locator("strong"), asked.get_by_role("button"),
                     page.locator(".govuk-exit-this-page__button")):
            part.scroll_into_view_if_needed()
            assert part.evaluate(ON_TOP), f"something lies over {part}"
        assert not too_wide(page, [size])
        page.locator("#text").fill("")


@pytest.mark.parametrize("who", ["busy", "officer of busy"])
def test_what_was_begun_is_covered_at_the_end_and_comes_back_to_whoever_is_signed_in(
    browser: Browser, demo: Demo, who: str
) -> None:
    with page_of(browser, demo, who) as page:
        shown = page.locator("main").inner_text()
        title = page.title()
        page.locator("#text").fill(WRITTEN)
        page.clock.fast_forward(31 * MINUTE)
        expect(page.get_by_role("heading", level=1)).to_have_text("You have been signed out")
        seen = page.locator("body").inner_text() + page.content() + page.title()
        assert WRITTEN not in seen and title not in seen
        assert not [line for line in shown.splitlines() if len(line) > 60 and line in page.content()]
        expect(page.get_by_text("signed out in 2 minutes")).to_be_hidden()
        page.get_by_role("button", name=SHOW).click()
        expect(page.locator("#text")).to_have_value(WRITTEN)
        assert page.title() == title
        page.clock.fast_forward(31 * MINUTE)
        expect(page.get_by_role("heading", level=1)).to_have_text("You have been signed out")


def test_what_is_covered_stays_so_for_whoever_comes_by(browser: Browser, demo: Demo) -> None:
    with page_of(browser, demo) as page:
        page.locator("#text").fill(WRITTEN)
        page.clock.fast_forward(21 * MINUTE)
        page.context.clear_cookies()  # the visit is over
        refused = page.get_by_text("You are not signed in yet")
        expect(refused).to_be_hidden()
        assert not axe(page) and not too_wide(page)
        page.get_by_role("button", name=SHOW).click()
        expect(refused).to_be_visible()
        assert WRITTEN not in page.content() and page.locator("#text").count() == 0


def test_a_page_that_nobody_comes_back_to_is_asked_for_again(browser: Browser, demo: Demo) -> None:
    with page_of(browser, demo) as page, page.expect_navigation():
        page.clock.fast_forward(21 * MINUTE)


def test_what_is_begun_is_there_again_after_back_and_in_the_other_language(
    browser: Browser, demo: Demo
) -> None:
    with page_of(browser, demo) as page:
        page.locator("#text").fill("It was blue.")
        page.locator(".govuk-back-link").click()
        page.wait_for_url("**/case/*")
        page.wait_for_timeout(300)
        page.go_back()
        expect(page.locator("#text")).to_have_value("It was blue.")
        page.get_by_role("button", name="Cymraeg").click()
        expect(page.locator("html")).to_have_attribute("lang", "cy")
        expect(page.locator("#text")).to_have_value("It was blue.")
        page.locator("#text").fill("")
        page.get_by_role("button", name="English").click()
        expect(page.locator("#text")).to_have_value("")
