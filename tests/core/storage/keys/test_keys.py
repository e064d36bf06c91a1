"""A key opens what it is for, where it is for, and nothing else."""

from __future__ import annotations

from itertools import combinations
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core.cases.models import Person
from core.storage import ciphers
from core.storage.db import db, force_scope
from core.storage.keys.keyring import ForceKey, force_keys, masters, unwrapped
from core.storage.keys.purposes import DATA, PURPOSES, WrongPurpose
from tests.conftest import AVON, HERTS
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
