"""A page left alone: whoever still writes is asked in time, whoever has gone leaves nothing on show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.live import Demo
from tests.visits import kept_by, visit

MINUTE = 60_000


@contextmanager
def thread_of_busy(browser: Browser, demo: Demo) -> Iterator[Page]:
    """The messages of the busy case, in a browser whose clock can be moved on."""
    kept = kept_by(browser, demo, "busy")
    with visit(browser, demo, kept=kept) as (page, _):
        page.clock.install()
        page.goto(f"{demo.signed_in['busy'][1]}/messages?lang=en")
        yield page


def test_somebody_who_still_writes_is_asked_and_stays(browser: Browser, demo: Demo) -> None:
    with thread_of_busy(browser, demo) as page:
        asked = page.get_by_role("alert").filter(has_text="signed out in 2 minutes")
        page.locator("#text").fill("I remember the colour.")
        page.clock.fast_forward(17 * MINUTE)
        expect(asked).to_be_hidden()
        page.clock.fast_forward(MINUTE + 1000)
        expect(asked).to_be_visible()
        asked.get_by_role("button").click()
        expect(asked).to_be_hidden()
        page.clock.fast_forward(17 * MINUTE)
        expect(asked).to_be_hidden()
        assert page.locator("#text").input_value() == "I remember the colour."


def test_what_was_written_is_never_taken_away(browser: Browser, demo: Demo) -> None:
    with thread_of_busy(browser, demo) as page:
        page.locator("#text").fill("I remember the colour.")
        page.clock.fast_forward(21 * MINUTE)
        page.wait_for_timeout(300)
        assert page.locator("#text").input_value() == "I remember the colour."


def test_a_page_that_nobody_comes_back_to_is_asked_for_again(browser: Browser, demo: Demo) -> None:
    with thread_of_busy(browser, demo) as page, page.expect_navigation():
        page.clock.fast_forward(21 * MINUTE)
