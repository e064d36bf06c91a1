"""A call, a visit, a letter: what an officer says of a contact with one person, in a few presses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

from core import commitments
from core.base import clean_text, force_locale
from core.hookspecs import CommitmentKind
from plugins.officer_desk.forms import CONTACT_OUTCOMES, CONTACT_WAYS, LONGEST_LINE, CaseForm

TOPICS: Mapping[str, LazyString] = {
    CommitmentKind.ACKNOWLEDGEMENT: N_("I gave them the written acknowledgement"),
    CommitmentKind.NEEDS_ASSESSMENT: N_("I asked what support they need"),
    CommitmentKind.SUPPORT_REFERRAL: N_("I referred them to support"),
    CommitmentKind.STATEMENT_OFFERED: N_("I offered a Victim Personal Statement"),
    CommitmentKind.RELEASE: N_("I told them of the release"),
}
LEFT = N_("We left a message.")


@dataclass(frozen=True)
class TypedContact:
    """What was said of a contact, without a fault; ``line``: what the person reads of it."""

    way: str
    reached: bool
    line: str | None
    topics: tuple[str, ...]


def owed(case_id: UUID) -> list[tuple[str, LazyString]]:
    """The topics that somebody on the case is still owed, in their order: (value, text)."""
    kinds = {row.kind for row in commitments.open_in_case(case_id)}
    return [(topic, text) for topic, text in TOPICS.items() if topic in kinds]


def read(form: CaseForm, language: str) -> TypedContact | None:
    """What stands in the boxes; None, with what to put right said at each, if something is wrong.

    Who left a message has not reached the person, whatever topics they ticked, and the line says so in
    *language*, the person's own.
    """
    way, outcome, line = form.contact_way.data, form.contact_outcome.data, _line(form)
    if way not in CONTACT_WAYS:
        form.refuse("contact_way", _("Choose how you were in contact"))
    if outcome not in CONTACT_OUTCOMES:
        form.refuse("contact_outcome", _("Choose whether you reached them"))
    if form.contact_way.errors or form.contact_outcome.errors or form.contact_line.errors:
        return None
    reached = outcome == "reached"
    if outcome == "message":
        with force_locale(language):
            line = f"{LEFT} {line}".strip()
    topics = tuple(one for one in form.contact_topics.data if one in TOPICS) if reached else ()
    return TypedContact(way, reached, line or None, topics)


def _line(form: CaseForm) -> str:
    try:
        line = clean_text(form.contact_line.data.replace("\r\n", "\n")).strip()
    except ValueError:
        form.refuse("contact_line", _("This has a sign that cannot be shown. Take it out."))
        return ""
    if len(line) > LONGEST_LINE:
        form.refuse("contact_line", _("This must be %(count)s characters or fewer", count=LONGEST_LINE))
    return line


def confirmation(said: TypedContact) -> str:
    """What the officer reads when it is recorded."""
    return str(_("Recorded: you were in contact.") if said.reached else
               _("Recorded: you tried. What they are owed stays open until they are reached."))
