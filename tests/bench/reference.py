"""What the case page is measured against: the same data in the clear, and none of the walls.

``raw`` asks with psycopg and renders an inline template; ``orm`` is a plain Flask-SQLAlchemy view.
Both read tables of their own with the same rows and the texts that the portal makes up in code.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa
from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy
from jinja2 import Template
from psycopg.rows import namedtuple_row
from sqlalchemy import orm

from core.base.database_url import conninfo
from core.base.scope import scope_of
from core.cases import timeline
from core.cases.models import Case, Staff
from core.intake import conversation
from core.storage.db import db
from tests.bench.world import FORCE, SERVING, World

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Your report</title></head><body>
<h1>Your report</h1>
<p>{{ case.crime_reference }} · {{ case.reported_at.strftime("%d %B %Y") }} · {{ case.stage }}</p>
{% if officer %}<p>{{ officer.name }} · {{ officer.unit }}</p>{% endif %}
<ol>
{% for entry in entries %}<li><time datetime="{{ entry.happened_at.isoformat() }}">\
{{ entry.happened_at.strftime("%d %B %Y, %H:%M") }}</time><h3>{{ entry.title }}</h3>
<p>{{ entry.meaning }}</p>{% if entry.words %}<blockquote>{{ entry.words }}</blockquote>{% endif %}
{% if entry.next_step %}<p>{{ entry.next_step }}</p>{% endif %}
{% if entry.rights %}<p>{{ entry.rights }}</p>{% endif %}</li>
{% endfor %}</ol>
<ol>
{% for message in messages %}<li>{{ message.sent_at.strftime("%d %B %Y, %H:%M") }} \
{{ message.text }}</li>
{% endfor %}</ol>
</body></html>
"""
QUERIES = {
    "case": "SELECT * FROM bare_case WHERE id = %s",
    "officer": "SELECT * FROM bare_officer WHERE id = %s",
    "entries": "SELECT * FROM bare_entry WHERE case_id = %s ORDER BY happened_at DESC",
    "messages": "SELECT * FROM bare_message WHERE case_id = %s ORDER BY sent_at",
}

bare = SQLAlchemy(model_class=orm.declarative_base())
Moment = sa.DateTime(timezone=True)


class BareCase(bare.Model):
    __tablename__ = "bare_case"
    id: orm.Mapped[UUID] = orm.mapped_column(primary_key=True)
    officer_id: orm.Mapped[UUID | None]
    crime_reference: orm.Mapped[str] = orm.mapped_column(sa.Text)
    crime_type: orm.Mapped[str] = orm.mapped_column(sa.Text)
    district: orm.Mapped[str] = orm.mapped_column(sa.Text)
    stage: orm.Mapped[str] = orm.mapped_column(sa.Text)
    reported_at: orm.Mapped[datetime] = orm.mapped_column(Moment)


class BareOfficer(bare.Model):
    __tablename__ = "bare_officer"
    id: orm.Mapped[UUID] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.Text)
    unit: orm.Mapped[str | None] = orm.mapped_column(sa.Text)


class BareEntry(bare.Model):
    __tablename__ = "bare_entry"
    id: orm.Mapped[UUID] = orm.mapped_column(primary_key=True)
    case_id: orm.Mapped[UUID]
    kind: orm.Mapped[str] = orm.mapped_column(sa.Text)
    happened_at: orm.Mapped[datetime] = orm.mapped_column(Moment)
    title: orm.Mapped[str] = orm.mapped_column(sa.Text)
    meaning: orm.Mapped[str] = orm.mapped_column(sa.Text)
    words: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    next_step: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    rights: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    __table_args__ = (sa.Index("bare_entry_timeline", "case_id", "happened_at"),)


class BareMessage(bare.Model):
    __tablename__ = "bare_message"
    id: orm.Mapped[UUID] = orm.mapped_column(primary_key=True)
    case_id: orm.Mapped[UUID]
    from_person: orm.Mapped[bool]
    sent_at: orm.Mapped[datetime] = orm.mapped_column(Moment)
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    __table_args__ = (sa.Index("bare_message_thread", "case_id", "sent_at"),)


