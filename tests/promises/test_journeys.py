"""What was promised, from its three sides: the victim, the officer and the sergeant see one promise with one
day, whatever becomes of it, in English and Welsh on a narrow telephone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, expect

from core.commitments import Commitment
from tests.live import browser as browser
from tests.people import write_message
from tests.promises.portal import MONDAY, Portal, served
from tests.promises.sides import Case, Presses, button, in_words, part, publish
from tests.rows import rows

LANGUAGES = pytest.mark.parametrize("language", ["en", "cy"])
MOST_PRESSES = 4


@pytest.fixture(scope="module")
def portal(browser: Browser) -> Iterator[Portal]:
    with served(browser) as running:
        yield running


def day(number: int) -> date:
    """So many days after the Monday on which everything begins."""
    return (MONDAY + timedelta(days=number)).date()


@LANGUAGES
def test_a_promise_that_was_missed_never_vanishes_and_one_press_makes_somebody_answer(
    portal: Portal, language: str
) -> None:
    case = Case(portal, 1, language)
    words = case.words
    publish(case, "I have asked the shop for its camera footage.", by=day(11))
    case.all_see("contact", day(11))

    portal.at(15)  # Tuesday: two working days after Friday
    portal.remind()
    case.all_see("contact", day(11), late=True)
    page = case.victim()
    for said in ("we said", "told up"):
        expect(page.locator(".tmc-standing__late")).to_contain_text(words[said])
    page.get_by_role("button", name=words["ask"]).click()
    expect(page.locator("section[aria-labelledby=ask]")).to_contain_text(words["asked"])

    for side in (case.officer, case.sergeant):
        owed = side().locator(".tmc-promises__one", has_text=words["answer"])
        expect(owed).to_contain_text(in_words(day(18), language))
    case.all_see("contact", day(11), late=True)

    page = case.officer()
    page.locator("[name^=answer-]").fill("The footage came today.")
    button(page, "/messages/").first.click()
    expect(page.locator(".tmc-message").last).to_contain_text("The footage came today.")
    portal.work()
    case.nobody_sees(day(11), day(18))
    case.all_see("contact", day(43))


@LANGUAGES
def test_a_promise_does_not_outlive_its_case(portal: Portal, language: str) -> None:
    case = Case(portal, 2, language)
    publish(case, "I have asked the shop for its camera footage.", by=day(11))
    case.all_see("contact", day(11))
    portal.at(3)
    case.news("crime.outcome", outcome="18", reasons="No camera showed who it was.")
    expect(case.victim().locator(".tmc-standing")).not_to_contain_text(case.words["hear by"])
    case.nobody_sees(day(11))
    for side in (case.officer, case.sergeant):
        standing = side().locator("section[aria-labelledby=standing]")
        expect(standing).to_contain_text(case.words["nothing owed"])
    portal.at(15)
    portal.remind()
    case.nobody_sees(day(11))


@LANGUAGES
def test_rights_and_what_comes_next_stay_when_the_officer_writes_one_more_line(
    portal: Portal, language: str
) -> None:
    case = Case(portal, 3, language)
    portal.at(1)
    case.news("suspect.charged")

    def said() -> list[str]:
        page = case.victim()
        return page.locator(".tmc-standing__next dd").all_inner_texts()[:1] + page.locator(
            ".tmc-timeline__rights", has_text=case.words["rights"]).all_inner_texts()

    before = said()
    assert len(before) == 2
    portal.at(2)
    publish(case, "The hearing is in the court of Watford.", by=day(16))
    assert said() == before
    case.all_see("contact", day(16))


@LANGUAGES
def test_a_broken_promise_stands_out_and_the_most_silent_case_comes_first(
    portal: Portal, language: str
) -> None:
    first = Case(portal, 4, language)
    second = Case(portal, 5, language, begins=7, beside=first)
    third = Case(portal, 6, language, begins=8, beside=first)
    portal.at(43)  # all are late by now, and one hears at last
    publish(third, "The laboratory answers next week.")
    portal.remind()
    for page in (first.officer("/desk/"), first.sergeant("/desk/unit")):
        owed = page.locator(".tmc-promises__one")
        expect(owed.locator("a")).to_have_text([first.reference, second.reference])
        expect(owed.locator(".govuk-tag")).to_have_text([first.words["Late"]] * 2)
    first.all_see("contact", day(24), late=True)


@LANGUAGES
def test_an_update_without_a_day_takes_the_place_of_the_day_before(portal: Portal, language: str) -> None:
    case = Case(portal, 7, language)
    publish(case, "I have asked the shop for its camera footage.", by=day(11))
    portal.at(4)
    case.all_see("contact", day(11))
    publish(case, "The footage is here.")
    case.nobody_sees(day(11))
    case.all_see("contact", day(32))
    portal.at(15)
    portal.remind()
    expect(case.officer("/desk/").locator(".tmc-promises__one")).to_have_count(0)


@LANGUAGES
def test_in_a_month_no_contact_takes_an_officer_more_than_four_presses(
    portal: Portal, language: str
) -> None:
    case = Case(portal, 8, language)
    portal.at(2)
    case.news("suspect.arrested")
    month = {3: from_the_draft, 8: answered, 22: nothing_new, 30: called}
    for number, contact in month.items():
        portal.at(number)
        if contact is answered:
            write_message(portal.app, case.met, "Is there any news?", f"P{case.number}")
        presses = case.at_desk()
        presses.press(presses.page.locator(".tmc-desk__title a"))
        contact(presses, case)
        assert presses.count <= MOST_PRESSES, f"{contact.__name__}: {presses.count}"
        portal.work()
        portal.remind()
        expect(case.officer("/desk/").locator(".tmc-promises__one--late")).to_have_count(0)
    assert {one.state for one in rows(portal.app, Commitment, Commitment.case_id == case.met.case)} == {
        "kept", "explained", "open"}


def from_the_draft(officer: Presses, case: Case) -> None:
    page = officer.page
    officer.press(page.locator("a[href*='draft=1']"))
    expect(page.locator("#text")).not_to_be_empty()
    officer.press(button(page, "/update"))
    expect(page.locator(".govuk-notification-banner--success")).to_be_visible()


def answered(officer: Presses, case: Case) -> None:
    officer.type(officer.page.locator("[name^=answer-]"), "Not yet: I will write on Monday.")
    officer.press(button(officer.page, "/messages/").first)
    expect(officer.page.locator(".tmc-message").last).to_contain_text("Not yet")


def nothing_new(officer: Presses, case: Case) -> None:
    officer.press(part(officer.page, "nothing-new"))
    officer.press(officer.page.locator("label[for=nothing_reason]"))
    officer.press(button(officer.page, "/nothing-new"))
    expect(officer.page.locator(".govuk-notification-banner--success")).to_be_visible()


def called(officer: Presses, case: Case) -> None:
    officer.press(part(officer.page, "contact"))
    officer.press(officer.page.locator("label[for=contact_outcome]"))
    officer.press(button(officer.page, "/contact/"))
    expect(officer.page.locator(".govuk-notification-banner--success")).to_be_visible()
