"""How often: counted in the database, so that all processes share one count.

Every step of signing in counts in four scopes: from this address or from all, at this force or in
the whole installation. It counts alike whatever was typed, so that no count tells whether it was right.
Who goes fast waits longer and longer, and comes later in the worker's queue; only an address is ever
refused, and never for longer than ten minutes. What counts for one person stands in
:mod:`plugins.sign_in.sending`.
"""

from __future__ import annotations

import hmac
import ipaddress
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from flask import current_app
from uuid6 import uuid7

from core import audit
from core.base import EVERYWHERE, clock
from core.plugin_host import plugin_settings
from core.storage import db, force_scope, insert_many, lock, owned, read, update_many
from core.storage import force_keys as keys
from core.web import client_address
from plugins.sign_in.audit_actions import SignInAction
from plugins.sign_in.guesses import DAY, HOUR, LONGEST_WAIT
from plugins.sign_in.models import Count

log = structlog.get_logger()
MINUTES = timedelta(minutes=10)
BRAKE_WAIT = 30  # seconds at most between two steps of a visitor, for the sake of the brake
FAILURES = "failures/minutes"
FAILURES_FROM_ADDRESS = 20  # of these in ten minutes: one address alone puts no brake on a force
NEIGHBOURS = 4  # first turns that a whole neighbourhood of addresses has, however many they are
COUNTED = sa.select(Count.id, Count.number).where(
    owned(Count), Count.scope == sa.bindparam("scope"), Count.key == sa.bindparam("key"),
    Count.since == sa.bindparam("since"),
)
ROW = COUNTED.with_for_update()
_keys = sa.bindparam("keys", type_=sa.ARRAY(sa.LargeBinary))
ROWS = sa.select(Count.id, Count.key, Count.number).where(
    owned(Count), Count.scope == sa.bindparam("scope"), Count.key == sa.any_(_keys),
    Count.since == sa.bindparam("since"),
# Rows are locked as they come: whoever asks for several must meet them in the same order.
).order_by(Count.key).with_for_update()
TAKEN = sa.select(Count.key, sa.func.sum(Count.number).label("number")).where(
    owned(Count), Count.scope == sa.bindparam("scope"), Count.since >= sa.bindparam("since"),
    Count.key == sa.any_(_keys),
).group_by(Count.key)


@dataclass(frozen=True)
class Scope:
    """*free* steps in ten minutes go at once, *most* at all (None: never refused)."""

    name: str
    free: int
    most: int | None = None

    def wait(self, number: int) -> int:
        """Seconds before the step that is the *number*-th, growing up to a minute."""
        return min(LONGEST_WAIT, math.ceil(max(0, number - self.free) * LONGEST_WAIT / self.free))

    def is_over(self, number: int) -> bool:
        return self.most is not None and number > self.most


SYSTEM, SYSTEM_ADDRESS = Scope("system", 6000), Scope("system/address", 80, 800)
FORCE, FORCE_ADDRESS = Scope("force", 2000), Scope("force/address", 40, 400)
NETWORK = "system/network/minutes"
CROWD = Scope("crowd", 8)  # of one visitor, while there are too many of all


@dataclass(frozen=True)
class Steps:
    """How many there have been in these ten minutes, the one at hand too.

    Of this visitor in the whole installation and at this force, of the addresses around, of everybody
    in the installation and at the force.
    """

    visitor: int
    here: int
    neighbours: int
    system: int
    force: int


@dataclass(frozen=True)
class Pace:
    """Seconds to *wait* before this visitor's step; *refused*: seconds until it may be tried again.

    ``turn``: the visitor's first, second, third … in these ten minutes. The worker takes first turns
    before second ones, so that nobody waits for all that somebody else asked for.
    """

    wait: int
    refused: int = 0
    turn: int = 1


def pace(address: str) -> Pace:
    """Counts one step from *address* in all scopes. Commits, so that nobody waits for a count.

    Call it first: what was written before in this transaction would be committed too.
    """
    here, around = client_address(address), neighbourhood(address)
    db.session.commit()
    with force_scope(EVERYWHERE):
        visitor, neighbours, system = _step([
            (f"{SYSTEM_ADDRESS.name}/minutes", _keyed(here)), (NETWORK, _keyed(around)),
            (f"{SYSTEM.name}/minutes", b"all"),
        ])
    at_force, force = _step([
        (f"{FORCE_ADDRESS.name}/minutes", hashed(here)), (f"{FORCE.name}/minutes", b"all"),
    ])
    return pace_of(Steps(visitor, at_force, neighbours, system, force), brake=brake_is_on())


def pace_of(steps: Steps, *, brake: bool) -> Pace:
    """What a visitor's *steps* lead to. Only their own ever slow somebody down, others' never.

    While too many come from everywhere, or the *brake* is on, a visitor's few steps still go at once.
    """
    wait = max(SYSTEM_ADDRESS.wait(steps.visitor), FORCE_ADDRESS.wait(steps.here))
    if brake or steps.system > SYSTEM.free or steps.force > FORCE.free:
        wait = max(wait, min(BRAKE_WAIT, CROWD.wait(steps.visitor)))
    turn = max(steps.visitor, math.ceil(steps.neighbours / NEIGHBOURS))
    over = SYSTEM_ADDRESS.is_over(steps.visitor) or FORCE_ADDRESS.is_over(steps.here)
    return Pace(wait, _left(MINUTES) if over else 0, turn)


def _step(scopes: list[tuple[str, bytes]]) -> list[int]:
    found = [count(scope, key, MINUTES) for scope, key in scopes]
    db.session.commit()
    return found