def page_of(app: Flask, padding: int) -> Template:
    """The inline template, compiled once, and as many bytes as the portal's page has more.

    (``render_template_string`` would compile it at each request, for ten times the whole page.)
    """
    template: Template = app.jinja_env.from_string(f"{PAGE}<!-- {'x' * padding} -->")
    return template


def raw_app(url: str, padding: int) -> Flask:
    """Four queries on a kept psycopg connection, autocommit, and an inline template."""
    app, kept = Flask("raw"), threading.local()
    page = page_of(app, padding)

    @app.get(f"/{FORCE}/case/<uuid:case_id>")
    def case(case_id: UUID) -> str:
        if not hasattr(kept, "cursor"):
            connection = psycopg.connect(conninfo(url), autocommit=True)
            kept.cursor = connection.cursor(row_factory=namedtuple_row)
        ask = kept.cursor.execute
        case = ask(QUERIES["case"], (case_id,)).fetchone()
        officer = ask(QUERIES["officer"], (case.officer_id,)).fetchone()
        entries = ask(QUERIES["entries"], (case_id,)).fetchall()
        messages = ask(QUERIES["messages"], (case_id,)).fetchall()
        return render_template(
            page, case=case, officer=officer, entries=entries, messages=messages
        )

    return app


def orm_app(url: str, padding: int) -> Flask:
    """The same four questions for entities, as a first Flask-SQLAlchemy view asks them."""
    app = Flask("orm")
    page = page_of(app, padding)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    bare.init_app(app)

    @app.get(f"/{FORCE}/case/<uuid:case_id>")
    def case(case_id: UUID) -> str:
        case = bare.get_or_404(BareCase, case_id)
        officer = bare.session.get(BareOfficer, case.officer_id)
        entries = bare.session.scalars(
            sa.select(BareEntry).where(BareEntry.case_id == case_id)
            .order_by(BareEntry.happened_at.desc())
        ).all()
        messages = bare.session.scalars(
            sa.select(BareMessage).where(BareMessage.case_id == case_id)
            .order_by(BareMessage.sent_at)
        ).all()
        return render_template(
            page, case=case, officer=officer, entries=entries, messages=messages
        )

    return app


def fill(world: World) -> None:
    """Make the tables of the references and copy every case into them, in the clear."""
    tables: Any = {model: [] for model in (BareOfficer, BareCase, BareEntry, BareMessage)}
    with scope_of(FORCE), world.app.test_request_context(f"/{FORCE}/"):
        for case in db.session.scalars(sa.select(Case)).all():
            _copy(case, tables)
        db.session.rollback()
    engine = sa.create_engine(world.superuser)
    with engine.begin() as connection:
        bare.metadata.create_all(connection)
        for model, rows in tables.items():
            unique = {row["id"]: row for row in rows}
            connection.execute(sa.insert(model.__table__), list(unique.values()))
            connection.execute(sa.text(f"GRANT SELECT ON {model.__tablename__} TO {SERVING}"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
    engine.dispose()


def _copy(case: Case, tables: Any) -> None:
    tables[BareCase].append({
        "id": case.id, "officer_id": case.staff_id, "crime_reference": case.crime_reference,
        "crime_type": case.crime_type, "district": case.district, "stage": case.stage,
        "reported_at": case.reported_at,
    })
    officer = db.session.get(Staff, (FORCE, case.staff_id)) if case.staff_id else None
    if officer:
        tables[BareOfficer].append(
            {"id": case.staff_id, "name": officer.name, "unit": officer.unit}
        )
    for entry in timeline.entries_of(case.id):
        tables[BareEntry].append({
            "id": entry.id, "case_id": case.id, "kind": entry.kind,
            "happened_at": entry.happened_at, "words": entry.words or entry.done,
            **{name: _text_of(getattr(entry.telling, name))
               for name in ("title", "meaning", "next_step", "rights")},
        })
    for person_id in _people(case):
        for said in conversation.thread(case.id, person_id):
            tables[BareMessage].append({
                "id": said.id, "case_id": case.id, "from_person": said.from_person,
                "sent_at": said.sent_at, "text": said.text,
            })


def _people(case: Case) -> list[UUID]:
    from core.cases.models import Access

    return list(db.session.scalars(sa.select(Access.person_id).where(Access.case_id == case.id)))


def _text_of(text: Any) -> str | None:
    return str(text) if text is not None else None
