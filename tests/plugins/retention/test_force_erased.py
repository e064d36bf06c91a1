"""A force that is erased leaves nothing that can be read, and others all they had."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core import audit
from core.audit.models import AuditEntry
from core.base.settings import Settings
from core.cases.models import Case, Message, Person
from core.plugin_host.host import host
from core.storage import ciphers
from core.storage.db import db, force_scope
from core.storage.keys import key_ends, keyring
from core.storage.keys.keyring import (
    ERASED,
    FORCE_KEYS,
    ForceKey,
    force_keys,
    forces_with_keys,
    unwrapped,
)
from core.storage.keys.master_key import MASTER_KEY, SECRET_KEY
from core.storage.keys.purposes import PURPOSES, ForceErased
from core.testing import recorded
from core.testing.commands import run_command
from core.testing.postgres import Addresses
from plugins.retention import erasure
from tests.conftest import AVON, HERTS
from tests.core.storage.test_storage import dumped
from tests.people import take
from tests.plugins.retention.erased import CANARY, digest, rows_of
from tests.security.audited import audited
from tests.security.checklist import requirement


@pytest.fixture
def two(filled: Flask) -> Flask:
    take(filled, recorded(district="bristol", crime_type="bicycle-theft"), force=AVON)  # type: ignore[call-arg]
    return filled


def as_closed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(host(app).get(HERTS).force.__dict__, "status", "closed")


@audited("force_erased")
@requirement("D12")
def test_an_erased_force_leaves_nothing_and_others_all_they_had(
    two: Flask, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest(rows_of(two, AVON))
    assert CANARY.encode() not in b"".join(_strings(rows_of(two, AVON)))
    with two.app_context(), force_scope(HERTS):
        opened = [one.summary for one in db.session.scalars(sa.select(Case))]
        assert all(CANARY in str(text) for text in opened)
    as_closed(two, monkeypatch)
    said = run_command(two, "forces", "erase", HERTS, "--confirm", HERTS, ends=0).output
    assert "2 crime_case" in said
    with two.app_context(), force_scope(HERTS):
        [erased] = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "force_erased"))
        assert {name: erased.fields["rows"][name] for name in ("crime_case", "person", "message")} == {
            "crime_case": 2, "person": 2, "message": 2}
    after = rows_of(two, HERTS)
    left = {table: len(many) for table, many in after.items() if many}
    assert left.keys() <= {"audit_entry", "audit_link", "audit_head", "force_key"}
    assert {row["purpose"] for row in after["force_key"]} == {"audit", "audit-chain", "erased"}
    assert digest(rows_of(two, AVON)) == before
    with two.app_context():
        assert HERTS not in forces_with_keys() and AVON in forces_with_keys()


@requirement("D12")
@pytest.mark.parametrize("look_every", [keyring.LOOK_EVERY, -1.0], ids=["as ever", "always"])
def test_once_its_keys_are_destroyed_a_forces_data_opens_for_nobody(
    two: Flask, look_every: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the rows are still there, as in a copy of the database; and however soon a process
    looks at the keys again."""
    monkeypatch.setattr(keyring, "LOOK_EVERY", look_every)
    with two.app_context(), force_scope(HERTS):
        copies = [(row.id.bytes, row.summary_sealed) for row in db.session.scalars(sa.select(Case))]
        key_ends.destroy_keys(audit.write)
        db.session.commit()
        assert key_ends.are_destroyed()
        for row, value in copies:
            assert value
            with pytest.raises(ciphers.Unreadable):
                force_keys().open("crime_case", "summary", row, value)
        with pytest.raises(ForceErased):
            force_keys().seal("crime_case", "summary", copies[0][0], "anew")
        FORCE_KEYS.get(two).clear()
        assert force_keys().erased
        rows = db.session.scalars(sa.select(AuditEntry)).all()
        columns = [{c.name: getattr(row, c.name) for c in AuditEntry.__table__.columns} for row in rows]
        assert rows and all(audit.fits(row) for row in columns)
    with two.app_context(), force_scope(AVON):
        assert db.session.scalars(sa.select(Person)).first().family == "Khan"  # type: ignore[union-attr]


