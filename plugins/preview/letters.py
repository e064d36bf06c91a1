"""Every email that the portal sends, written by the code that writes the real ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from uuid import uuid4

from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

from core.base import SOURCE_LANGUAGE, clock, installed_languages
from core.cases import Case
from core.cli import services
from core.hookspecs import Channel, NoticeKind, RenderedNotice
from core.notices import Notice
from core.storage import update_many
from plugins.preview.samples import Samples

CODE = "123456"
MANNERS = {"named": N_("named"), "discreet": N_("discreet")}
KINDS = {
    NoticeKind.CODE: N_("Sign-in code"),
    NoticeKind.ENTRY: N_("Something new on the case"),
    NoticeKind.MESSAGE: N_("A new message"),
    NoticeKind.ACCOUNT: N_("A change in the account"),
    NoticeKind.LATE: N_("We are late with what we promised"),
}
STAFF_KINDS = {
    NoticeKind.OFFICER_MESSAGE: N_("To the officer: a message is waiting"),
    NoticeKind.CASE_SILENT: N_("To the officer: a case is no longer shown online"),
    NoticeKind.CASE_HANDED_OVER: N_("To the officer: a case was handed over to them"),
    NoticeKind.CASE_OUT_OF_REACH: N_("To the officer before: the new one cannot be written to"),
    NoticeKind.BREAK_GLASS: N_("To who reviews: a case was opened with a reason"),
    NoticeKind.UNUSUAL_VIEWING: N_("To who reviews: unusual viewing"),
    NoticeKind.PERSON_ACCOUNT: N_("To the officer: how a person can be reached has changed"),
    NoticeKind.COMMITMENTS_DUE: N_("To the officer: promises to people fall due"),
    NoticeKind.COMMITMENTS_LATE: N_("To the supervisor: promises to people are two days late"),
}


@dataclass(frozen=True)
class Email:
    """One kind of email: ``manner`` is ``named`` or ``discreet``; to staff it is in English."""

    name: str
    kind: NoticeKind
    title: LazyString
    manner: str | None
    language: str


def _all() -> dict[str, Email]:
    found = [
        Email(f"{manner}-{kind}-{language}", kind, title, manner, language)
        for (kind, title), manner, language in product(KINDS.items(), MANNERS, installed_languages())
    ]
    found += [
        Email(kind.replace("_", "-"), kind, title, None, SOURCE_LANGUAGE)
        for kind, title in STAFF_KINDS.items()
    ]
    return {one.name: one for one in found}


EMAILS = _all()


def letter_of(email: Email, samples: Samples) -> RenderedNotice:
    """The email as it would go now, to a sample reader; raises LookupError when there is none."""
    name = f"reader-{email.manner}-{email.language}"
    if email.kind in STAFF_KINDS:
        name = "officer-of-silent" if email.kind == NoticeKind.CASE_SILENT else "officer-of-messages"
    who = samples.named(name)
    if who is None:
        raise LookupError(name)
    notice = Notice(  # never stored: only its letter is written
        kind=email.kind, channel=Channel.EMAIL, case_id=who.case_id, cause_id=uuid4(),
        made_at=clock.now(),
        person_id=None if email.kind in STAFF_KINDS else who.person_id,
        staff_id=who.staff_id if email.kind in STAFF_KINDS else None,
    )
    if email.kind == NoticeKind.CODE:
        notice.extra = CODE
    if email.kind == NoticeKind.CASE_HANDED_OVER:  # it goes while something is new to the officer
        update_many(Case, [
            {"id": who.case_id, "handed_over_at": clock.now(), "hand_over_seen_at": None}])
    return services.letter_for(notice)
