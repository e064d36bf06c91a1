"""Every page of the portal in the states that people meet it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.visits import HOME, fill, sample, send

Reach = Callable[[Page, str], None]


@dataclass(frozen=True)
class State:
    """``who`` sees the page of this ``rule``; ``reach`` goes on from where ``start`` has led."""

    name: str
    who: str
    rule: str
    start: str
    reach: Reach = lambda page, case: None
    exit: bool = True

    def __str__(self) -> str:
        return self.name

    def open(self, page: Page, case: str, language: str) -> None:
        """*case* is the address of the visitor's case page."""
        mark = "&" if "?" in self.start else "?"
        page.goto(f"{self.start.replace('CASE', case)}{mark}lang={language}")
        self.reach(page, case)


def press(selector: str) -> Reach:
    def reach(page: Page, case: str) -> None:
        with page.expect_navigation():
            page.locator(selector).first.click()

    return reach


def submit(form: str = "main form", **values: str) -> Reach:
    def reach(page: Page, case: str) -> None:
        for name, value in values.items():
            page.locator(f"{form} [name='{name}']").fill(value)
        send(page, form)

    return reach


def after(*steps: Reach) -> Reach:
    def reach(page: Page, case: str) -> None:
        for step in steps:
            step(page, case)

    return reach


def sent_in(part: str, **values: str) -> Reach:
    """A part of the page of a case at the desk is opened, filled in, and sent."""
    whole = f"details:has(> #{part})"

    def reach(page: Page, case: str) -> None:
        if not page.locator(f"{whole}[open]").count():
            page.locator(f"#{part}").click()
        submit(whole, **values)(page, case)

    return reach


def written_to(page: Page, case: str) -> None:
    """The box in which a person is written to is sent, opened before if nobody waits for an answer."""
    box = page.locator("textarea[name^=answer-]").first
    if not box.is_visible():
        page.locator("details:has(textarea[name^=answer-]) > summary").first.click()
    with page.expect_navigation():
        page.locator("button[formaction*='/messages/']").first.click()


def stranger(page: Page, case: str) -> None:
    """Details that are well formed and fit nobody."""
    fill(page, sample("early").fields() | {"surname": "Nobody"})
    send(page)


def untick(page: Page, case: str) -> None:
    """No way of contact is left, and the form is sent."""
    for box in page.locator("main form input[type=checkbox]").all():
        box.uncheck()
    send(page, "form[action*=safe-contact]")


def give_reason(page: Page, case: str) -> None:
    """The busy case of another unit is opened."""
    fill(page, {"reference": sample("busy").reference,
                "words": "I cover for the officer, who is on leave until Monday."})
    page.locator("[name=reason]").first.check()
    send(page)


FIRST_CASE = press(".tmc-desk__title a")
PERSON = after(FIRST_CASE, press("a[href*='/person/']"))
HAND_OVER = after(FIRST_CASE, press("a[href*=sign-in-code]"))
SIGN_IN = f"{HOME}sign-in"
DESK = f"{HOME}desk/"
CONTACT_PLAN = "/case/<uuid:case_id>/contact-plan"
TRACK, TRACK_FOR = "/can-i-track", "/desk/can-they-track"
BICYCLE = "?kind=bicycle-theft&district=watford"