Cells = list[tuple[str, str, bytes, bytes]]


def sealed(app: Flask, force: str) -> Cells:
    """(table, column, row, value) of all that is sealed of a force, as a copy of the database has it."""
    return [
        (table, name.removesuffix("_sealed"), row["id"].bytes, value)
        for table, many in rows_of(app, force).items() for row in many
        for name, value in row.items() if name.endswith("_sealed") and value is not None
    ]


def keys_left(app: Flask) -> list[bytes]:
    """Every key that this installation has: those of all forces, unwrapped, and of the key files."""
    left = [*MASTER_KEY.get(app).in_use(), *SECRET_KEY.get(app).in_use()]
    with app.app_context():
        for force in host().installed:
            with force_scope(force):
                rows = db.session.scalars(sa.select(ForceKey).where(ForceKey.purpose != ERASED))
                left += [unwrapped(force, row) for row in rows]
                db.session.rollback()
    return left


def read_with(held: list[bytes], cells: Cells) -> list[str]:
    """What of the cells can be read with any of the keys."""
    found = []
    for key in held:
        opener = ciphers.DataKey(HERTS, b"", key)
        for cell in cells:
            with suppress(ciphers.Unreadable):
                found.append(opener.open(*cell))
    return found


@requirement("D12")
def test_with_the_keys_that_are_left_nothing_of_an_erased_force_can_be_read_anywhere(
    two: Flask, settings: Settings, database: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in a dump, nor in the data folder, nor in a copy of the rows from before."""
    copy, words = sealed(two, HERTS), [CANARY.encode(), b"41/2/24", b"41224"]
    before = read_with(keys_left(two), copy)
    assert len(before) == len(copy) > 20 and CANARY in "".join(before)
    assert [word in dumped(database) for word in words[1:]] == [True, True]
    as_closed(two, monkeypatch)
    run_command(two, "forces", "erase", HERTS, "--confirm", HERTS, ends=0)
    left = keys_left(two)
    assert len(left) > len(PURPOSES) and read_with(left, copy) == []
    assert sealed(two, HERTS) == []
    files = [file.read_bytes() for file in settings.data_dir.rglob("*") if file.is_file()]
    assert [word for word in words if word in b"".join([dumped(database), *files])] == []


def test_erasing_that_was_cut_off_goes_on(two: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    as_closed(two, monkeypatch)
    with two.app_context(), force_scope(HERTS), monkeypatch.context() as patch:
        patch.setattr(erasure, "MANY", 1)
        parts = erasure.erase_force()
        assert next(parts) == {}
        db.session.commit()
        assert next(parts).total() == 1
        db.session.commit()
    with two.app_context(), force_scope(HERTS):
        assert key_ends.are_destroyed()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) > 0
    run_command(two, "forces", "erase", HERTS, "--confirm", HERTS, ends=0)
    with two.app_context(), force_scope(HERTS):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) == 0
        marks = sa.select(sa.func.count()).select_from(ForceKey).where(ForceKey.purpose == "erased")
        assert db.session.scalar(marks) == 1


def test_a_force_of_which_no_part_was_committed_is_still_whole(two: Flask) -> None:
    before = digest(rows_of(two, HERTS))
    with two.app_context(), force_scope(HERTS):
        assert sum((part for part in erasure.erase_force()), Counter())["crime_case"] == 2
        db.session.rollback()
    FORCE_KEYS.get(two).clear()
    assert digest(rows_of(two, HERTS)) == before
    with two.app_context(), force_scope(HERTS):
        assert all(CANARY in str(one.summary) for one in db.session.scalars(sa.select(Case)))


def test_a_force_that_is_open_is_not_erased(two: Flask) -> None:
    before = digest(rows_of(two, HERTS))
    said = run_command(two, "forces", "erase", HERTS, "--confirm", HERTS, ends=1).output
    assert 'must say status = "closed"' in said
    assert digest(rows_of(two, HERTS)) == before


def _strings(rows: dict[str, list[dict[str, Any]]]) -> list[bytes]:
    return [str(value).encode() for many in rows.values() for row in many for value in row.values()]
