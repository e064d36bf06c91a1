"""More than one key for a purpose: what a former key sealed opens, and the newest seals."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core.audit import trail
from core.audit.models import AuditEntry
from core.base import clock
from core.intake.models import RecordEvent
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage import ciphers
from core.storage.db import db, force_scope
from core.storage.keys.keyring import (
    FORCE_KEYS,
    KEYS,
    ForceKey,
    _make_missing,
    force_keys,
    look,
    new_row,
)
from core.storage.keys.purposes import DATA, PURPOSES, ForceKeys
from core.testing import recorded
from tests.conftest import HERTS
from tests.people import meet, person_browser, take

VALUE = b"07700 900123"


def add_key(purpose: str, starts_in: float = 0) -> None:
    """A further key of the force in scope."""
    row = new_row(HERTS, purpose, clock.now() + timedelta(seconds=starts_in))
    db.session.add(ForceKey(**row))
    db.session.commit()


def test_what_a_former_key_sealed_opens_and_the_newest_seals(app: Flask) -> None:
    with app.app_context(), force_scope(HERTS):
        row = uuid7().bytes
        old = force_keys().seal("person", "email", row, "me@example.com")
        add_key(DATA)
        new = look().seal("person", "email", row, "me@example.com")
        assert ciphers.key_id_of(old) != ciphers.key_id_of(new)
        held = force_keys()
        assert {held.open("person", "email", row, value) for value in (old, new)} == {"me@example.com"}


def test_a_key_is_used_from_its_moment_on(app: Flask) -> None:
    with app.app_context(), force_scope(HERTS):
        first = force_keys().key_id("audit")
        add_key("audit", starts_in=60)
        assert look().key_id("audit") == first
        with clock.travel(clock.now() + timedelta(seconds=61)):
            assert force_keys().key_id("audit") != first


def test_a_key_that_another_process_made_is_found_when_its_value_is_met(app: Flask) -> None:
    """By a process that has just looked; at most once a second."""
    with app.app_context(), force_scope(HERTS):
        row, held = uuid7().bytes, force_keys()
        add_key(DATA)
        other = look()
        sealed_there = other.seal("person", "email", row, "me@example.com")
        held.read_at -= 1.5
        FORCE_KEYS.get(app)[HERTS] = held
        assert ciphers.key_id_of(sealed_there) not in held.data
        assert held.open("person", "email", row, sealed_there) == "me@example.com"


def test_an_unknown_key_is_asked_for_at_most_once_a_second(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def count(held: ForceKeys) -> ForceKeys:
        asked.append(held)
        held.read_at = time.monotonic()
        return held

    with app.app_context(), force_scope(HERTS):
        held = force_keys()
        held.read_at -= 1.5
        monkeypatch.setattr("core.storage.keys.keyring.look", count)
        for _ in range(50):
            with pytest.raises(ciphers.Unreadable, match="not here"):
                held.open("person", "email", b"0" * 16, b"\x01none" + b"0" * 40)
    assert len(asked) == 1


def test_a_mac_belongs_to_the_key_of_its_rows_moment(app: Flask) -> None:
    """A code that was sent before the change still fits after it."""
    with app.app_context(), force_scope(HERTS):
        row = uuid7()
        before = force_keys().mac("codes", b"123456", at=row)
        with clock.travel(clock.now() + timedelta(seconds=5)):
            add_key("codes")
            held, later = look(), uuid7()
        with clock.travel(clock.now() + timedelta(seconds=9)):
            assert held.mac("codes", b"123456", at=row) == before != held.mac("codes", b"123456")
            assert held.fits("codes", b"123456", before)
            assert before in held.macs("codes", b"123456")
            key_id, mac = held.signed("codes", b"123456")
            assert held.fits("codes", b"123456", mac, key_id)
            assert not held.fits("codes", b"123456", before, key_id)
        assert later.time >= row.time


def test_a_purpose_that_is_new_gets_a_key_and_leaves_the_others_as_they_are(app: Flask) -> None:
    """A later version has one more: what was made until then stays true."""
    with app.app_context(), force_scope(HERTS):
        before = {one: force_keys().mac(one, VALUE) for one in ("audit", "codes", "limits", "feed", "lookup")}
        db.session.execute(sa.delete(ForceKey).where(ForceKey.purpose == "forms"))
        db.session.commit()
        FORCE_KEYS.get(app).clear()
        db.session.info.pop(KEYS)
        assert {one: force_keys().mac(one, VALUE) for one in before} == before
        made = force_keys().mac("forms", VALUE)
        assert made not in before.values()
        assert look().mac("forms", VALUE) == made
        assert all(len(chain) == 1 for chain in force_keys().chains.values())


def test_two_processes_that_make_the_first_keys_have_the_same(app: Flask) -> None:
    with app.app_context(), force_scope(HERTS):
        _make_missing(HERTS, [])
        _make_missing(HERTS, [])
        one = look()
        assert all(len(chain) == 1 for chain in one.chains.values())
        assert len(one.chains) == len(PURPOSES)


def test_pages_and_audit_go_on_while_every_purpose_gets_a_new_key(app: Flask) -> None:
    take(app, recorded())
    met = meet(app)
    browser = person_browser(app, met)
    assert browser.get(f"/case/{met.case}").status_code == 200
    with app.app_context(), force_scope(HERTS):
        for purpose in PURPOSES:
            add_key(purpose)
        look()
    assert browser.get(f"/case/{met.case}").status_code == 200
    with app.app_context(), force_scope(HERTS):
        rows = db.session.scalars(sa.select(AuditEntry)).all()
        for row in rows:
            columns = {c.name: getattr(row, c.name) for c in AuditEntry.__table__.columns}
            assert force_keys().fits("audit", trail.canonical(columns), row.mac)
        assert len({force_keys().key_id("audit", row.at) for row in rows}) == 2


def test_a_repeated_event_is_known_again_under_a_new_key(app: Flask) -> None:
    """And a changed one is still a conflict, kept once."""
    first, changed = recorded(), recorded(summary="something else")
    changed["id"] = first["id"]

    def status(*events: dict[str, Any]) -> list[str]:
        with app.app_context(), force_scope(HERTS):
            results = take_in(host().get(HERTS).force, "niche", list(events))
            db.session.commit()
            return [one.status for one in results]

    assert status(first) == ["accepted"]
    assert status(changed) == ["conflict"]
    with app.app_context(), force_scope(HERTS):
        add_key("feed")
        look()
    assert status(first, changed) == ["repeated", "conflict"]
    with app.app_context(), force_scope(HERTS):
        kept = sa.select(sa.func.count()).select_from(RecordEvent)
        assert db.session.scalar(kept.where(RecordEvent.status == "conflict")) == 1
