"""How often: counted in the database, so that all processes share one count.

Every step of signing in counts in four scopes: from this address or from all, at this force or in
the whole installation. Who goes fast waits longer and longer; only an address is ever refused, and
never for longer than ten minutes. What counts for one person stands in :mod:`plugins.sign_in.sending`.
"""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from flask import current_app
from uuid6 import uuid7

from core import (
    EVERYWHERE,
    audit,
    client_address,
    clock,
    db,
    force_scope,
    insert_many,
    keys,
    lock,
    owned,
    plugin_settings,
    read,
    update_many,
)
from plugins.sign_in.guesses import DAY, HOUR, LONGEST_WAIT
from plugins.sign_in.models import Count

log = structlog.get_logger()
MINUTES = timedelta(minutes=10)
BRAKE_WAIT = 30  # seconds between two steps of anybody, while too many fail at this force
FAILURES = "failures/minutes"
FAILURES_FROM_ADDRESS = 20  # of these in ten minutes: one address alone puts no brake on a force
audit.declare("sign_in_brake", "failures")
COUNTED = sa.select(Count.id, Count.number).where(
    owned(Count), Count.scope == sa.bindparam("scope"), Count.key == sa.bindparam("key"),
    Count.since == sa.bindparam("since"),
)
ROW = COUNTED.with_for_update()
TAKEN = sa.select(sa.func.coalesce(sa.func.sum(Count.number), 0)).where(
    owned(Count), Count.scope == sa.bindparam("scope"), Count.since >= sa.bindparam("since"),
    sa.or_(Count.key == sa.bindparam("key"), Count.key == sa.bindparam("former")),
)


@dataclass(frozen=True)
class Scope:
    """*free* steps in ten minutes go at once, *most* at all (None: never refused)."""

    name: str
    free: int
    most: int | None = None

    def wait(self, number: int) -> int:
        """Seconds before the step that is the *number*-th, growing up to a minute."""
        return min(LONGEST_WAIT, math.ceil(max(0, number - self.free) * LONGEST_WAIT / self.free))


SYSTEM, SYSTEM_ADDRESS = Scope("system", 6000), Scope("system/address", 80, 800)
FORCE, FORCE_ADDRESS = Scope("force", 2000), Scope("force/address", 40, 400)


@dataclass(frozen=True)
class Pace:
    """Seconds to *wait* before this visitor's step; *refused*: seconds until it may be tried again."""

    wait: int
    refused: int = 0


def pace(address: str) -> Pace:
    """Counts one step from *address* in all four scopes. Commits, so that nobody waits for a count.

    Call it first: what was written before in this transaction would be committed too.
    """
    here = client_address(address)
    db.session.commit()
    with force_scope(EVERYWHERE):
        found = _step([(SYSTEM_ADDRESS, _keyed(here)), (SYSTEM, b"all")])
    found += _step([(FORCE_ADDRESS, hashed(here)), (FORCE, b"all")])
    wait = max(scope.wait(number) for scope, number in found)
    if any(scope.most is not None and number > scope.most for scope, number in found):
        return Pace(wait, refused=_left(MINUTES))
    return Pace(max(wait, BRAKE_WAIT if brake_is_on() else 0))


def _step(scopes: list[tuple[Scope, bytes]]) -> list[tuple[Scope, int]]:
    found = [(scope, count(f"{scope.name}/minutes", key, MINUTES)) for scope, key in scopes]
    db.session.commit()
    return found


def hashed(value: str, before: timedelta = timedelta(0)) -> bytes:
    """Under the key with which the day began: changing keys gives nobody more tries."""
    return keys().mac("limits", value.encode(), at=_since(DAY) - before)


def _keyed(value: str) -> bytes:
    """Where no force is in scope: keyed with the installation's key for sessions."""
    secret = str(current_app.secret_key).encode()
    return hmac.digest(secret, f"sign_in/limits/{value}".encode(), "sha256")


# --- the brake ----------------------------------------------------------------------------------


def failed(address: bytes | None) -> None:
    """Counts a wrong code or unknown details at this force, from a hashed *address*. The caller commits."""
    if count(f"{FAILURES}/address", address or b"", MINUTES) > FAILURES_FROM_ADDRESS:
        return
    number, most = count(FAILURES, b"all", MINUTES), plugin_settings("sign_in").failures
    if number == most + 1:
        log.warning("sign_in_brake", failures=number)
        audit.write("sign_in_brake", failures=number)


def brake_is_on() -> bool:
    """Do so many fail here that everybody goes slower, until the ten minutes are over?"""
    return so_far(FAILURES, b"all", MINUTES) > int(plugin_settings("sign_in").failures)


# --- counts -------------------------------------------------------------------------------------


def count(scope: str, key: bytes, window: timedelta) -> int:
    """Add one, and say how many there have been in this window (UTC). The caller commits."""
    row = _held(scope, key, _since(window))
    update_many(Count, [{"id": row.id, "number": row.number + 1}])
    return int(row.number) + 1


def take(scope: str, value: str, most: int) -> bool:
    """One more of the *most* that there are in any 24 hours; False when they are used up.

    Counted by the hour, so that midnight brings no new ones; a used-up one is not counted, so that
    who goes on does not keep anybody out for longer. The caller commits.
    """
    lock(f"sign_in/{scope}/{value}")
    key, since = hashed(value), _since(HOUR)
    row = _held(scope, key, since)
    taken = read(TAKEN, scope=scope, key=key, former=hashed(value, before=DAY), since=since - DAY)
    more = int(taken.scalar_one()) < most
    update_many(Count, [{"id": row.id, "number": row.number + more}])
    return more


def _held(scope: str, key: bytes, since: datetime) -> sa.Row[Any]:
    """The row of a count, locked until the transaction ends."""
    insert_many(
        Count, [{"id": uuid7(), "scope": scope, "key": key, "since": since, "number": 0}],
        skip_existing=("scope", "key", "since"),
    )
    return read(ROW, scope=scope, key=key, since=since).one()


def so_far(scope: str, key: bytes, window: timedelta) -> int:
    """How many there have been in this window."""
    row = read(COUNTED, scope=scope, key=key, since=_since(window)).first()
    return int(row.number) if row else 0


def forget(scope: str, key: bytes, window: timedelta) -> None:
    """The count of this window begins again. The caller commits."""
    row = read(ROW, scope=scope, key=key, since=_since(window)).first()
    if row:
        update_many(Count, [{"id": row.id, "number": 0}])


def remove_old() -> None:
    """Counts of the day before yesterday and earlier are of no use. Commits."""
    old = sa.delete(Count).where(Count.since < clock.now() - 2 * DAY)
    db.session.execute(old)
    db.session.commit()
    with force_scope(EVERYWHERE):
        db.session.execute(old)
        db.session.commit()


def _since(window: timedelta) -> datetime:
    seconds = clock.now().timestamp()
    return datetime.fromtimestamp(seconds - seconds % window.total_seconds(), UTC)


def _left(window: timedelta) -> int:
    """Seconds until the window that we are in is over."""
    return math.ceil((_since(window) + window - clock.now()).total_seconds())
