"""What the index links to: everything that people of this force can meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

from core.base import SOURCE_LANGUAGE, offered_languages
from core.hookspecs import Link
from core.plugin_host import installed
from core.web import links_at, way_in
from plugins.preview.letters import EMAILS, MANNERS, STAFF_KINDS
from plugins.preview.portal import Shown
from plugins.preview.samples import BORN, FAMILY, POSTCODE
from plugins.preview.stories import Sample, every_sample

# The heading of the outcomes of a scheme, and what is said below it.
OUTCOMES = {
    "home_office": (N_("How a case can end: Home Office outcomes"),
                    N_("The number and the small print are the official ones.")),
    "police_uk": (N_("How a case can end: outcomes of data.police.uk"), ""),
}
OTHER_OUTCOMES = (N_("How a case can end"), N_("The small print is the official name."))


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
    codes = installed().law.codes
    samples = every_sample(codes)
    found = [
        Section("everybody", _("Pages for everyone"),
                _("Whoever opens the website sees these. Nobody has to sign in."),
                list(_public())),
        Section("sign-in", _("Signing in"), "", list(_sign_in())),
        Section("stages", _("A case at each stage"),
                _("As the victim sees it. The number is the place of the stage on the way."),
                list(_cases(shown, samples, "stages"))),
        Section("situations", _("Other states of a case"), "",
                [*_cases(shown, samples, "situations"), *_more_of_people(shown)]),
        *(_outcomes(shown, samples, scheme) for scheme in codes.schemes),
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


def both_of(link: Link, as_who: str = "") -> dict[str, str]:
    """As :func:`both`, of a link to a page of another plugin."""
    return both(link.endpoint, as_who, **link.values)


def _public() -> Iterator[Item]:
    yield Item(_("Home page"), both("pages.home"))
    for link in links_at("can_follow"):
        yield Item(link.label, both_of(link))
    yield Item(_("Staying safe on this device"), both("pages.safety"))
    yield Item(_("Privacy"), both("pages.privacy"))
    yield Item(_("Accessibility"), both("pages.accessibility"))


def _sign_in() -> Iterator[Item]:
    begin = way_in("person")
    if begin is None:
        return
    yield Item(_("Sign in"), both(begin))
    yield Item(_("Sign in, with mistakes"), both("preview.mistake", name="sign-in"))
    yield Item(_("Enter the code"), both("preview.mistake", name="code"))
    yield Item(_("Enter the code, after a wrong one"), both("preview.mistake", name="code-wrong"))
    yield Item(_("Emails sent while you tried it out"), both("preview.sent"))


def _outcomes(shown: Shown, samples: Sequence[Sample], scheme: str) -> Section:
    title, text = OUTCOMES.get(scheme, OTHER_OUTCOMES)
    return Section(scheme.replace("_", "-"), str(title), str(text), list(_cases(shown, samples, scheme)))


def _cases(shown: Shown, samples: Sequence[Sample], group: str) -> Iterator[Item]:
    for one in samples:
        who = shown.samples.people.get(one.name)
        if one.group == group and who:
            links = both("pages.case_page", one.name, case_id=who.case_id)
            yield Item(one.title, links, one.mark, one.note)


def _more_of_people(shown: Shown) -> Iterator[Item]:
    people = shown.samples.people
    for name, title in (
        ("messages", _("The page of messages")),
        ("stage-allocated", _("The page of messages, nothing written yet")),
        ("no-officer", _("The page of messages, no officer yet")),
    ):
        for link in links_at("conversation", case_id=people[name].case_id) if name in people else ():
            yield Item(title, both_of(link, name))
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


def nothing_sent(shown: Shown) -> str | None:
    """The address to which somebody who is signed out sends what they wrote."""
    who = shown.samples.people.get("messages")
    found = links_at("conversation", case_id=who.case_id) if who else []
    return url_for(found[0].endpoint, **found[0].values) if found else None


def _desk(shown: Shown) -> Iterator[Item]:
    officers, begin = shown.samples.officers, links_at("staff")[:1]
    for name, title in (("officer-1", _("An officer with many cases")),
                        ("officer-3", _("An officer without a case"))):
        for link in begin if name in officers else ():
            yield Item(title, both_of(link, name))
    for name, title in (
        ("officer-of-messages", _("A case with messages")),
        ("officer-of-silent", _("A case that is no longer shown online")),
    ):
        for link in links_at("staff_case", case_id=officers[name].case_id) if name in officers else ():
            yield Item(title, both_of(link, name))
    who = officers.get("officer-of-messages")
    if who is None or not begin:
        return
    for link in links_at("access", case_id=who.case_id, person_id=who.person_id):
        yield Item(_("A code for someone who has no email"), both_of(link, "officer-of-messages"))
    for link in links_at("callers"):
        yield Item(_("For call handlers: can they follow it?"), both_of(link, "officer-of-messages"))


def to_sign_in_with(shown: Shown) -> dict[str, str] | None:
    """What to type to sign in as the victim of a sample case."""
    who = shown.samples.people.get("stage-investigating")
    if who is None or way_in("person") is None:
        return None
    born = BORN.split("-")
    return {"reference": who.reference, "surname": FAMILY, "postcode": POSTCODE,
            "born": " ".join(str(int(part)) for part in reversed(born))}

