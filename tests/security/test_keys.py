"""A key opens what it is for, where it is for, and nothing else."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core.audit import trail
from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import Person
from core.intake.models import RecordEvent
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage import ciphers
from core.storage.db import db, force_scope
from core.storage.keys.keyring import (
    FORCE_KEYS,
    ForceKey,
    _make_missing,
    force_keys,
    look,
    masters,
    new_row,
    unwrapped,
)
from core.storage.keys.master_key import MASTER_KEY
from core.storage.keys.purposes import DATA, PURPOSES, ForceKeys, WrongPurpose, chains_of
from tests.builders import recorded
from tests.conftest import AVON, HERTS
from tests.people import meet, person_browser, take
from tests.security.checklist import protection, requirement

VALUE = b"07700 900123"


def of_force(app: Flask, force: str, *, row: UUID, email: str) -> None:
    with app.app_context(), force_scope(force):
        db.session.add(Person(
            id=row, source="niche", record_id=row.hex, language="en", email=email, postcode="AL1 1AA"
        ))
        db.session.commit()


def sealed(app: Flask, force: str, row: UUID) -> Person:
    with app.app_context(), force_scope(force):
        found = db.session.get(Person, (force, row))
        assert found
        return found


def opens(app: Flask, force: str, row: UUID, column: str, value: bytes | None) -> str:
    with app.app_context(), force_scope(force):
        assert value
        return force_keys().open("person", column, row.bytes, value)


@requirement("G1")
def test_a_value_opens_in_its_own_place_and_in_no_other(app: Flask) -> None:
    """Not in another row, nor another column, nor at another force, even with the same row id."""
    mine, theirs = uuid7(), uuid7()
    of_force(app, HERTS, row=mine, email="mine@example.com")
    of_force(app, HERTS, row=theirs, email="theirs@example.com")
    of_force(app, AVON, row=mine, email="elsewhere@example.com")
    assert opens(app, HERTS, mine, "email", sealed(app, HERTS, mine).email_sealed) == "mine@example.com"
    for force, row, column, value in (
        (HERTS, theirs, "email", sealed(app, HERTS, mine).email_sealed),
        (HERTS, mine, "phone", sealed(app, HERTS, mine).email_sealed),
        (AVON, mine, "email", sealed(app, HERTS, mine).email_sealed),
        (HERTS, mine, "email", sealed(app, AVON, mine).email_sealed),
    ):
        with pytest.raises(ciphers.Unreadable):
            opens(app, force, row, column, value)


@protection("G1")
def test_without_its_place_a_value_would_open_in_anothers_row(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ciphers, "_associated", lambda *place: b"")
    mine, theirs = UUID(int=0), UUID(int=0)
    of_force(app, HERTS, row=mine, email="mine@example.com")
    value = sealed(app, HERTS, mine).email_sealed
    assert opens(app, HERTS, theirs, "phone", value) == "mine@example.com"


@requirement("G1")
def test_one_changed_bit_is_noticed(app: Flask) -> None:
    row = uuid7()
    of_force(app, HERTS, row=row, email="mine@example.com")
    value = sealed(app, HERTS, row).email_sealed
    assert value and opens(app, HERTS, row, "email", value)
    for place in range(len(value)):
        changed = value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
        with pytest.raises(ciphers.Unreadable):
            opens(app, HERTS, row, "email", changed)


@requirement("G2")
def test_every_purpose_has_a_key_of_its_own(app: Flask) -> None:
    with app.app_context(), force_scope(HERTS):
        macs = {purpose: force_keys().mac(purpose, VALUE) for purpose in PURPOSES if purpose != DATA}
        ids = {purpose: force_keys().key_id(purpose) for purpose in PURPOSES}
    assert len(set(macs.values())) == len(macs) >= 6
    assert len(set(ids.values())) == len(ids)


@requirement("G2")
def test_a_key_cannot_be_used_for_another_purpose(app: Flask) -> None:
    with app.app_context(), force_scope(HERTS):
        held = force_keys()
        with pytest.raises(WrongPurpose):
            held.mac(DATA, VALUE)
        with pytest.raises(WrongPurpose):
            held.mac("curiosity", VALUE)
        mac = held.mac("codes", VALUE)
        assert held.fits("codes", VALUE, mac)
        assert not any(held.fits(other, VALUE, mac) for other in ("limits", "audit", "lookup"))


@requirement("G2")
def test_a_stored_key_does_not_unwrap_as_one_for_something_else(app: Flask) -> None:
    master, key_id, key = ciphers.new_key(), ciphers.new_key_id(), ciphers.new_key()
    for mine, other in combinations(PURPOSES, 2):
        for one, another in ((mine, other), (other, mine)):
            wrapped = ciphers.wrap(master, HERTS, one, key_id, key)
            assert ciphers.unwrap(master, HERTS, one, key_id, wrapped) == key
            assert ciphers.unwrap(master, HERTS, another, key_id, wrapped) is None
            assert ciphers.unwrap(master, AVON, one, key_id, wrapped) is None


@requirement("G2")
def test_no_key_shows_itself_in_words(app: Flask) -> None:
    """As it would stand in a log line or a traceback."""
    with app.app_context(), force_scope(HERTS):
        held = force_keys()
        rows = db.session.scalars(sa.select(ForceKey)).all()
        shown = f"{held!r} {held.__dict__!r} {masters()!r} {masters().__dict__!r}"
        bytes_of = [unwrapped(HERTS, row) for row in rows] + masters().in_use()
    assert len(bytes_of) == len(PURPOSES) + 1
    for key in bytes_of:
        assert repr(key)[2:-1] not in shown
        assert key.hex() not in shown


@requirement("G4")
def test_the_same_value_is_found_under_another_key_at_another_force(app: Flask) -> None:
    found = []
    for force in (HERTS, AVON, HERTS):
        with app.app_context(), force_scope(force):
            found.append(force_keys().mac("lookup", VALUE))
    assert found[0] == found[2] != found[1]


@requirement("G5")
def test_a_million_nonces_are_all_different() -> None:
    key = ciphers.DataKey(HERTS, b"1234", ciphers.new_key())
    start = 1 + ciphers.KEY_ID
    seen = {
        key.seal("person", "email", b"0" * 16, "")[start : start + ciphers.NONCE]
        for _ in range(1_000_000)
    }
    assert len(seen) == 1_000_000


# --- more than one key for a purpose -----------------------------------------------------------


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


def test_keys_of_an_older_installation_open_what_it_wrote(app: Flask) -> None:
    """It knew one key a force; audit, codes and look-up were derived from that."""
    take(app, recorded())
    master = MASTER_KEY.get(app).in_use()[0]
    data_key, key_id = ciphers.new_key(), ciphers.new_key_id()
    wrapped = ciphers.wrap(master, HERTS, DATA, key_id, data_key)
    with app.app_context(), force_scope(HERTS):
        first = db.session.scalars(sa.select(ForceKey).where(ForceKey.purpose == DATA)).one()
        db.session.execute(sa.delete(ForceKey))
        db.session.add(ForceKey(
            id=UUID(int=0), purpose=DATA, key_id=key_id, wrapped=wrapped, made_at=first.made_at,
            starts_at=first.starts_at,
        ))
        db.session.commit()
        FORCE_KEYS.get(app).clear()
        for purpose in ("audit", "codes", "limits", "feed", "forms", "lookup"):
            old = ciphers.MacKey(ciphers.derived(HERTS, purpose, data_key)).mac(VALUE)
            assert force_keys().mac(purpose, VALUE) == old
        assert force_keys().key_id(DATA) == key_id
        assert len(chains_of(c for chain in force_keys().chains.values() for c in chain)) == len(PURPOSES)


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
