"""The ways that people go through the portal, step by step; what they meet on them is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import Any

from core.testing import Met, travel
from plugins.demo import samples
from tests.same_pages.forms import Form, forms_of
from tests.same_pages.portal import CASES, HOME, MOMENT, TWINS, Demo
from tests.same_pages.written import CODE, Pages, letters_written, written


class Visit(ExitStack):
    """A browser of its own for each who is named; every answer is kept, numbered."""

    def __init__(self, here: Demo, pages: Pages, folder: str, language: str) -> None:
        super().__init__()
        self._moment = MOMENT
        self.here, self._pages, self._folder, self._language = here, pages, folder, language
        self._steps, self.html, self.met = 0, "", here.met("busy", HOME)

    def as_(self, who: str) -> Visit:
        """From now on somebody else sits here, at the case that is theirs."""
        self.met = self.here.met(who, HOME)
        self._client = self.here.browser(who, HOME, self.met).client
        return self

    @property
    def case(self) -> str:
        assert isinstance(self.met, Met)
        return f"/case/{self.met.case}"

    def go(self, path: str) -> None:
        """Open a page, and go where it leads to."""
        self._keep("GET", path if path.startswith(f"/{HOME}/") else f"/{HOME}{path}", None)

    def press(self, pattern: str) -> None:
        """Follow the first link whose address fits the pattern."""
        found = re.search(rf'href="([^"]*{pattern}[^"]*)"', self.html)
        assert found, f"{self._folder}: no link {pattern}"
        self.go(unescape(found[1]))

    def send(self, pattern: str, act: str = "", **values: str) -> None:
        """Send the first form (of those that do this *act*) that goes to an address that fits the pattern,
        with these values."""
        form, action, pressed = self._form(pattern, act)
        names = {name for _, name, _ in form.fields}
        strange = {name for name in values if name.replace("__", "-") not in names}
        assert not strange, f"{self._folder}: no field {strange}"
        given = {name.replace("__", "-"): value for name, value in values.items()}
        self._keep("POST", action, {**form.standing, **pressed, **given})

    def later(self, minutes: int) -> None:
        """So long, for the steps that follow."""
        self._moment += timedelta(minutes=minutes)
        self.enter_context(travel(self._moment))

    def code(self) -> str:
        """The newest code that came by letter. The letters of one address follow each other."""
        self.here.work()
        newest = max(self.here.mailbox.glob("*.eml"))
        letter = message_from_bytes(newest.read_bytes().partition(b"\n")[2], policy=policy.default)
        assert isinstance(letter, EmailMessage)
        text = letter.get_body(("plain",))
        found = CODE.search(text.get_content() if text else "")
        assert found, f"{self._folder}: no code"
        return found[0]

    def keep_letters(self) -> None:
        """All that was sent on the way."""
        self.here.work()
        for number, letter in enumerate(letters_written(self.here.mailbox), start=1):
            self._pages.keep(f"{self._folder}/letter {number}", letter)

    def _form(self, pattern: str, act: str) -> tuple[Form, str, dict[str, str]]:
        for form in forms_of(self.html):
            if form.hidden.get("act", "") != act and act:
                continue
            for name, value, action in form.buttons or [("", "", "")]:
                if re.search(pattern, action or form.action):
                    return form, action or form.action, {name: value} if name else {}
        raise AssertionError(f"{self._folder}: no form {pattern}")

    def _keep(self, method: str, path: str, data: dict[str, Any] | None) -> None:
        for _ in range(5):
            if data is None and "lang=" not in path:
                path += f"{'&' if '?' in path else '?'}lang={self._language}"
            answer = self._client.open(path, method=method, data=data, buffered=True)
            self._steps += 1
            self._pages.keep(f"{self._folder}/{self._steps:02}", written(answer))
            if "Location" not in answer.headers:
                break
            method, path, data = "GET", answer.headers["Location"], None
        self.html = answer.get_data(as_text=True)


def _details(visit: Visit, case: str, **instead: str) -> None:
    number = CASES[case]
    who, force = samples.PEOPLE[number], visit.here.portal.at(HOME).installed.force
    year, month, day = who.date_of_birth.split("-")
    visit.go("/sign-in")
    visit.send("sign-in", **{
        "crime_reference": samples.reference(force, number), "surname": who.family,
        "date_of_birth__day": day, "date_of_birth__month": month, "date_of_birth__year": year,
        "postcode": who.postcode, **instead})


def signing_in(visit: Visit) -> None:
    """With a code of the letter, and out again."""
    _details(visit.as_("nobody"), "early")
    visit.send("/sign-in/code", code=visit.code())
    for path in ("/your-account/visits", "/your-reports", "/demo/mailbox/", "/leave"):
        visit.go(path)


def strangers(visit: Visit) -> None:
    """Details that fit nobody, of another shape, of no day; codes that are wrong until no more are taken."""
    _details(visit.as_("nobody"), "early", crime_reference="ISR-2024-00077")
    _details(visit, "early", date_of_birth__day="31", date_of_birth__month="2")
    _details(visit, "early", surname="Nobody")
    for code in ("", "12", "000000", "000001", "000002", "000003", "000004", "000005"):
        visit.go("/sign-in/code")
        if any("/sign-in/code" in form.action for form in forms_of(visit.html)):
            visit.send("/sign-in/code", code=code)
    for _ in range(4):
        _details(visit, "closed")


def twins(visit: Visit) -> None:
    """Two children of one day and one address: the given name decides."""
    _details(visit.as_("nobody"), "early", crime_reference=TWINS, surname="Rhys", date_of_birth__day="9",
             date_of_birth__month="3", date_of_birth__year="2012", postcode="SG1 1AA")
    visit.send("/sign-in/code", code=visit.code())
    visit.send("/sign-in/name", given="Ann")
    visit.later(5)
    visit.send("/sign-in/name", given="Nia")


def messages(visit: Visit) -> None:
    """A victim writes, the officer answers, and each reads it."""
    visit.as_("busy").go(f"{visit.case}/messages")
    visit.send(r"/messages$", text="I found the receipt. <b>Shall</b> I send it?")
    visit.as_("officer").go("/desk/")
    visit.go(f"/desk{visit.case}")
    field = next(name for form in forms_of(visit.html) for kind, name, _ in form.fields
                 if kind == "text" and name.startswith(("answer", "text-", "to-")))
    visit.send(r"/messages/[0-9a-f-]{36}$", **{field: "Yes please."})
    visit.as_("busy").go(visit.case)
    visit.go(f"{visit.case}/messages")


def updates(visit: Visit) -> None:
    """An officer publishes what is new, with a day that is wrong at first."""
    visit.as_("officer").go(f"/desk{visit.case}")
    visit.send("/update$", text="The court has a date.", next_update_by__day="31")
    visit.send("/update$", text="The court has a date.", next_update_by__day="3",
               next_update_by__month="7", next_update_by__year="2026")
    visit.as_("busy").go(visit.case)


def safe_contact(visit: Visit) -> None:
    """Discreet words from now on, and what is new comes in them."""
    visit.as_("early").go("/your-account/safe-contact")
    visit.send("safe-contact", words="discreet")
    visit.go(visit.case)
    visit.as_("officer of another case").go("/desk/")
    visit.press(r"/desk/case/")
    visit.send("/update$", text="I have the footage.")


def contact(visit: Visit) -> None:
    """Another address; the old one is told, the officer confirms it."""
    visit.as_("busy").go("/your-account/contact")
    visit.send(r"/contact$", contact="email", email="gwen.new@")
    visit.send(r"/contact$", contact="email", email="gwen.new@example.com")
    visit.go("/your-account")
    visit.as_("officer").go(f"/desk{visit.case}")
    visit.press("/person/")
    visit.send("/person/", "confirm", **_way(visit))


def _way(visit: Visit) -> dict[str, str]:
    """The first of the ways in which an officer makes sure who somebody is."""
    return next({name: value} for form in forms_of(visit.html) for kind, name, value in form.fields
                if kind == "radio" and name.endswith("-how"))


def locked(visit: Visit) -> None:
    """A person locks the access to their case; the officer unlocks it."""
    visit.as_("busy").go("/your-account/lock")
    visit.send("/lock$")
    visit.as_("busy").go(visit.case)
    visit.as_("officer").go(f"/desk{visit.case}")
    visit.press("/person/")
    visit.send("/person/")
    visit.send("/person/", "unlock", **_way(visit))


def reasons(visit: Visit) -> None:
    """The case of another unit is opened with a reason; the supervisor looks at it."""
    force = visit.here.portal.at(HOME).installed.force
    visit.as_("officer of another case").go("/desk/reason")
    chosen = next(value for form in forms_of(visit.html) for kind, name, value in form.fields
                  if name == "reason")
    visit.send("/reason", reference=samples.reference(force, CASES["busy"]), reason=chosen,
               words="I cover for the officer, who is on leave until Monday.")
    visit.as_("supervisor").go("/desk/reviews")
    visit.send("/review")
    visit.go("/desk/reviews")


def handed_out(visit: Visit) -> None:
    """A code for somebody without email, read out by the officer."""
    visit.as_("officer").go(f"/desk{visit.case}")
    visit.press("sign-in-code")
    visit.send("sign-in-code")
    visit.go(f"/desk{visit.case}")
    visit.press("sign-in-code")


def eligibility(visit: Visit) -> None:
    """Whether a report can be followed: yes, no, and in person."""
    visit.as_("nobody")
    for page in ("/can-i-track", "/desk/can-they-track"):
        for asked in ("kind=bicycle-theft&district=watford", "kind=fraud&district=watford",
                      "kind=rape&district=watford", "kind=bicycle-theft&district=elsewhere", "kind="):
            visit.go(f"{page}?{asked}")
        visit.as_("officer")


JOURNEYS: dict[str, Callable[[Visit], None]] = {
    one.__name__: one for one in (
        signing_in, strangers, twins, messages, updates, safe_contact, contact, locked, reasons,
        handed_out, eligibility)
}
