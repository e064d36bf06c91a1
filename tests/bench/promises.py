"""C2: what the worker does for promises, at a million that are open, and with nearly two million closed.

A force with 500,000 open cases of the last four weeks: in each the next contact is owed, and a referral to
support, of which the supervisor was told; in every tenth a letter of an arrest stands unread. Filled by SQL.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import sqlalchemy as sa

from core.base import clock
from core.cases.models import Access, Case, Entry, Person, Staff
from core.commitments import reminding, settle, sweeping
from core.commitments.models import Commitment
from core.commitments.unpromised import unpromised
from core.notices.models import Notice
from core.storage.db import db, force_scope, read
from core.storage.row_guard import Base
from core.storage.walls import owned
from tests.bench.filler import ID, columns_of
from tests.bench.rows import Row
from tests.bench.scale import SETTINGS
from tests.bench.world import (
    FORCE,
    World,
    allocated,
    analyse,
    event,
    own_database,
    recorded,
    take,
    world,
)

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)  # a Tuesday
FIRST, SEEDS = 95_000, 50  # cases of which all others are copies, and the officer of each
OFFICERS = 40  # copies of each of them
WEEKS = 27 * 24 * 3600  # seconds: no contact is overdue yet, and a few fall due on each day
AGED = f"t.{{0}} - make_interval(secs => {WEEKS}.0 * k / :copies)"
CLOSED = 4  # in each other case, where closed ones are beside: nearly twice as many as are open
OF_TENTH = "k % 10 = 0"  # of these the letter stands unread
SETTLED = 500  # of the cases that are found: as many as the sweep settles in one transaction
SUBJECTS = [f"41/{FIRST + number}/24" for number in range(SEEDS)]
OF_SEEDS = "crime_reference = ANY(CAST(:subjects AS text[]))"
SEED_CASES = f"SELECT id FROM crime_case WHERE {OF_SEEDS}"
ARRESTS = "SELECT id FROM entry WHERE kind = 'arrested'"


def measure(cases: int, rounds: int) -> list[Row]:
    """*cases* open ones; and the same with kept promises beside, as CLOSED says."""
    with clock.travel(NOW), world(1, SETTINGS) as portal:
        began = time.perf_counter()
        _seed(portal)
        _fill(portal, cases // SEEDS)
        with own_database(portal, "closed") as closed:
            _close_beside(closed, cases // SEEDS)
            counted = " and ".join(f"{_counted(one)}" for one in (portal, closed))
            print(f"promises filled in {time.perf_counter() - began:.0f} s: {counted}", flush=True)
            return list(_rows(portal, closed, rounds))


def _counted(portal: World) -> str:
    with portal.app.app_context(), force_scope(FORCE):
        count = sa.select(sa.func.count(), sa.func.count().filter(Commitment.state == "open")).where(
            owned(Commitment))
        every, still_open = read(count).one()
    return f"{still_open:,} open, {every - still_open:,} closed"


# --- filling --------------------------------------------------------------------------------------


def _seed(portal: World) -> None:
    """One case for each officer, as any record system tells of it."""
    with portal.app.app_context(), force_scope(FORCE):
        take([recorded(one, NOW) for one in SUBJECTS], announce=True)
        take([allocated(one, NOW) for one in SUBJECTS])
        take([event("suspect.arrested", one, NOW) for one in SUBJECTS], announce=True)


def _fill(portal: World, copies: int) -> None:
    with _filling(portal) as copy:
        officer = ID.format("t.staff_id").replace("int4send(k)", f"int4send(1 + k % {OFFICERS})")
        copy(Staff, f"id IN (SELECT staff_id FROM crime_case WHERE {OF_SEEDS})", OFFICERS)
        copy(Case, OF_SEEDS, copies, staff_id=officer)
        copy(Person, f"id IN (SELECT person_id FROM access WHERE case_id IN ({SEED_CASES}))", copies)
        for model, which, more in (
            (Access, "true", {}),
            (Entry, "kind = 'arrested'", {}),
            (Notice, f"cause_id IN ({ARRESTS})", {"state": "'sent'", "sent_at": AGED.format("made_at")}),
            (Commitment, "rule = 'plan'", {}),
            (Commitment, "kind = 'support_referral'", {"told_up_at": AGED.format("due_at")}),
            (Commitment, f"kind = 'told' AND cause_id IN ({ARRESTS})", {}),
        ):
            tenth = OF_TENTH if model is Notice or "told" in which else "true"
            copy(model, f"case_id IN ({SEED_CASES}) AND {which}", copies, tenth, **more)


def _close_beside(portal: World, copies: int) -> None:
    """CLOSED contacts that were kept before, in each case of which the sweep finds nothing: what it finds is
    reckoned from the whole of its own case, and that is the same in both."""
    with _filling(portal) as copy:
        for before in range(1, CLOSED + 1):
            other = f"uuid_send({{0}}) PLACING int4send({before}) FROM 9"
            copy(Commitment, f"case_id IN ({SEED_CASES}) AND rule = 'plan'", copies,
                 f"NOT ({OF_TENTH})", state="'kept'",
                 ended_at=AGED.format("made_at"),
                 id=ID.replace("uuid_send({0})", f"overlay({other})").format("t.id"),
                 cause_id=ID.replace("uuid_send({0})", f"overlay({other})").format("t.cause_id"))


Copy = Callable[..., None]


@contextmanager
def _filling(portal: World) -> Iterator[Copy]:
    """What copies rows of a table, each *copies* times, all moments earlier by up to four weeks."""
    engine = sa.create_engine(portal.superuser)

    def copy(
        model: type[Base], which: str, copies: int, kept: str = "true", **more: str
    ) -> None:
        table: sa.Table = model.__table__  # type: ignore[assignment]
        aged = {one.name: AGED.format(one.name) for one in table.columns if isinstance(one.type, sa.DateTime)}
        columns = {**dict(columns_of(table)), **aged, "force": "t.force", **more}
        connection.execute(sa.text(
            f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {', '.join(columns.values())} "
            f"FROM (SELECT * FROM {table.name} WHERE force = :force AND {which}) t "
            f"CROSS JOIN generate_series(1, :copies) k WHERE {kept}"),
            {"force": FORCE, "subjects": SUBJECTS, "copies": copies})

    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        yield copy
    engine.dispose()
    analyse(portal.superuser)


# --- measuring ------------------------------------------------------------------------------------


def _look() -> None:
    """What the worker asks each hour."""
    sweeping.unread_cases()


def _sweep() -> None:
    """That, and the cases that it found, in one transaction that is taken back."""
    settle(sweeping.unread_cases()[:SETTLED])


WORK = {"the hourly look": _look, "the sweep": _sweep, "reminding": reminding.remind,
        "the nightly check": unpromised}


def _seconds(portal: World, work: Callable[[], object]) -> float:
    """Of one time, whose changes are taken back."""
    with portal.app.app_context(), force_scope(FORCE):
        began = time.perf_counter()
        work()
        spent = time.perf_counter() - began
        db.session.rollback()
    return spent


def _rows(few: World, many: World, rounds: int) -> Iterator[Row]:
    for name, work in WORK.items():
        # In turns, and the best of each: what else the machine does makes a time longer, never shorter.
        found = [(_seconds(few, work), _seconds(many, work)) for _ in range(rounds)]
        alone, beside = (min(times) for times in zip(*found, strict=True))
        yield Row("C2", f"{name}, nearly twice as many closed beside, against none", beside / alone, "<=",
                  1.25, "x its time", f"{alone * 1e3:.0f} ms with none")
