"""The keys of a force as they are stored: wrapped by the master key, one row for each key.

``force_keys()`` gives them open. A process looks for new ones every :data:`LOOK_EVERY` seconds, and at
once (at most once a second) when it meets a value whose key it does not know.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert as pg_insert
from uuid6 import uuid7

from core.base import clock
from core.base.installation import State, installation
from core.storage import ciphers, opened
from core.storage.ciphers import DataKey, KeyProblem, MacKey
from core.storage.db import db, force_scope, read_unflushed
from core.storage.keys.master_key import ALWAYS, LOOK_EVERY, MASTER_KEY, SECRET_KEY, KeyFile
from core.storage.keys.purposes import DATA, PURPOSES, ForceKeys, OpenKey, chains_of
from core.storage.row_guard import CHECKED, Base, ForceOwned, ForceSession, force_of
from core.storage.walls import owned

KEYS = "keys"  # in a session's info
ASK_EVERY = 1.0  # seconds, for a key that nobody has heard of
LINGERS = 300.0  # seconds: what was read before its key ended can still be opened
ERASED = "erased"


class ForceKey(ForceOwned, Base):
    """One key of a force for one purpose, wrapped by the master key; used from ``starts_at``."""

    __tablename__ = "force_key"
    __kept__ = "with_force"
    __at_merger__ = "stay"
    __at_erasure__ = "stays"
    purpose: orm.Mapped[str] = orm.mapped_column(sa.Text)
    key_id: orm.Mapped[bytes] = orm.mapped_column(sa.LargeBinary)
    wrapped: orm.Mapped[bytes] = orm.mapped_column(sa.LargeBinary)
    made_at: orm.Mapped[datetime] = orm.mapped_column(sa.DateTime(timezone=True))
    starts_at: orm.Mapped[datetime] = orm.mapped_column(sa.DateTime(timezone=True))
    __table_args__ = (
        sa.UniqueConstraint("key_id", "force"),
        sa.UniqueConstraint("purpose", "starts_at", "force"),
    )


ROWS = sa.select(
    ForceKey.purpose, ForceKey.key_id, ForceKey.wrapped, ForceKey.made_at, ForceKey.starts_at
).where(owned(ForceKey))


FORCE_KEYS: State[dict[str, ForceKeys]] = State("force_keys", dict)


def force_keys() -> ForceKeys:
    """The open keys of the force in scope; made at the force's first use.

    The session keeps them: a page opens dozens of values.
    """
    session = db.session()
    force, held = force_of(session), session.info.get(KEYS)
    if held is None or held.force != force:
        held = FORCE_KEYS.get().get(force)
    if held is None or time.monotonic() - held.read_at > LOOK_EVERY:
        held = look(FORCE_KEYS.get().get(force))
    session.info[KEYS] = held
    return held


def look(held: ForceKeys | None = None) -> ForceKeys:
    """Read the keys of the force in scope anew; *held* is what this process had of them."""
    session = db.session()
    force = force_of(session)
    rows = _stored()
    erased = any(row.purpose == ERASED for row in rows)
    # A force that was erased never gets keys again: what was sealed then would look as if it had come back.
    if not erased and not PURPOSES.keys() <= {row.purpose for row in rows}:
        _make_missing(force, rows)
        rows = _stored()
    found = ForceKeys(
        force, chains_of(_opened(force, rows, held)), _key_that_opens, time.monotonic(), erased
    )
    if held and not erased:
        found.remember(held, LINGERS)
    FORCE_KEYS.get()[force] = session.info[KEYS] = found
    return found


def _key_that_opens(key_id: bytes) -> DataKey | None:
    """For a value whose key is not among those that were at hand."""
    held = force_keys()
    # Once a second at most: a page full of spoilt values would ask the database for each of them.
    if key_id not in held.data and time.monotonic() - held.read_at >= ASK_EVERY:
        held = look(held)
    return held.data.get(key_id)


def _stored() -> Sequence[Any]:
    """On a connection of its own only if there is none at work: no transaction is begun or kept."""
    if db.session().in_transaction():
        return read_unflushed(ROWS).all()
    with ForceSession(db=db) as session:
        return session.scalars(sa.select(ForceKey)).all()


def _opened(force: str, rows: Iterable[Any], held: ForceKeys | None) -> Iterable[OpenKey]:
    # What is open stays open: a key file that is spoilt meanwhile then stops nobody who is at work.
    known = {one.key_id: one for chain in held.chains.values() for one in chain} if held else {}
    for row in rows:
        if row.purpose == ERASED:
            continue
        one = known.get(row.key_id)
        if one is None or one.purpose != row.purpose:
            key = unwrapped(force, row)
            work = (DataKey(force, row.key_id, key, opened.opened) if row.purpose == DATA
                    else MacKey(key))
            one = OpenKey(row.purpose, row.key_id, row.starts_at, row.made_at, work)
        yield one


def forces_with_keys(*, erased: bool = False) -> list[str]:
    """Ids of the installed forces that have keys here, served or not; *erased*: these too."""
    found = []
    for force in sorted(installation().host.installed):
        with force_scope(force):
            purposes = {row.purpose for row in _stored()}
        if purposes and (erased or ERASED not in purposes):
            found.append(force)
    return found


def masters() -> KeyFile:
    """The file of the master key: each key of a force is wrapped by one of its keys."""
    return MASTER_KEY.get()


def unwrapped(force: str, row: Any) -> bytes:
    """The key of a row. Raises :class:`KeyProblem` when the master key is another one."""
    # Twice: a line that was put into the file a moment ago counts before a key is called the wrong one.
    for _ in range(2):
        for master in masters().in_use():
            key = ciphers.unwrap(master, force, row.purpose, row.key_id, row.wrapped)
            if key is not None:
                return _own(force, row.purpose, key)
        if not masters().read_again():
            break
    raise KeyProblem(
        f"the master key ({masters().path}) does not open the {row.purpose} key of {force}: "
        "TMC_MASTER_KEY_FILE names another key than the one this database was made with. After a "
        "restore from an older backup, add the line of that time from its .former to the file"
    )


def _own(force: str, purpose: str, key: bytes) -> bytes:
    """The *key*. Raises :class:`KeyProblem` if a key file holds it too: a key is for one purpose."""
    for file in (masters(), SECRET_KEY.get()):
        if key in file.known():
            raise KeyProblem(
                f"the {purpose} key of {force} stands in {file.path} too: a key is for one purpose. "
                "Put another key into the file; the force's is changed by `trackmycrime keys rotate`"
            )
    return key


def check_master() -> None:
    """Raises :class:`KeyProblem` unless the master key opens every key that is stored here.

    Of every installed force, served or not: a force that is live later was sealed before.
    """
    for force in sorted(installation().host.installed):
        with force_scope(force):
            for row in _stored():
                if row.purpose != ERASED:
                    unwrapped(force, row)


def new_row(force: str, purpose: str, starts_at: datetime = ALWAYS) -> dict[str, Any]:
    """A new key, as a row of force_key."""
    key_id = ciphers.new_key_id()
    # The one to use now, not the newest: some process may not have read the file again.
    wrapped = ciphers.wrap(masters().in_use()[0], force, purpose, key_id, ciphers.new_key())
    return {"force": force, "id": uuid7(), "purpose": purpose, "key_id": key_id,
            "wrapped": wrapped, "made_at": clock.now(), "starts_at": starts_at}


def _make_missing(force: str, rows: Sequence[Any]) -> None:
    """The first key for each purpose that has none.

    In a transaction of its own: a key that a caller's roll-back undid would lose data. Two
    processes may be first together: the moment that first keys start at lets one of them win.
    """
    there = {row.purpose for row in rows}
    new = [new_row(force, purpose) for purpose in PURPOSES if purpose not in there]
    with ForceSession(db=db) as session:
        statement = pg_insert(ForceKey).on_conflict_do_nothing()
        session.connection().execute(statement, new, execution_options={CHECKED: True})
        session.commit()
