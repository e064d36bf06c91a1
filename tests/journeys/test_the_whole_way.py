"""The way of one datum through the real processes, from the signed door to the browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from core.testing import builders
from core.web.pages import EXIT_TO
from tests.live import Demo
from tests.record_system import Record, days_ago
from tests.visits import (
    CODE,
    FORCE,
    HOME,
    Details,
    Watch,
    code_in,
    enter_desk,
    fill,
    kept_by,
    sample,
    send,
    sign_in,
    visit,
)
from tests.words_of_a_page import english_sentences, read_aloud

NOT_IN_LETTERS = (
    "amina", "khan", "officer", "sam ", "bicycle", "theft", "stolen", "crime", "victim", "case",
    "investigat", "outcome", "suspect", "camera", "41/",
)


def test_what_the_record_system_tells_reaches_the_victim(
    demo: Demo, record: Record, amina: Details, browser: Browser
) -> None:
    with visit(browser, demo) as (page, _):
        sign_in_by_keyboard(page, demo, amina)
        expect(page.locator("h1")).to_have_text("Your report")
        assert titles(page) == [
            "We are investigating", "An officer now has your case",
            "We recorded the crime you reported"]
        shown = read_aloud(page)
        assert "I asked the shop opposite for its camera footage." in shown
        assert "Sam Officer" in shown and amina.reference in shown

        before = demo.letters(amina.email)
        record.post(builders.event(
            "crime.outcome", amina.reference, time=days_ago(0), outcome="18",
            reasons="The camera did not show the rack.", done="We looked at a day of footage."))
        letter = demo.next_letter(amina.email, before)
        told = " ".join((letter["subject"], letter["text"], letter["html"])).casefold()
        assert not [word for word in NOT_IN_LETTERS if word in told], letter

        page.reload()
        latest = page.locator(".tmc-timeline__entry").first
        expect(latest.locator("h3")).to_have_text("We have not found who did this")
        expect(latest).to_contain_text("The camera did not show the rack.")
        expect(latest).to_contain_text("We looked at a day of footage.")
        expect(latest).to_contain_text("we have finished the enquiries we could make")
        expect(page.get_by_role("region", name="Support for you")).to_contain_text("0808 168 9111")


def test_a_victim_and_her_officer_write_to_each_other(demo: Demo, browser: Browser) -> None:
    gwen, question, answer = sample("busy"), "Do you need the receipt of the ring?", "Yes, please."
    with (
        visit(browser, demo, kept=kept_by(browser, demo, "busy")) as (page, _),
        visit(browser, demo, width=1280) as (desk, _),
    ):
        page.goto(f"{demo.signed_in['busy'][1]}?lang=en")
        with page.expect_navigation():
            page.get_by_role("button", name="Write to your officer").click()
        fill(page, {"text": question})
        send(page, "form#write")
        expect(page.locator(".tmc-message").last).to_contain_text("officer has not read it yet")

        enter_desk(desk, "officer of busy")
        expect(desk.locator(".tmc-desk__row").first).to_contain_text("1 new message")
        with desk.expect_navigation():
            desk.locator(".tmc-desk__row").get_by_role("link", name=gwen.reference).click()
        expect(desk.locator(".tmc-message").last).to_contain_text(question)
        before = demo.letters(gwen.email)
        desk.locator("[name^=answer-]").fill(answer)
        send(desk, "section[aria-labelledby^=person-]")
        letter = demo.next_letter(gwen.email, before)
        assert answer not in letter["text"] and gwen.reference not in letter["text"]

        page.reload()
        expect(page.locator(".tmc-message").last).to_contain_text(answer)
        expect(page.locator(".tmc-message").last).to_contain_text("New")
        asked = page.locator(".tmc-message", has_text=question)
        expect(asked).to_contain_text("Read by your officer")
        desk.reload()
        expect(desk.locator(".tmc-message").last).to_contain_text("Read on")


def test_a_victim_needs_no_scripts(demo: Demo, amina: Details, browser: Browser) -> None:
    with visit(browser, demo, scripts=False) as (page, watch):
        page.goto(HOME)
        with page.expect_navigation():
            page.locator("main a[role=button]").click()
        sign_in(page, demo, amina, at=page.url)
        assert "We recorded the crime you reported" in titles(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Write to your officer").click()
        fill(page, {"text": "The shop’s owner called me."})
        send(page, "form#write")
        expect(page.locator(".tmc-message").last).to_contain_text("The shop’s owner called me.")
        leave(page, watch, page.locator(".govuk-exit-this-page__button").click)
        page.goto(f"{HOME}your-reports")
        assert page.url.endswith("/sign-in")


def test_a_victim_reads_everything_in_welsh(demo: Demo, amina: Details, browser: Browser) -> None:
    with visit(browser, demo) as (page, _):
        page.goto(f"{HOME}?lang=cy")
        with page.expect_navigation():
            page.locator("main a[role=button]").click()
        sign_in(page, demo, amina, at=page.url)
        assert "lang=" not in page.url
        assert page.locator("html").get_attribute("lang") == "cy"
        assert titles(page)[-1] == "Rydym wedi cofnodi'r drosedd y gwnaethoch roi gwybod amdani"
        assert not english_sentences(page)
        with page.expect_navigation():
            page.locator(".tmc-officer a").first.click()
        assert page.locator("html").get_attribute("lang") == "cy"
        assert not english_sentences(page)


@pytest.mark.parametrize(("how", "who"), [("the button", "early"), ("the Shift key", "closed")])
def test_leaving_quickly_leaves_nothing_behind(
    demo: Demo, browser: Browser, how: str, who: str
) -> None:
    details = sample(who)
    with visit(browser, demo) as (page, watch):
        sign_in(page, demo, details, at=f"{HOME}sign-in?lang=en")
        case = page.url
        assert details.reference in page.content()
        kept = page.context.cookies()
        leave(page, watch, {
            "the button": page.locator(".govuk-exit-this-page__button").click,
            "the Shift key": lambda: [page.keyboard.press("Shift") for _ in range(3)],
        }[how])

        page.go_back()
        assert details.reference not in page.content()
        page.context.add_cookies(kept)  # somebody copied them before
        page.goto(case)
        assert page.url.endswith("/sign-in")
        assert details.reference not in page.content()


def leave(page: Page, watch: Watch, act: Callable[[], object]) -> None:
    """Leave by *act*; the other website is asked for, but cannot be reached from a test."""
    with page.expect_event("requestfailed", lambda request: request.url == EXIT_TO):
        act()
    page.wait_for_url(re.compile("^chrome-error:"))
    assert set(watch.elsewhere) == {EXIT_TO}
    watch.elsewhere.clear()


# --- a person who uses the keyboard alone -----------------------------------------------------


def sign_in_by_keyboard(page: Page, demo: Demo, details: Details) -> None:
    before = demo.letters(details.email)
    page.goto(HOME)
    tab_to(page, "main a[role=button]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for name, value in details.fields().items():
        tab_to(page, f"[name='{name}']")
        page.keyboard.type(value)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    code = code_in(demo.next_letter(details.email, before, CODE))
    tab_to(page, "[name=code]")
    page.keyboard.type(f"{code[:3]} {code[3:]}")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert re.fullmatch(rf"{demo.base}/{FORCE}/case/[0-9a-f-]{{36}}", page.url)


def tab_to(page: Page, wanted: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"the Tab key does not reach {wanted} on {page.url}")


def titles(page: Page) -> list[str]:
    return page.locator(".tmc-timeline__title").all_inner_texts()
