"""Another email or phone: asked for by the person, or entered by an officer who checked who it is.

Nobody takes over an account with what an ex-partner may have: the details, the mailbox and the old
phone pass both steps of signing in. So what a person asks for waits until an officer has checked who
they are; and where care is needed, every change waits for a day, in which it can be stopped.
Callers commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import audit
from core.base import clock
from core.cases import people
from core.intake import desk
from core.notices import account_news
from core.storage import db, owned
from core.web import accounts
from plugins.your_account.audit_actions import AccountAction
from plugins.your_account.models import Change

HOLD = timedelta(hours=24)
LAPSES_AFTER = timedelta(days=14)
SHOWN_FOR = timedelta(days=30)
OPEN = ("asked", "waiting")
ASKS_A_DAY = 4  # each is told to the old address and to officers
HOW = ("in_person", "called_back", "video")


class AskedTooOften(Exception):
    """So many changes were asked for in the last 24 hours that a person had better call."""


def ask(person_id: UUID, contact: str, value: str) -> Change:
    """A person asks for another contact: nothing changes before an officer confirms it.

    Raises ``ValueError`` for what is none, :class:`AskedTooOften`, and ``AccessLocked``. Whether they
    proved who they are is for the caller to ask.
    """
    accounts.own_person(person_id)
    lately = sa.select(Change.id).where(
        Change.person_id == person_id, Change.asked_by == "person",
        Change.asked_at > clock.now() - timedelta(days=1),
    )
    if len(db.session.scalars(lately).all()) >= ASKS_A_DAY:
        raise AskedTooOften
    made = _new(person_id, contact, people.clean_contact(contact, value), state="asked", by="person")
    audit.write(AccountAction.CONTACT, did="asked", contact=contact, person=str(person_id))
    _tell(made)
    account_news.tell_officers(person_id, made.id)
    return made


def enter(person_id: UUID, contact: str, value: str, *, how: str) -> Change:
    """An officer, who checked who it is, enters another contact.

    Raises ``ValueError`` for what is none.
    """
    desk.wait_turn()
    value = people.clean_contact(contact, value)
    made = _new(person_id, contact, value, state="waiting", by="officer", how=how)
    audit.write(AccountAction.CONTACT, did="entered", contact=contact, person=str(person_id))
    _tell(made)
    _do_if_due(made)
    return made


def confirm(change: Change, *, how: str) -> None:
    """An officer checked who asked: the change is done, or waits for the rest of its day."""
    change.state, change.how = "waiting", how
    audit.write(AccountAction.CONTACT, did="confirmed", contact=change.contact,
                person=str(change.person_id))
    _do_if_due(change)


def stop(change: Change, *, by: str) -> None:
    """The person or an officer stops a change that has not been made."""
    change.state, change.ended_at = "stopped", clock.now()
    audit.write(AccountAction.CONTACT, did="stopped", contact=change.contact,
                person=str(change.person_id))
    if by == "person":
        account_news.tell_officers(change.person_id, change.id)


def stop_for_lock(person_id: UUID, *, by: str) -> None:
    """Access was just locked: what was asked for before may not have been asked by the person.

    Who locks it themself (``by`` is ``person``) stops also what an officer entered or confirmed: they
    may have been lied to. An officer who locks may do so to keep somebody safe until the day is over.
    """
    for change in held(person_id):
        if by == "person" or change.asked_by == "person":
            stop(change, by="officer")


def of_person(person_id: UUID) -> Sequence[Change]:
    """A person's changes that have not ended, oldest first, for showing them."""
    return db.session.scalars(
        sa.select(Change).where(Change.person_id == person_id, Change.state.in_(OPEN))
        .order_by(Change.id).execution_options(populate_existing=True)
    ).all()


def held(person_id: UUID) -> Sequence[Change]:
    """The same, for changing them: nobody else does so until the caller's transaction ends.

    It is the person's row that is held, here and wherever a change is made.
    """
    people.person(person_id, held=True)
    return of_person(person_id)


