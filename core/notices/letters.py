"""What a notice says and to whom: read fresh when it is sent.

Two kinds, neither with crime, reference, officer, person or message text: *named* (the force's
name and brand) and *discreet* (nothing that says police in sender, subject, preview or body).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from core.base import clock
from core.base.clock import LONDON
from core.base.i18n import force_locale, readable
from core.base.installation import installation
from core.base.languages import SOURCE_LANGUAGE
from core.cases import safe_contact
from core.cases.models import Access, Case, Person, Staff
from core.cases.people import language_of, needs_care
from core.cases.safe_contact import Effective
from core.force.model import Force
from core.hookspecs import Channel, NoticeKind, RenderedNotice
from core.notices.letter_words import Words, known, letter_words, text_words
from core.notices.mailboxes import unit_mailbox
from core.notices.models import Notice
from core.notices.ways import NEWS, contact, next_way, way_as_agreed
from core.plugin_host.host import the_force
from core.storage.db import db, read
from core.storage.walls import owned

# From when a code was made; after that it opens nothing.
CODE_LASTS = timedelta(minutes=10)
NEW_TO_OFFICER = sa.select(Case.id).where(
    owned(Case), Case.staff_id == sa.bindparam("staff_id"), Case.offered,
    Case.handed_over_at.is_not(None), Case.hand_over_seen_at.is_(None),
).limit(1)
SAME_BY = sa.select(Notice.id).where(
    owned(Notice), Notice.case_id == sa.bindparam("case_id"), Notice.person_id == sa.bindparam("person_id"),
    Notice.cause_id == sa.bindparam("cause_id"), Notice.channel == sa.bindparam("channel"),
    Notice.id != sa.bindparam("but"),
).limit(1)
# Told to who looks after the looking: a member of staff, else the force's reviewer.
OVERSIGHT = (NoticeKind.BREAK_GLASS, NoticeKind.UNUSUAL_VIEWING, NoticeKind.COMMITMENTS_LATE)


class Withhold(Exception):
    """The notice must not go now: for good, or (``until``, UTC) not before a safe hour."""

    def __init__(self, why: str, until: datetime | None = None) -> None:
        super().__init__(why)
        self.why, self.until = why, until


def letter_for(notice: Notice) -> RenderedNotice:
    """The email or text of this notice as things stand now.

    Raises :class:`Withhold`; UnknownKind where there are no words for its kind, or none for whom it is.
    """
    force, kind = the_force(), known(notice.kind)
    if notice.staff_id:
        return _to_staff(force, notice, kind)
    if kind is NoticeKind.COMMITMENTS_DUE:
        return _to_unit(force, notice, kind)
    if kind in OVERSIGHT:
        return _to_reviewer(force, notice, kind)
    person = db.session.get(Person, (notice.force, notice.person_id))
    case = db.session.get(Case, (notice.force, notice.case_id))
    if person is None or case is None or not case.offered or not _may_follow(notice):
        raise Withhold("the person can no longer follow this case")
    # What changes in a locked account is told all the same: it may be somebody else who changes it.
    if person.locked_by and kind != NoticeKind.ACCOUNT:
        raise Withhold("the person's access is locked")
    channel = _channel_now(notice, case.id, person, kind)
    safe, to = safe_contact.of_person(person), address_of(notice, person, channel)
    ask_safe_contact(to, safe, now=clock.now(), code=kind == NoticeKind.CODE, channel=channel)
    if kind == NoticeKind.CODE and not notice.extra:
        raise Withhold("the code is no longer kept")
    language = readable(language_of(person))
    with force_locale(language):
        discreet = _goes_to_an_old_contact(notice) or needs_care(person)
        values = _values(force, notice, kind, language, discreet=discreet)
        notice.channel = channel  # kept: whether it arrived is reported of this way
        if channel is Channel.TEXT:
            text = text_words(kind, values, discreet=discreet)
            return RenderedNotice(
                Channel.TEXT, notice.id, _attempt(notice), str(to), text, language, discreet)
        words = letter_words(kind, "discreet" if discreet else "named", values)
        return _render(force, notice, str(to), words, language, discreet)


def channel_of(notice: Notice) -> Channel:
    """By which way it goes; one that nothing was said of is an email."""
    return Channel(notice.channel or Channel.EMAIL)


def _channel_now(notice: Notice, case_id: UUID, person: Person, kind: NoticeKind) -> Channel:
    """News goes in the way that was agreed with the person, else by email, else by text, as far as each is
    safe and possible now; never by both.

    What was perhaps sent is repeated by the same way; what follows another keeps to its own.
    """
    channel = channel_of(notice)
    if kind not in NEWS or channel is Channel.TEXT or notice.unsure:
        return channel
    way = next_way(person, agreed=lambda: way_as_agreed(case_id, person.id, person))
    if way is None or way.channel is Channel.EMAIL or _went_by(notice, way.channel):
        return channel
    return way.channel


def _went_by(notice: Notice, channel: Channel) -> bool:
    """Whether another notice of the same news was sent, or is to be sent, by this channel."""
    return read(SAME_BY, case_id=notice.case_id, person_id=notice.person_id, cause_id=notice.cause_id,
                channel=channel, but=notice.id).first() is not None


def _attempt(notice: Notice) -> int:
    """Which try this is; one that is not being sent, in a preview say, is written as for the first."""
    return notice.tries or 1


def _goes_to_an_old_contact(notice: Notice) -> bool:
    """Whose it is now, or was meant to be, nobody knows."""
    return notice.kind == NoticeKind.ACCOUNT and bool(notice.extra)


def address_of(notice: Notice, person: Person, channel: Channel | None = None) -> str | None:
    """Where it goes; news of a change of contact to the address or number that is being replaced."""
    channel = channel or channel_of(notice)
    if _goes_to_an_old_contact(notice):
        return contact(SimpleNamespace(email=notice.extra, phone=notice.extra), channel)
    return contact(person, channel)


def _may_follow(notice: Notice) -> bool:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Access).where(
        Access.case_id == notice.case_id, Access.person_id == notice.person_id, ~Access.removed
    )) == 1


def ask_safe_contact(
    to: str | None, safe: Effective, *, now: datetime, code: bool, channel: Channel = Channel.EMAIL
) -> None:
    """Is it safe to write to this person by this channel now? Raises :class:`Withhold`.

    A code answers somebody who is there and asked for it, so hours do not hold it back.
    """
    if safe.silent:
        raise Withhold("the person is never to be contacted")
    what = "text" if channel == Channel.TEXT else "email"
    if safe.channels is not None and channel not in safe.channels:
        raise Withhold(f"{what} is not a safe channel for this person")
    if not to:
        raise Withhold("no email on the record that letters can be sent to" if what == "email" else
                       "no number on the record that texts may go to")
    if not code and not safe.is_open(now):
        opens = safe.next_opening(now)
        if opens is None:
            raise Withhold("the safe hours of the record and of the person never meet")
        raise Withhold("outside safe hours", opens)


def _values(
    force: Force, notice: Notice, kind: NoticeKind, language: str, *, discreet: bool
) -> dict[str, str]:
    """What the words may hold. A discreet template is given nothing of the force, so it cannot show it."""
    values: dict[str, str] = {}
    if kind == NoticeKind.CODE:
        values = {"code": str(notice.extra), "until": code_until(notice.made_at)}
    if not discreet:
        values |= {"sender": force.name_in(language), "phone": force.non_emergency,
                   "portal": portal_link(force, language)}
    return values


def _to_staff(force: Force, notice: Notice, kind: NoticeKind) -> RenderedNotice:
    staff = db.session.get(Staff, (notice.force, notice.staff_id))
    if staff is None or not staff.email:
        raise Withhold("the officer has no email on the record")
    if kind == NoticeKind.CASE_SILENT:
        _ask_still_silent(notice)
    elif kind == NoticeKind.CASE_HANDED_OVER:
        _ask_still_new(notice)
    return _letter_to_staff(force, notice, kind, staff.email)


def _to_reviewer(force: Force, notice: Notice, kind: NoticeKind) -> RenderedNotice:
    to = force.oversight.reviewer_email
    if not to:
        raise Withhold("nobody reviews: no supervisor or force admin with an email, and no "
                       "oversight.reviewer_email in force.toml")
    return _letter_to_staff(force, notice, kind, to)


def _to_unit(force: Force, notice: Notice, kind: NoticeKind) -> RenderedNotice:
    to = unit_mailbox(force, notice.cause_id)
    if not to:
        raise Withhold("unit_mailboxes in force.toml names this mailbox no longer")
    return _letter_to_staff(force, notice, kind, to)


def _letter_to_staff(force: Force, notice: Notice, kind: NoticeKind, to: str) -> RenderedNotice:
    with force_locale(SOURCE_LANGUAGE):
        values = {"sender": force.name, "desk": portal_link(force, SOURCE_LANGUAGE) + "desk/"}
        words = letter_words(kind, "staff", values)
        return _render(force, notice, to, words, SOURCE_LANGUAGE, discreet=False)


def _ask_still_silent(notice: Notice) -> None:
    case = db.session.get(Case, (notice.force, notice.case_id))
    if case is None or case.offered:
        raise Withhold("the case is shown online again")


def _ask_still_new(notice: Notice) -> None:
    """It speaks of all that is new to them; what came first may have gone on meanwhile."""
    if not read(NEW_TO_OFFICER, staff_id=notice.staff_id).first():
        raise Withhold("what was handed over went on to somebody else, was opened, or is not shown online")


def _render(
    force: Force, notice: Notice, to: str, words: Words, language: str, discreet: bool
) -> RenderedNotice:
    """Not ``render_template``: what pages add to their templates has no place in a letter."""
    values = {"words": words, "discreet": discreet, "language": language, "brand": force.brand,
              "sender": force.name_in(language)}
    templates, sender = current_app.jinja_env, force.email_sender
    return RenderedNotice(
        Channel.EMAIL, notice.id, _attempt(notice), to, subject=words.subject, language=language,
        discreet=discreet,
        # A mailbox lists these beside the subject, for whoever looks over a shoulder.
        sender_name=_("Online account") if discreet else sender.name_in(language),
        sender_address=sender.discreet_address if discreet else sender.address,
        text=templates.get_template("letters/letter.txt").render(values).strip() + "\n",
        html=templates.get_template("letters/letter.html").render(values),
    )


def code_until(made_at: datetime) -> str:
    """Until when a code that was made then works, as the letter says it."""
    return f"{(made_at + CODE_LASTS).astimezone(LONDON):%H:%M}"


def portal_link(force: Force, language: str) -> str:
    """The address of the force's portal, ``https://…/``, from the configuration; never from a request.

    *language* is the one its pages open in.
    """
    settings = installation().settings
    # Whoever sends a request names its Host: a link made of that would lead where they like.
    if force.hosts and not settings.demo:
        base = f"https://{force.hosts[0]}"
    else:
        base = f"{(settings.base_url or 'http://127.0.0.1:8000').rstrip('/')}/{force.id}"
    return f"{base}/" + (f"?{urlencode({'lang': language})}" if language != SOURCE_LANGUAGE else "")
