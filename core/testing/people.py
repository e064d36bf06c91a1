"""The people of a test: taken in from the record system, and signed in without the way there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.known_ids import kept_ids
from core.cases.models import Access, Case, Person, PortalSession, Staff
from core.intake.take_in import take_in
from core.plugin_host.host import host, the_force
from core.storage.db import db, force_scope
from core.testing.browser import Browser
from core.web.sessions import token_hash

SOURCE = "records"  # where a test's record events come from, if it names no record system


def take(
    app: Flask, *events: dict[str, Any], force: str, source: str = SOURCE, announce: bool = False
) -> None:
    """Take in record events of one force, all of which must be accepted."""
    with app.app_context(), force_scope(force):
        results = take_in(host().get(force).force, source, list(events), announce=announce)
        assert {r.status for r in results} == {"accepted"}, results
        db.session.commit()


@dataclass(frozen=True)
class Met:
    """The ids of a case and everybody on it, by the record system's ids."""

    case: UUID
    people: dict[str, UUID]
    staff: UUID | None


def meet(app: Flask, subject: str = "41/1/24", *, force: str) -> Met:
    """Who is on the case with this reference."""
    with app.app_context(), force_scope(force):
        case = db.session.scalars(sa.select(Case).where(Case.crime_reference == subject)).one()
        people = db.session.scalars(
            sa.select(Person).join(Access, Access.person_id == Person.id)
            .where(Access.case_id == case.id)
        )
        return Met(case.id, {one.record_id: one.id for one in people}, case.staff_id)


def staff_id(app: Flask, record_id: str, *, force: str) -> UUID:
    """Who this officer of the record system is in the portal."""
    with app.app_context(), force_scope(force):
        return db.session.scalars(
            sa.select(Staff.id).where(Staff.record_id.in_(kept_ids(record_id)))).one()


def sign_in_as(
    browser: Browser, *, person_id: UUID | None = None, staff_id: UUID | None = None
) -> Browser:
    """Sign in at the browser's force, past the pages that lead there."""
    assert browser.force
    token, now = secrets.token_urlsafe(32), clock.now()
    with browser.app.app_context(), force_scope(browser.force):
        lasts = timedelta(hours=the_force().visits.hours)
        db.session.add(PortalSession(
            token_hash=token_hash(token), person_id=person_id, staff_id=staff_id, made_at=now,
            seen_at=now, ends_at=now + lasts, proved_at=now, notes={},
        ))
        db.session.commit()
    browser.client.set_cookie(f"tmc-{browser.force}", token, path="/")
    return browser


def person_browser(app: Flask, met: Met, name: str = "P1", *, force: str) -> Browser:
    return sign_in_as(Browser(app, force), person_id=met.people[name])


def officer_browser(app: Flask, staff: UUID | None, *, force: str) -> Browser:
    assert staff
    return sign_in_as(Browser(app, force), staff_id=staff)