def open_one(person_id: UUID, change_id: UUID) -> Change | None:
    """A change of this person that has not ended, to be made or stopped."""
    desk.wait_turn()
    return next((one for one in held(person_id) if one.id == change_id), None)


def lately_done(person_id: UUID) -> Sequence[Change]:
    """Changes of the last month, which the record system may not know yet."""
    return db.session.scalars(
        sa.select(Change).where(
            Change.person_id == person_id, Change.state == "done",
            Change.ended_at > clock.now() - SHOWN_FOR,
        ).order_by(Change.id)
    ).all()


_now = sa.bindparam("now", type_=sa.DateTime(timezone=True))
DUE = sa.union_all(
    sa.select(Change.id).where(owned(Change), Change.state == "waiting", Change.due_at <= _now),
    sa.select(Change.id).where(owned(Change), Change.state == "asked", Change.asked_at < sa.bindparam(
        "asked_before", type_=sa.DateTime(timezone=True))),
).limit(1)
OLD = sa.select(Change.id).where(
    owned(Change), Change.ended_at.is_not(None), Change.ended_at < _now).limit(1)


def any_due() -> tuple[Any, dict[str, Any]]:
    """Whether there is anything for :func:`run_due`."""
    return DUE, {"now": clock.now(), "asked_before": clock.now() - LAPSES_AFTER}


def any_old() -> tuple[Any, dict[str, Any]]:
    """Whether there is anything for :func:`remove_old`."""
    return OLD, {"now": clock.now() - SHOWN_FOR}


def run_due() -> None:
    """What has waited long enough is done; what nobody confirmed lapses. Run every five minutes."""
    desk.wait_turn()
    now = clock.now()
    due = sa.and_(Change.state == "waiting", Change.due_at <= now)
    old = sa.and_(Change.state == "asked", Change.asked_at < now - LAPSES_AFTER)
    # In one order: each person is held until the end, and two runs must not wait for each other.
    whose = sa.select(Change.person_id).where(sa.or_(due, old)).distinct().order_by(Change.person_id)
    for person_id in db.session.scalars(whose).all():
        for change in held(person_id):
            if change.state == "waiting":
                _do_if_due(change)
            elif change.asked_at < now - LAPSES_AFTER:
                change.state, change.ended_at = "lapsed", now


def remove_old() -> None:
    """Changes that ended longer ago than officers are shown them."""
    db.session.execute(sa.delete(Change).where(Change.ended_at < clock.now() - SHOWN_FOR))


def _new(
    person_id: UUID, contact: str, value: str, *, state: str, by: str, how: str | None = None
) -> Change:
    """The newest change of a contact is the one that counts."""
    person: Any = people.person(person_id, held=True)
    for earlier in of_person(person_id):
        if earlier.contact == contact:
            earlier.state, earlier.ended_at = "stopped", clock.now()
    now = clock.now()
    made = Change(
        person_id=person_id, contact=contact, value=value, old=getattr(person, contact), state=state,
        asked_by=by, how=how, asked_at=now, due_at=_earliest(person, now),
    )
    db.session.add(made)
    db.session.flush()
    return made


def _earliest(person: Any, asked_at: datetime) -> datetime:
    return asked_at + HOLD if people.needs_care(person) else asked_at


def _do_if_due(change: Change) -> None:
    """Care is asked about again: a case may have become sensitive since."""
    person = people.person(change.person_id, held=True)
    change.due_at = max(change.due_at, _earliest(person, change.asked_at))
    if change.due_at > clock.now():
        return
    change.ended_at = clock.now()
    if getattr(person, change.contact) != change.old:
        change.state = "lapsed"  # the record system was quicker, and is the master
        return
    try:
        desk.set_contact(change.person_id, change.contact, change.value, change_id=change.id)
    except desk.RecordIsNewer:
        change.state = "lapsed"
        return
    change.state = "done"
    account_news.tell_officers(change.person_id, change.id)


def _tell(change: Change) -> None:
    """The address or number that is being replaced; of another phone, the email on the record too."""
    account_news.tell_of_contact(change.person_id, change.id, change.contact, change.old)