ANYONE = (
    State("choice of force", "nobody", "/", "/", exit=False),
    State("home", "nobody", "/", HOME),
    State("sign-in", "nobody", "/sign-in", SIGN_IN),
    State("sign-in, nothing filled in", "nobody", "/sign-in", SIGN_IN, submit()),
    State("sign-in, a reference of another shape", "nobody", "/sign-in", SIGN_IN,
          submit(**sample("early").fields() | {"crime_reference": "ISR-2024-00077"})),
    State("lost reference", "nobody", "/sign-in/lost-reference", f"{SIGN_IN}/lost-reference"),
    State("code", "nobody", "/sign-in/code", SIGN_IN, stranger),
    State("code, wrong", "nobody", "/sign-in/code", SIGN_IN, after(stranger, submit(code="123"))),
    State("code, too soon", "nobody", "/sign-in/code", SIGN_IN,
          after(stranger, submit(code="123"), submit(code="123"))),
    State("given name", "twins", "/sign-in/name", f"{SIGN_IN}/name"),
    State("given name, of nobody", "twins", "/sign-in/name", f"{SIGN_IN}/name", submit(given="Ann")),
    State("safety", "nobody", "/safety", f"{HOME}safety"),
    State("privacy", "nobody", "/privacy", f"{HOME}privacy"),
    State("accessibility", "nobody", "/accessibility", f"{HOME}accessibility"),
    State("can I track it", "nobody", TRACK, f"{HOME}can-i-track"),
    State("can I track it, nothing chosen", "nobody", TRACK, f"{HOME}can-i-track", submit()),
    State("can I track it, yes", "nobody", TRACK, f"{HOME}can-i-track{BICYCLE}"),
    State("can I track it, no", "nobody", TRACK, f"{HOME}can-i-track?kind=fraud&district=watford"),
    State("can I track it, in person", "nobody", TRACK, f"{HOME}can-i-track?kind=rape&district=watford"),
    State("access locked", "nobody", "/your-account/locked", f"{HOME}your-account/locked"),
    State("not found", "nobody", "", f"{HOME}nothing-here"),
    State("mailbox", "nobody", "/demo/mailbox/", "/demo/mailbox/", exit=False),
    State("mailbox, empty", "nobody", "/demo/mailbox/", "/demo/mailbox/?to=no@one", exit=False),
    State("officers", "nobody", "/demo/officers", f"{HOME}demo/officers", exit=False),
)
CASE, MESSAGES = "/case/<uuid:case_id>", "/case/<uuid:case_id>/messages"
ACCOUNT = "/your-account"
PEOPLE = (
    State("case, early", "early", CASE, "CASE"),
    State("case, busy", "busy", CASE, "CASE"),
    State("case, closed", "closed", CASE, "CASE"),
    State("case, long words", "olu", CASE, "CASE"),
    State("messages, none yet", "early", MESSAGES, "CASE/messages"),
    State("messages, both ways", "busy", MESSAGES, "CASE/messages"),
    State("messages, nothing written", "busy", MESSAGES, "CASE/messages", submit("form#write")),
    State("messages, no officer", "olu", MESSAGES, "CASE/messages"),
    State("call", "busy", f"{MESSAGES}/call", "CASE/messages/call"),
    State("call, nothing chosen", "busy", f"{MESSAGES}/call", "CASE/messages/call", submit()),
    State("call, not safe", "olu", f"{MESSAGES}/call", "CASE/messages/call"),
    State("contact plan", "busy", CONTACT_PLAN, "CASE/contact-plan"),
    State("contact plan, nothing changed", "busy", CONTACT_PLAN, "CASE/contact-plan", submit()),
    State("reports", "olu", "/your-reports", f"{HOME}your-reports"),
    State("account", "busy", ACCOUNT, f"{HOME}your-account"),
    State("who signed in", "olu", f"{ACCOUNT}/visits", f"{HOME}your-account/visits"),
    State("passkeys", "busy", "/passkeys", f"{HOME}passkeys"),
    State("lock", "busy", f"{ACCOUNT}/lock", f"{HOME}your-account/lock"),
    State("email and phone", "busy", f"{ACCOUNT}/contact", f"{HOME}your-account/contact"),
    State("safe contact", "busy", f"{ACCOUNT}/safe-contact", f"{HOME}your-account/safe-contact"),
    State("safe contact, no way left", "busy", f"{ACCOUNT}/safe-contact",
          f"{HOME}your-account/safe-contact", untick),
)
DESK_CASE = "/desk/case/<uuid:case_id>"
CODE_FOR = f"{DESK_CASE}/sign-in-code/<uuid:person_id>"
OFFICERS = tuple(
    State(name, "officer of busy", rule, start, reach, exit=False)
    for name, rule, start, reach in (
        ("desk", "/desk/", DESK, after()),
        ("desk, nothing found", "/desk/", DESK, submit(reference="41/1")),
        ("desk, case", DESK_CASE, DESK, FIRST_CASE),
        ("desk, empty answer", f"{DESK_CASE}/messages/<uuid:person_id>", DESK,
         after(FIRST_CASE, written_to)),
        ("desk, wrong update", f"{DESK_CASE}/update", DESK,
         after(FIRST_CASE, sent_in("update", **{"next_update_by-day": "31"}))),
        ("desk, update published", DESK_CASE, DESK,
         after(FIRST_CASE, sent_in("update", text="The court has a date.", **{"next_update_by-day": ""}))),
        ("desk, nothing new and no reason", f"{DESK_CASE}/nothing-new", DESK,
         after(FIRST_CASE, sent_in("nothing-new"))),
        ("desk, contact of which nothing is said", f"{DESK_CASE}/contact/<uuid:person_id>", DESK,
         after(FIRST_CASE, sent_in("contact"))),
        ("contact plan at the desk", f"{DESK_CASE}/contact-plan/<uuid:person_id>", DESK,
         after(FIRST_CASE, press("a[href*=contact-plan]"))),
        ("callers", TRACK_FOR, f"{DESK}can-they-track", after()),
        ("callers, nothing chosen", TRACK_FOR, f"{DESK}can-they-track", submit()),
        ("callers, yes", TRACK_FOR, f"{DESK}can-they-track{BICYCLE}", after()),
        ("callers, in person", TRACK_FOR, f"{DESK}can-they-track{BICYCLE}&flagged=yes", after()),
        ("a person's access", f"{DESK_CASE}/person/<uuid:person_id>", DESK, PERSON),
        ("a person's access, nothing chosen", f"{DESK_CASE}/person/<uuid:person_id>", DESK,
         after(PERSON, submit("form#change-form"))),
        ("code for a person, offered", CODE_FOR, DESK, HAND_OVER),
        ("code for a person", CODE_FOR, DESK, after(HAND_OVER, submit("main form:last-of-type"))),
        ("code for a person, one is waiting", CODE_FOR, DESK, HAND_OVER),
    )
)
REASON, REVIEWS = "/desk/reason", "/desk/reviews"
OTHERS_CASES = (
    State("cases of the unit", "officer of busy", "/desk/unit", f"{DESK}unit", exit=False),
    State("reason", "officer of early", REASON, f"{DESK}reason", exit=False),
    State("reason, none given", "officer of early", REASON, f"{DESK}reason", submit(), exit=False),
    State("desk, case opened with a reason", "officer of early", DESK_CASE, f"{DESK}reason",
          give_reason, exit=False),
    State("promises kept", "officer for reviews", "/desk/promises-kept", f"{DESK}promises-kept", exit=False),
    State("reviews", "officer for reviews", REVIEWS, f"{DESK}reviews", exit=False),
    State("reviews, one done", "officer for reviews", REVIEWS, f"{DESK}reviews",
          press("button[value=look_into]"), exit=False),
)
ALL = ANYONE + PEOPLE + OFFICERS + OTHERS_CASES