def neighbourhood(address: str) -> str:
    """Addresses that one customer of a provider can have at will: the /48 of IPv6, the /24 of IPv4."""
    try:
        found = ipaddress.ip_network(client_address(address))
    except ValueError:
        return client_address(address)
    # RIPE-690: one customer of a provider has a /56 or a /48. A /24 is the least that is routed.
    return str(found.supernet(new_prefix=48 if found.version == 6 else 24))


def hashed(value: str) -> bytes:
    """Under the key with which the day began: changing keys gives nobody more tries."""
    return hashed_each([value])[0]


def hashed_each(values: Iterable[str], *, before: timedelta = timedelta(0)) -> list[bytes]:
    """As :func:`hashed`, with the key of the day *before*."""
    day, mac = _since(DAY) - before, keys().mac
    return [mac("limits", value.encode(), at=day) for value in values]


def _keyed(value: str) -> bytes:
    """Where no force is in scope: keyed with the installation's key for sessions."""
    secret = str(current_app.secret_key).encode()
    return hmac.digest(secret, f"sign_in/limits/{value}".encode(), "sha256")


# --- the brake ----------------------------------------------------------------------------------


def tried(address: bytes | None) -> None:
    """Counts details that were given, right or wrong, or a wrong code, from a hashed *address*.

    The caller commits.
    """
    if count(f"{FAILURES}/address", address or b"", MINUTES) > FAILURES_FROM_ADDRESS:
        return
    number, most = count(FAILURES, b"all", MINUTES), plugin_settings("sign_in").failures
    # Once, as it begins: a line for each would let whoever attacks fill the log.
    if number == most + 1:
        log.warning("sign_in_brake", failures=number)
        audit.write(SignInAction.BRAKE, failures=number)


def led_in(address: bytes | None, given_at: Iterable[datetime]) -> None:
    """Details that were given at these moments were no failures: they led to a visit. The caller commits."""
    since = _since(MINUTES)
    mine = sum(moment >= since for moment in given_at)
    of_address = _held(f"{FAILURES}/address", address or b"", since)
    left = max(0, of_address.number - mine)
    # No more of an address went into the count of all, and no more comes out of it.
    counted = min(of_address.number, FAILURES_FROM_ADDRESS) - min(left, FAILURES_FROM_ADDRESS)
    of_all = _held(FAILURES, b"all", since)
    update_many(Count, [
        {"id": of_address.id, "number": left},
        {"id": of_all.id, "number": max(0, of_all.number - counted)},
    ])


def brake_is_on() -> bool:
    """Do so many fail here that who goes on and on goes slower, until the ten minutes are over?"""
    return so_far(FAILURES, b"all", MINUTES) > int(plugin_settings("sign_in").failures)


# --- counts -------------------------------------------------------------------------------------


def count(scope: str, key: bytes, window: timedelta) -> int:
    """Add one, and say how many there have been in this window (UTC). The caller commits."""
    row = _held(scope, key, _since(window))
    update_many(Count, [{"id": row.id, "number": row.number + 1}])
    return int(row.number) + 1


def take(scope: str, values: Sequence[str], most: int) -> list[bool]:
    """Of each of the *values*, one more of the *most* that there are in any 24 hours; False when they are
    used up.

    Counted by the hour, so that midnight brings no new ones; a used-up one is not counted, so that
    who goes on does not keep anybody out for longer. The caller commits.
    """
    # In one order: two visitors with the same people would wait for each other for ever.
    for value in sorted(values):
        lock(f"sign_in/{scope}/{value}")
    since = _since(HOUR)
    keys_of = [*zip(hashed_each(values), hashed_each(values, before=DAY), strict=True)]
    rows = _all_held(scope, [key for key, _ in keys_of], since)
    every = [key for both in keys_of for key in both]
    taken = {row.key: int(row.number) for row in read(TAKEN, scope=scope, keys=every, since=since - DAY)}
    more = [sum(taken.get(key, 0) for key in {*both}) < most for both in keys_of]
    update_many(Count, [
        {"id": rows[key].id, "number": rows[key].number + one}
        for (key, _), one in zip(keys_of, more, strict=True)
    ])
    return more


def give_back(scope: str, values: Sequence[str]) -> None:
    """What was taken of each of the *values* in this transaction, once. The caller commits."""
    rows = read(ROWS, scope=scope, keys=hashed_each(values), since=_since(HOUR)).all()
    update_many(Count, [{"id": row.id, "number": max(0, row.number - 1)} for row in rows])


def _all_held(scope: str, keys: Sequence[bytes], since: datetime) -> dict[bytes, sa.Row[Any]]:
    """The rows of several counts, locked until the transaction ends."""
    insert_many(
        Count, [{"id": uuid7(), "scope": scope, "key": key, "since": since, "number": 0} for key in keys],
        skip_existing=("scope", "key", "since"),
    )
    return {row.key: row for row in read(ROWS, scope=scope, keys=list(keys), since=since)}


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


def remove_old(written: Callable[[], object]) -> None:
    """Counts of the day before yesterday and earlier are of no use. ``written`` commits those of a scope."""
    old = sa.delete(Count).where(Count.since < clock.now() - 2 * DAY)
    db.session.execute(old)
    written()
    with force_scope(EVERYWHERE):
        db.session.execute(old)
        written()


def _since(window: timedelta) -> datetime:
    seconds = clock.now().timestamp()
    return datetime.fromtimestamp(seconds - seconds % window.total_seconds(), UTC)


def _left(window: timedelta) -> int:
    """Seconds until the window that we are in is over."""
    return math.ceil((_since(window) + window - clock.now()).total_seconds())
