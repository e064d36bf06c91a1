"""What the index links to: everything that people of this force can meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

from core.base import SOURCE_LANGUAGE, offered_languages
from core.plugin_host import the_force
from plugins.preview.letters import EMAILS, MANNERS, STAFF_KINDS
from plugins.preview.portal import Shown
from plugins.preview.samples import BORN, FAMILY, POSTCODE
from plugins.preview.stories import SAMPLES

Place = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Item:
    """Something to look at; ``links`` are its addresses by language."""

    title: str | LazyString
    links: dict[str, str]
    mark: str = ""
    note: str | LazyString = ""


@dataclass(frozen=True)
class Section:
    name: str
    title: str
    text: str
    items: list[Item]


def contents(shown: Shown) -> list[Section]:
    """The sections of the index; one without anything to look at is left out."""
    found = [
        Section("everybody", _("Pages for everyone"),
                _("Whoever opens the website sees these. Nobody has to sign in."),
                list(_public())),
        Section("sign-in", _("Signing in"), "", list(_sign_in())),
        Section("stages", _("A case at each stage"),
                _("As the victim sees it. The number is the place of the stage on the way."),
                list(_cases(shown, "stages"))),
        Section("situations", _("Other states of a case"), "",
                [*_cases(shown, "situations"), *_more_of_people(shown)]),
        Section("home-office", _("How a case can end: Home Office outcomes"),
                _("The number and the small print are the official ones."),
                list(_cases(shown, "home_office"))),
        Section("police-uk", _("How a case can end: outcomes of data.police.uk"), "",
                list(_cases(shown, "police_uk"))),
        Section("emails", _("Emails"),
                _("Named emails carry the name of the force. Discreet ones say nothing of police "
                  "or crime, for people who may not be alone with their mailbox."),
                list(_emails(shown))),
        Section("errors", _("Error pages"), "", list(_errors(shown))),
        Section("desk", _("The officer’s desk"), "", list(_desk(shown))),
    ]
    return [section for section in found if section.items]


def both(endpoint: str, as_who: str = "", **values: Any) -> dict[str, str]:
    """The addresses of a page in each language, for nobody in particular or *as_who*."""
    before = f"/as/{as_who}" if as_who else ""
    return {code: before + url_for(endpoint, **values, lang=code) for code in offered_languages()}


def _public() -> Iterator[Item]:
    yield Item(_("Home page"), both("pages.home"))
    if "eligibility" in the_force().plugins:
        yield Item(_("Can I follow my report online?"), both("eligibility.can_i_track"))
    yield Item(_("Staying safe on this device"), both("pages.safety"))
    yield Item(_("Privacy"), both("pages.privacy"))
    yield Item(_("Accessibility"), both("pages.accessibility"))


def _sign_in() -> Iterator[Item]:
    if "sign_in" not in the_force().plugins:
        return
    yield Item(_("Sign in"), both("sign_in.start"))
    yield Item(_("Sign in, with mistakes"), both("preview.mistake", name="sign-in"))
    yield Item(_("Enter the code"), both("preview.mistake", name="code"))
    yield Item(_("Enter the code, after a wrong one"), both("preview.mistake", name="code-wrong"))
    yield Item(_("Emails sent while you tried it out"), both("preview.sent"))


def _cases(shown: Shown, group: str) -> Iterator[Item]:
    for one in SAMPLES:
        who = shown.samples.people.get(one.name)
        if one.group == group and who:
            links = both("pages.case_page", one.name, case_id=who.case_id)
            yield Item(one.title, links, one.mark, one.note)


def _more_of_people(shown: Shown) -> Iterator[Item]:
    people = shown.samples.people
    if "messages" in the_force().plugins:
        for name, title in (
            ("messages", _("The page of messages")),
            ("stage-allocated", _("The page of messages, nothing written yet")),
            ("no-officer", _("The page of messages, no officer yet")),
        ):
            if name in people:
                yield Item(title, both("messages.thread", name, case_id=people[name].case_id))
    if "several" in people:
        yield Item(_("Someone with several reports"), both("pages.your_reports", "several"))


def _emails(shown: Shown) -> Iterator[Item]:
    for one in EMAILS.values():
        if one.kind in STAFF_KINDS:
            yield Item(one.title, {SOURCE_LANGUAGE: url_for("preview.email", name=one.name)}, _("to staff"))
        elif (one.language == SOURCE_LANGUAGE
              and f"reader-{one.manner}-{SOURCE_LANGUAGE}" in shown.samples.people):
            links = {code: url_for("preview.email", name=f"{one.manner}-{one.kind}-{code}", lang=code)
                     for code in offered_languages()}
            yield Item(one.title, links, str(MANNERS[str(one.manner)]))


ERRORS = {
    400: N_("A form that cannot be taken"), 404: N_("No such page"),
    413: N_("Too much text"), 429: N_("Too many tries"),
    500: N_("A mistake of ours"), 503: N_("Not available for the moment"),
}


def _errors(shown: Shown) -> Iterator[Item]:
    for code, title in ERRORS.items():
        yield Item(title, both("preview.error", code=code), str(code))
    if nothing_sent(shown):
        yield Item(_("Signed out while writing: the words are kept"), both("preview.signed_out"))


def nothing_sent(shown: Shown) -> Place | None:
    """Where somebody who is signed out sends what they wrote."""
    who = shown.samples.people.get("messages")
    if who is None or "messages" not in the_force().plugins:
        return None
    return "messages.send", {"case_id": who.case_id}


def _desk(shown: Shown) -> Iterator[Item]:
    force, officers = the_force(), shown.samples.officers
    if "officer_desk" not in force.plugins:
        return
    for name, title in (("officer-1", _("An officer with many cases")),
                        ("officer-3", _("An officer without a case"))):
        if name in officers:
            yield Item(title, both("officer_desk.desk", name))
    for name, title in (
        ("officer-of-messages", _("A case with messages")),
        ("officer-of-silent", _("A case that is no longer shown online")),
    ):
        if name in officers:
            yield Item(title, both("officer_desk.case", name, case_id=officers[name].case_id))
    who = officers.get("officer-of-messages")
    if who and "sign_in" in force.plugins:
        yield Item(_("A code for someone who has no email"), both(
            "sign_in.offer_activation", "officer-of-messages", case_id=who.case_id,
            person_id=who.person_id))
    if who and "eligibility" in force.plugins and \
            "eligibility.for_callers" in current_app.view_functions:
        yield Item(_("For call handlers: can they follow it?"),
                   both("eligibility.for_callers", "officer-of-messages"))


def to_sign_in_with(shown: Shown) -> dict[str, str] | None:
    """What to type to sign in as the victim of a sample case."""
    who = shown.samples.people.get("stage-investigating")
    if who is None or "sign_in" not in the_force().plugins:
        return None
    born = BORN.split("-")
    return {"reference": who.reference, "surname": FAMILY, "postcode": POSTCODE,
            "born": " ".join(str(int(part)) for part in reversed(born))}

