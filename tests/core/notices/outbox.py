"""What tests of the outbox do with it: promise, send, look, count what waits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.base.installation import installation
from core.cases.models import Case, Person, Staff
from core.hookspecs import News
from core.notices.models import Notice
from core.notices.outbox import promise, promise_code
from core.plugin_host import jobs
from core.storage.db import db, force_scope
from core.testing.postgres import without_walls
from tests.conftest import HERTS

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def promised(app: Flask, kind: str = "entry", *, many: int = 1, force: str = HERTS) -> list[UUID]:
    """Ids of new notices; their jobs wait for the worker."""
    with app.app_context(), force_scope(force):
        about = db.session.scalars(sa.select(Case.id)).one()
        whom = db.session.scalars(sa.select(Person.id)).first()
        staff = db.session.scalars(sa.select(Staff.id)).first()
        if kind == "code":
            assert whom
            made = [promise_code(whom, about, uuid4(), "482913") for _ in range(many)]
        else:
            people = () if kind == "officer_message" or whom is None else (whom,)
            promise([News(kind, about, uuid4(), clock.now(), people, staff) for _ in range(many)])
            made = list(db.session.scalars(sa.select(Notice.id).where(Notice.state == "due")))
        db.session.commit()
        return made


def shown(app: Flask, notice_id: UUID, *, force: str = HERTS) -> Notice:
    with app.app_context(), force_scope(force):
        found = db.session.get(Notice, (force, notice_id))
        assert found is not None
        return found


def change(app: Flask, model: type[Any], **values: Any) -> None:
    with app.app_context(), force_scope(HERTS):
        for row in db.session.scalars(sa.select(model)):
            for name, value in values.items():
                setattr(row, name, value)
        db.session.commit()


def send(app: Flask, notice_id: UUID) -> None:
    jobs.run(app, "send_notice", HERTS, notice_id=str(notice_id))


def work(app: Flask) -> None:
    jobs.work(app)


def no_jobs(app: Flask) -> None:
    with without_walls(installation(app).settings.owner_database_url) as connection:
        connection.execute(sa.text("DELETE FROM procrastinate_jobs"))


def waiting(app: Flask) -> int:
    with without_walls(installation(app).settings.owner_database_url) as connection:
        return int(connection.execute(sa.text(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")).scalar_one())
