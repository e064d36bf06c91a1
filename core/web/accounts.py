"""What whoever is signed in changes of their own."""

from __future__ import annotations

from uuid import UUID

from core import audit, commitments
from core.base import clock
from core.base.audit_actions import CoreAction
from core.cases.models import Person
from core.cases.people import is_locked, person
from core.cases.safe_contact import SafeContact
from core.storage.db import db
from core.web import sessions


def own_person(person_id: UUID) -> Person:
    """The row of whoever is signed in, held for a change of their own.

    Raises :class:`core.web.sessions.AccessLocked` if their access was locked since this request began:
    what was on its way then comes too late. Whom an officer's code let in after the lock may go on.
    """
    found = person(person_id, held=True)
    if is_locked(found) and not sessions.began_since(found.locked_at or clock.now()):
        raise sessions.AccessLocked
    return found


def choose_contact(person_id: UUID, chosen: SafeContact, language: str | None) -> None:
    """Keep what the person chose. Whether they may loosen anything is for the caller to ask.

    Raises :class:`core.web.sessions.AccessLocked`.
    """
    found = own_person(person_id)
    found.chosen_contact = chosen.model_dump_json()
    found.chosen_language = language
    audit.write(CoreAction.SAFE_CONTACT_CHOSEN, person=str(person_id))
    db.session.flush()
    commitments.settle(people=[person_id])
