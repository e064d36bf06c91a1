"""A case and the three who look at it: the victim, the officer, and the officer's sergeant, each in a browser
of their own on a narrow telephone."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from babel.dates import format_date
from playwright.sync_api import Locator, Page, expect

from core.hookspecs import CommitmentKind
from core.testing import allocated, event, officer, person, recorded
from tests.browser.looks import WIDE
from tests.people import FORCE
from tests.promises.portal import Portal
from tests.words_of_a_page import english_sentences

TOPICS = [CommitmentKind.ACKNOWLEDGEMENT, CommitmentKind.NEEDS_ASSESSMENT, CommitmentKind.SUPPORT_REFERRAL,
          CommitmentKind.STATEMENT_OFFERED]
WORDS = {
    "en": {
        "hear by": "You will hear from us by", "late": "We are late", "we said": "We said that you would",
        "told up": "Your officer and their supervisor have been told", "ask": "Ask what is happening",
        "asked": "We have your question", "contact": "Contact them", "answer": "Answer their message",
        "Late": "Late", "nothing owed": "Nothing is promised", "rights": "Victim Personal Statement",
    },
    "cy": {
        "hear by": "Byddwch yn clywed gennym erbyn", "late": "Rydym yn hwyr", "we said": "Dywedom y byddech",
        "told up": "Mae eich swyddog a’u goruchwyliwr wedi cael gwybod", "ask": "Gofyn beth sy’n digwydd",
        "asked": "Mae eich cwestiwn gyda ni", "contact": "Cysylltu â nhw", "answer": "Ateb eu neges",
        "Late": "Hwyr", "nothing owed": "Nid oes dim wedi’i addo", "rights": "Datganiad Personol Dioddefwr",
    },
}


def in_words(day: date, language: str) -> str:
    return format_date(day, "EEEE, d MMMM y", locale=language)


class Presses:
    """An officer's clicks, counted; what they type is not."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, what: Locator) -> None:
        self.count += 1
        what.click()

    def type(self, where: Locator, text: str) -> None:
        self.press(where)
        self.page.keyboard.insert_text(text)


class Case:
    """One case, from so many days after the Monday on. Its officer and unit have no other but those that are
    *beside* it. The victim was called that day, so that nothing but the next contact is owed."""

    def __init__(self, portal: Portal, number: int, language: str, *, begins: int = 0,
                 beside: Case | None = None) -> None:
        self.portal, self.language, self.words = portal, language, WORDS[language]
        self.number = number if language == "en" else number + 100
        portal.at(begins)
        self.lead: int = beside.lead if beside else self.number
        self.unit = f"Unit {self.lead}"
        self.sergeant_id: UUID = beside.sergeant_id if beside else portal.sergeant(self.unit)
        now, victim = portal.now.isoformat(), person(self.number, language=language)
        portal.take(
            recorded(self.reference, time=now, people=[victim]),
            allocated(self.reference, time=now, officer=officer(self.lead, unit=self.unit)),
            event("contact.made", self.reference, time=now, person=victim["id"], way="phone", reached=True,
                  topics=TOPICS))
        portal.work()
        self.met = portal.meet(self.reference)

    @property
    def reference(self) -> str:
        return f"41/{self.number}/24"

    def address(self, path: str) -> str:
        return f"/{FORCE}{path}?lang={self.language}"

    def news(self, kind: str, **more: Any) -> None:
        """The record system tells something now; letters go."""
        self.portal.take(event(kind, self.reference, time=self.portal.now.isoformat(), **more))
        self.portal.work()

    def victim(self) -> Page:
        """The victim's page of the case, opened anew; each look is also whether it fits and is Welsh."""
        return self._open(self.portal.person(self.met, f"P{self.number}"), f"/case/{self.met.case}")

    def officer(self, path: str | None = None) -> Page:
        return self._open(self.portal.staff(self.met.staff), path or f"/desk/case/{self.met.case}")

    def sergeant(self, path: str | None = None) -> Page:
        page = self.portal.staff(self.sergeant_id, "sergeant")
        return self._open(page, path or f"/desk/case/{self.met.case}")

    def _open(self, page: Page, path: str) -> Page:
        page.goto(self.address(path))
        assert not page.evaluate(WIDE), page.url
        assert self.language == "en" or not english_sentences(page), page.url
        return page

    def at_desk(self) -> Presses:
        """The officer has the list of their cases before them."""
        return Presses(self.officer("/desk/"))

    def all_see(self, what: str, day: date, *, late: bool = False) -> None:
        """The three see one promise: *what* is owed (a key of WORDS), one day, and whether it is late."""
        words, day_in_words = self.words, in_words(day, self.language)
        standing = self.victim().locator(".tmc-standing__next")
        expect(standing).to_contain_text(day_in_words)
        expect(standing).to_contain_text(words["late" if late else "hear by"])
        for page in (self.officer(), self.sergeant()):
            self._says(page.locator(".tmc-promises__one", has_text=words[what]), day_in_words, late)
        for page in (self.officer("/desk/"), self.sergeant("/desk/unit")) if late else ():
            own = page.get_by_role("link", name=self.reference, exact=True)
            self._says(page.locator(".tmc-promises__one", has_text=words[what]).filter(has=own),
                       day_in_words, late)

    def _says(self, owed: Locator, day: str, late: bool) -> None:
        expect(owed).to_have_count(1)
        expect(owed).to_contain_text(day)
        expect(owed.locator(".govuk-tag")).to_have_text([self.words["Late"]] if late else [])

    def nobody_sees(self, *days: date) -> None:
        """None of the three reads of a promise for these days any more."""
        for page in (self.victim(), self.officer(), self.sergeant()):
            promised = page.locator(".tmc-standing__next, .tmc-promises")
            for day in days:
                expect(promised.filter(has_text=in_words(day, self.language))).to_have_count(0)


def part(page: Page, name: str) -> Locator:
    """A way to tell people, at the desk: its summary; what is in it is beside it."""
    return page.locator(f"#{name}")


def button(page: Page, action: str) -> Locator:
    """The button of the page that is sent to this part of the case's address."""
    return page.locator(f"button[formaction*='{action}']")


def publish(case: Case, text: str, by: date | None = None) -> None:
    """The officer writes an update, and letters of it go."""
    page = case.officer()
    part(page, "update").click()
    page.locator("#text").fill(text)
    for name in ("day", "month", "year") if by else ():
        page.locator(f"#next_update_by-{name}").fill(str(getattr(by, name)))
    with page.expect_navigation():
        button(page, "/update").click()
    expect(page.locator(".govuk-notification-banner--success")).to_be_visible()
    case.portal.work()
