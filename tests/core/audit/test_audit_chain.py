"""Whoever changes the audit is found out, also with every right in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core.audit.chain import PURPOSE, canonical
from core.audit.export import Head
from core.audit.models import AuditLink
from core.base.settings import Settings
from core.storage.db import db, force_scope
from core.storage.keys.keyring import force_keys
from tests.conftest import HERTS
from tests.core.audit.chains import ROWS, edit, link_all, row_at, verify, write_rows
from tests.security.checklist import protection, requirement


def delete(app: Flask, owner: Any) -> UUID:
    row = row_at(app, 5)
    owner("DELETE FROM audit_entry WHERE id = :id", id=row.id)
    return row.id  # type: ignore[no-any-return]


def delete_with_its_link(app: Flask, owner: Any) -> None:
    row = row_at(app, 5)
    owner("DELETE FROM audit_entry WHERE id = :id", "DELETE FROM audit_link WHERE id = :id", id=row.id)


def delete_and_number_anew(app: Flask, owner: Any) -> UUID:
    gone, after = row_at(app, 5), row_at(app, 6)
    owner(
        "DELETE FROM audit_entry WHERE id = :id", "DELETE FROM audit_link WHERE id = :id",
        "UPDATE audit_link SET number = -number WHERE number > 5",
        "UPDATE audit_link SET number = -number - 1 WHERE number < 0", id=gone.id)
    return after.id  # type: ignore[no-any-return]


INSERT = (
    "INSERT INTO audit_entry (force, id, at, action, actor, fields, mac, key_id) SELECT force, :new, "
    "at, 'sign_out', actor, '{\"how\": \"button\"}', mac, key_id FROM audit_entry WHERE id = :id"
)


def insert(app: Flask, owner: Any) -> UUID:
    new = uuid7()
    owner(INSERT, id=row_at(app, 5).id, new=new)
    return new


def insert_in_the_chain(app: Flask, owner: Any) -> UUID:
    new = uuid7()
    owner(
        "UPDATE audit_link SET number = -number WHERE number > 5",
        "UPDATE audit_link SET number = 1 - number WHERE number < 0", INSERT,
        "INSERT INTO audit_link (number, at, action, mac, previous, link, key_id, linked_at, force, id) "
        "SELECT 6, at, 'sign_out', mac, link, mac, key_id, linked_at, force, :new "
        "FROM audit_link WHERE number = 5", id=row_at(app, 5).id, new=new)
    return new


def reorder(app: Flask, owner: Any) -> UUID:
    moved = row_at(app, 6)
    owner("UPDATE audit_link SET number = -5 WHERE number = 5",
          "UPDATE audit_link SET number = 5 WHERE number = 6",
          "UPDATE audit_link SET number = 6 WHERE number = -5")
    return moved.id  # type: ignore[no-any-return]


def reorder_what_the_links_lead_to(app: Flask, owner: Any) -> UUID:
    """The rows change places, the links stay where they were."""
    one, other = row_at(app, 5), row_at(app, 9)
    assert one.id != other.id
    columns = "id = :other, at = :at, action = :action, mac = :mac"
    owner("UPDATE audit_link SET id = :spare WHERE number = 9",
          f"UPDATE audit_link SET {columns} WHERE number = 5",
          "UPDATE audit_link SET id = :id, at = :its_at, mac = :its_mac WHERE number = 9",
          spare=uuid7(), id=one.id, its_at=one.at, its_mac=one.mac,
          other=other.id, at=other.at, action=other.action, mac=other.mac)
    return other.id  # type: ignore[no-any-return]


def cut_the_tail(app: Flask, owner: Any) -> None:
    """With the note of the chainer made to fit."""
    owner("DELETE FROM audit_entry WHERE id IN (SELECT id FROM audit_link WHERE number > 4)",
          "DELETE FROM audit_link WHERE number > 4",
          "UPDATE audit_head h SET number = l.number, link = l.link FROM audit_link l "
          "WHERE l.number = 4")


def rebuild(app: Flask, owner: Any, make: Callable[..., bytes]) -> UUID:
    """Row 5 goes; all after it are linked anew with whatever key *make* has."""
    delete_with_its_link(app, owner)
    with app.app_context(), force_scope(HERTS):
        links = db.session.scalars(sa.select(AuditLink).order_by(AuditLink.number)).all()
    previous = links[3].link
    for number, link in enumerate(links[4:], 5):
        row = {"id": link.id, "at": link.at, "action": link.action, "mac": link.mac}
        made = make(app, number, previous, row)
        owner("UPDATE audit_link SET number = :number, previous = :previous, link = :link WHERE id = :id",
              number=number, previous=previous, link=made, id=link.id)
        previous = made
    owner("UPDATE audit_head SET number = :number, link = :link", number=ROWS - 1, link=previous)
    return links[4].id


def with_another_key(app: Flask, number: int, previous: bytes, row: dict[str, Any]) -> bytes:
    return hashlib.sha256(previous + row["mac"] + str(number).encode()).digest()


def with_the_key(app: Flask, number: int, previous: bytes, row: dict[str, Any]) -> bytes:
    with app.app_context(), force_scope(HERTS):
        return force_keys().mac(PURPOSE, canonical(number, previous, row))


def rebuild_without_the_key(app: Flask, owner: Any) -> UUID:
    return rebuild(app, owner, with_another_key)


def rebuild_with_the_key(app: Flask, owner: Any) -> None:
    rebuild(app, owner, with_the_key)


ATTACKS: dict[Callable[..., Any], tuple[str, int | None]] = {
    edit: ("changed", 5),
    delete: ("deleted", 5),
    delete_with_its_link: ("deleted", 5),
    delete_and_number_anew: ("deleted", 5),
    insert: ("inserted", None),
    insert_in_the_chain: ("inserted", 6),
    reorder: ("reordered", 5),
    reorder_what_the_links_lead_to: ("reordered", 5),
    cut_the_tail: ("tail cut", 5),
    rebuild_without_the_key: ("chain rebuilt", 5),
    rebuild_with_the_key: ("tail cut", 12),
}


@requirement("G8")
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a.__name__)
def test_the_first_row_that_somebody_touched_is_named(
    app: Flask, chain: list[Head], owner: Any, attack: Callable[..., Any]
) -> None:
    assert verify(app, chain).ok
    touched = attack(app, owner)
    broken = verify(app, chain).broken
    assert broken
    assert (broken.what, broken.number) == ATTACKS[attack]
    if touched:
        assert broken.id == touched
        assert broken.at and broken.action in ("cases_listed", "sign_out")


@requirement("G8")
def test_a_chain_made_anew_with_the_key_does_not_fit_what_was_told(
    app: Flask, chain: list[Head], owner: Any
) -> None:
    rebuild_with_the_key(app, owner)
    write_rows(app, rows=3)
    link_all(app)
    assert verify(app, []).ok  # the key makes all fit but what went out before
    broken = verify(app, chain).broken
    assert broken and (broken.what, broken.number) == ("chain rebuilt", ROWS)


@requirement("G8")
def test_the_owner_cannot_change_the_audit_in_the_ordinary_way(
    chain: list[Head], settings: Settings
) -> None:
    engine = sa.create_engine(str(settings.owner_database_url))
    for statement in (
        "UPDATE audit_entry SET action = 'sign_out'", "DELETE FROM audit_entry",
        "UPDATE audit_link SET number = 7 WHERE number = 8", "DELETE FROM audit_link",
        "TRUNCATE audit_entry", "TRUNCATE audit_link",
    ):
        with engine.connect() as connection:
            connection.execute(sa.text(f"SELECT set_config('tmc.force', '{HERTS}', false)"))
            with pytest.raises(sa.exc.DBAPIError, match="only added to"):
                connection.execute(sa.text(statement))
    engine.dispose()


@requirement("G8")
def test_the_serving_role_may_add_to_the_audit_and_its_chain_and_no_more(settings: Settings) -> None:
    engine = sa.create_engine(str(settings.database_url))
    for table in ("audit_entry", "audit_link"):
        for statement in (f"UPDATE {table} SET action = ''", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match="denied"):
                connection.execute(sa.text(statement))
    engine.dispose()


# --- without the protection ---------------------------------------------------------------------


@protection("G8")
def test_without_the_macs_a_changed_row_passes(
    app: Flask, chain: list[Head], owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(app, owner)
    monkeypatch.setattr("core.audit.trail.fits", lambda row: True)
    assert verify(app, chain).ok


@protection("G8")
def test_without_the_links_changed_places_pass(
    app: Flask, chain: list[Head], owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reorder(app, owner)
    monkeypatch.setattr("core.audit.check.link_fits", lambda link, **instead: True)
    monkeypatch.setattr("core.audit.check.hmac.compare_digest", lambda one, other: True)
    assert verify(app, chain).ok


@protection("G8")
def test_without_told_heads_a_cut_tail_passes(app: Flask, chain: list[Head], owner: Any) -> None:
    cut_the_tail(app, owner)
    assert verify(app, []).ok
