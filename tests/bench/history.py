"""What a portal that has served for a while holds beside its cases: letters, messages, visits, reasons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core import audit
from core.audit import CoreAction
from core.audit.chain import Chainer
from core.base import clock
from core.cases.models import Access, Case, Message, PortalSession, Staff
from core.notices.models import Notice
from core.storage.db import db, force_scope, insert_many, update_many
from core.storage.sealed import seal
from plugins.oversight.models import BreakGlass
from plugins.passkeys.models import Passkey
from plugins.sign_in.models import Activation, Attempt, Count
from plugins.your_account.models import Change
from tests.bench.world import FORCE, TEXT

Rows = list[dict[str, Any]]
SENIOR = {"supervisor": "O1", "force_admin": "O2"}  # who of the officers
CASES = sa.select(Case.id, Access.person_id, Case.staff_id).join(
    Access, Access.case_id == Case.id).order_by(Case.id)


def add_history(app: Flask) -> None:
    """Beside the cases of ``world()``; a supervisor and an admin among the officers."""
    with app.app_context(), force_scope(FORCE):
        cases = [tuple(row) for row in db.session.execute(CASES)]
        for model, rows in rows_beside(cases):
            insert_many(model, rows)
        update_many(Case, [{"id": case, "stage": "closed"} for case, _, _ in cases[::3]])
        update_many(Case, [{"id": case, "stage": "closed"} for case, _, _ in cases[1::3]])
        for role, record_id in SENIOR.items():
            staff = db.session.scalars(sa.select(Staff).where(Staff.record_id == record_id)).one()
            staff.role = role
        for start in range(0, len(cases), 500):
            for case_id, person_id, staff_id in cases[start : start + 500]:
                with _seen_by("staff", staff_id):
                    audit.write(CoreAction.CASE_SEEN, case_id=case_id, viewer="officer", relation="lead")
                with _seen_by("person", person_id):
                    audit.write(CoreAction.CASE_SEEN, case_id=case_id, viewer="person")
                    audit.write(CoreAction.CASES_LISTED, count=1)
            db.session.commit()
        db.session.commit()
    with app.app_context():
        Chainer().link_new(FORCE)


@contextmanager
def _seen_by(kind: str, who: UUID) -> Iterator[None]:
    with mock.patch("core.audit.trail._actor", return_value=(kind, who)):
        yield


def rows_beside(cases: list[Any]) -> Iterator[tuple[Any, Rows]]:
    yield from _rows_of_core(cases)
    yield from _rows_of_plugins(cases)


def _rows_of_core(cases: list[Any]) -> Iterator[tuple[Any, Rows]]:
    now, hour = clock.now(), timedelta(hours=1)
    yield Notice, [
        {"id": uuid7(), "kind": "news", "channel": "email", "case_id": case, "person_id": person,
         "cause_id": uuid7(), "state": "sent", "tries": 1, "made_at": now, "due_at": now,
         "sent_at": now}
        for case, person, _ in cases for _ in range(2)
    ]
    # One case in ten has a message of the person's; one in forty waits for the officer.
    yield Message, [_message(*case, now - hour, None if at % 4 == 0 else now)
                    for at, case in enumerate(cases[::10])]
    yield PortalSession, [
        {"id": uuid7(), "token_hash": uuid7().bytes * 2, "person_id": person, "made_at": now,
         "seen_at": now, "ends_at": now + hour, "notes": {}}
        for _, person, _ in cases[::20]
    ]
    yield BreakGlass, [
        {"id": (row := uuid7()), "case_id": case, "staff_id": staff, "reason": "covering",
         "words_sealed": seal(BreakGlass, "words", row, "A colleague is away this week."),
         "opened_at": now - hour, "ends_at": now}
        for case, _, staff in cases[::200]
    ]


def _rows_of_plugins(cases: list[Any]) -> Iterator[tuple[Any, Rows]]:
    now, hour = clock.now(), timedelta(hours=1)
    yield Attempt, [
        {"id": uuid7(), "account": uuid7().bytes, "state": "unknown", "made_at": now,
         "ends_at": now + hour, "tries": 0}
        for _ in cases[::50]
    ]
    yield Activation, [
        {"id": uuid7(), "case_id": case, "person_id": person, "staff_id": staff,
         "code_hash": uuid7().bytes, "made_at": now, "ends_at": now + hour}
        for case, person, staff in cases[::200]
    ]
    yield Count, [
        {"id": uuid7(), "scope": "tries/day", "key": uuid7().bytes, "since": now, "number": 1}
        for _ in cases[::20]
    ]
    yield Passkey, [
        {"id": (row := uuid7()), "person_id": person, "credential_id": row.bytes, "public_key": b"",
         "handle": row.bytes, "sign_count": 0, "transports": "",
         "name_sealed": seal(Passkey, "name", row, "My phone"),
         "contact_sealed": seal(Passkey, "contact", row, "amina@example.com"),
         "made_at": now, "works_from": now}
        for _, person, _ in cases[::20]
    ]
    yield Change, [
        {"id": (row := uuid7()), "person_id": person, "contact": "phone", "state": "done",
         "value_sealed": seal(Change, "value", row, "07700 900456"), "asked_by": "person",
         "asked_at": now, "due_at": now, "ended_at": now}
        for _, person, _ in cases[::200]
    ]


def _message(case: UUID, person: UUID, staff: UUID, at: Any, read_at: Any) -> dict[str, Any]:
    row = uuid7()
    return {"id": row, "case_id": case, "person_id": person, "from_person": True, "sent_at": at,
            "read_at": read_at, "answered_at": read_at, "text_sealed": seal(Message, "text", row, TEXT)}
