"""What tests of the chain of the audit do with it: write, link, check."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from core import audit
from core.audit import CoreAction
from core.audit.chain import Chainer, remove_before
from core.audit.check import Report, check
from core.audit.export import Head, head_of
from core.audit.models import AuditLink
from core.storage.db import db, force_scope
from tests.conftest import HERTS

ROWS = 12


def write_rows(app: Flask, force: str = HERTS, rows: int = ROWS) -> None:
    with app.app_context(), force_scope(force):
        for count in range(rows):
            audit.write(CoreAction.CASES_LISTED, count=count)
            db.session.commit()


def link_all(app: Flask, force: str = HERTS) -> int:
    with app.app_context():
        return Chainer().link_new(force)


def cut(until: datetime, most: int = 10_000) -> int:
    """Remove what is older, of the force in scope, as the nightly job does."""
    removed = remove_before(until, most)
    db.session.commit()
    return removed


def heads_now(app: Flask) -> list[Head]:
    with app.app_context():
        head = head_of(HERTS)
    assert head
    return [head]


def verify(app: Flask, heads: list[Head], force: str = HERTS) -> Report:
    with app.app_context(), force_scope(force):
        return check(heads)


def row_at(app: Flask, number: int) -> Any:
    with app.app_context(), force_scope(HERTS):
        return db.session.scalars(sa.select(AuditLink).where(AuditLink.number == number)).one()


def edit(app: Flask, owner: Any) -> UUID:
    row = row_at(app, 5)
    owner("UPDATE audit_entry SET fields = '{\"count\": 99}' WHERE id = :id", id=row.id)
    return row.id  # type: ignore[no-any-return]
