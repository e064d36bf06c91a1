"""P6: the signed door of the record feed, beside a bare loop that inserts the same rows."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from core.base import clock
from core.storage import schema
from core.storage.db import db, force_scope
from core.storage.migrations.admin import drop_database, make_roles
from plugins.record_feed import keyring, signature
from tests.bench.rows import Row
from tests.bench.world import (
    FORCE,
    OWNER,
    SERVING,
    SOURCE,
    START,
    World,
    allocated,
    outcome,
    progress,
    recorded,
)

BATCH, CASES = 100, 25
# Parents before children; a bare loop inserts them in this order.
TABLES = ("record_event", "staff", "crime_case", "person", "access", "entry", "notice",
          "procrastinate_jobs", "audit_entry")
FIRST = 500_000
_deliveries = count(1)


class Door:
    """A sender with a key of its own; posts by WSGI, so that no web server is measured."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client: FlaskClient = world.app.test_client()
        with world.app.app_context(), force_scope(FORCE):
            self.key = signature.key_bytes(keyring.make(SOURCE))
            db.session.commit()

    def post(self, events: Any) -> float:
        """Sign and send; the seconds of the processor and of the clock are those of the door alone."""
        body = json.dumps(events).encode()
        kind = (
            "application/cloudevents-batch+json"
            if isinstance(events, list)
            else "application/cloudevents+json"
        )
        seconds, delivery = str(int(clock.now().timestamp())), f"bench-{next(_deliveries)}"
        headers = {
            "content-type": kind, "webhook-id": delivery, "webhook-timestamp": seconds,
            "webhook-signature": signature.sign(self.key, delivery, seconds, body),
        }
        started = time.perf_counter()
        answer = self.client.post(f"/{FORCE}/feed/v1/{SOURCE}/events", data=body, headers=headers)
        spent = time.perf_counter() - started
        results = answer.get_json()["results"]
        if answer.status_code != 202 or any(r["status"] != "accepted" for r in results):
            raise RuntimeError(f"{answer.status_code} {results[:2]}")
        return spent


class Bare:
    """A database of its own with the same tables and indexes; a superuser, whom no policy holds."""

    def __init__(self, world: World) -> None:
        make_roles(world.server.url(), OWNER, SERVING, "bare")
        schema.upgrade(world.app, world.server.url(OWNER, "bare"), SERVING)
        self.engine = sa.create_engine(world.server.url(database="bare"))
        self.source = sa.create_engine(world.superuser)
        self.tables = sa.MetaData()
        self.tables.reflect(self.engine, only=TABLES)
        self._last: dict[str, Any] = {}
        self.fill(self.fetch())

    def fetch(self) -> dict[str, list[dict[str, Any]]]:
        """The rows that came since the last call: ids grow with time."""
        found = {}
        with self.source.connect() as connection:
            for name in TABLES:
                key = self.tables.tables[name].c.id
                newer = [key > self._last[name]] if name in self._last else []
                rows = connection.execute(
                    sa.select(key.table).where(*newer).order_by(key)
                ).mappings()
                found[name] = [dict(row) for row in rows]
                if found[name]:
                    self._last[name] = found[name][-1]["id"]
        return found

    def fill(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        """What was there before, so that what is measured finds its parents."""
        with self.engine.begin() as connection:
            connection.execute(sa.text("SET session_replication_role = replica"))
            for name, each in rows.items():
                if each:
                    connection.execute(sa.insert(self.tables.tables[name]), each)

    def insert(self, rows: dict[str, list[dict[str, Any]]], *, one_by_one: bool) -> float:
        """One commit; a statement for each row, or for each table."""
        started = time.perf_counter()
        with self.engine.begin() as connection:
            for name, each in rows.items():
                insert = sa.insert(self.tables.tables[name])
                if one_by_one:
                    for row in each:
                        connection.execute(insert, row)
                elif each:
                    connection.execute(insert, each)
        return time.perf_counter() - started


def batches(number: int) -> Iterator[list[dict[str, Any]]]:
    """Each opens 25 cases and has three kinds of news of cases that earlier ones opened."""
    for step in range(number + 3):
        events = []
        for age, make in enumerate((recorded, allocated, progress, outcome)):
            if age > step:
                continue
            for place in range(CASES):
                case = FIRST + (step - age) * CASES + place
                events.append(
                    make(f"41/{case}/24", START + timedelta(days=age, minutes=case % 1000))
                )
        yield events


def measure(world: World, wanted: int, singles: int) -> list[Row]:
    door = Door(world)
    with _bare(world) as bare:
        ours, by_table, by_row, rows_in = [], [], [], 0
        for number, events in enumerate(batches(wanted)):
            spent = door.post(events)
            rows = bare.fetch()
            if len(events) < BATCH or number < 6:  # the first fill the pipeline and warm up
                bare.fill(rows)
                continue
            ours.append(spent)
            rows_in = sum(map(len, rows.values()))
            first, second = (by_table, by_row) if number % 2 else (by_row, by_table)
            for times in (first, second):
                times.append(bare.insert(rows, one_by_one=times is by_row))
                bare_remove(bare, rows) if times is first else None
        one, bare_one = [], []
        for number in range(singles):
            subject, moment = f"41/{1 + number % 500}/24", START + timedelta(days=50, minutes=number)
            one.append(door.post(progress(subject, moment)))
            bare_one.append(bare.insert(bare.fetch(), one_by_one=True))
    print(
        f"feed door: {BATCH} events a POST in {median(ours) * 1e3:.1f} ms ({BATCH / median(ours):.0f}"
        f" events/s), {rows_in} rows; bare inserts {median(by_row) * 1e3:.1f} ms by row,"
        f" {median(by_table) * 1e3:.1f} ms by table"
    )
    return _rows(ours, by_row, by_table, one, bare_one)


def _rows(
    ours: list[float], by_row: list[float], by_table: list[float], one: list[float], bare_one: list[float]
) -> list[Row]:
    """Seconds of each POST, of the same rows inserted in two ways, of single POSTs and of their rows."""
    return [
        Row(
            "P6",
            "feed door, 100 events a POST, against a bare Core loop of the same rows",
            median(a / b for a, b in zip(ours, by_row, strict=True)),
            "<=",
            3,
            "x its time",
            "against one executemany a table: "
            f"{median(a / b for a, b in zip(ours, by_table, strict=True)):.2f} x",
        ),
        Row(
            "P6",
            "feed door, single events, one sender, one after the other",
            1 / median(one),
            ">=",
            400,
            "events/s",
            f"a bare loop, the same rows in the same commits: {1 / median(bare_one):.0f} events/s",
        ),
    ]


def bare_remove(bare: Bare, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Take the rows out again, unmeasured, so that they can be inserted in another way."""
    with bare.engine.begin() as connection:
        for name in reversed(TABLES):
            table = bare.tables.tables[name]
            ids = [row["id"] for row in rows[name]]
            connection.execute(sa.delete(table).where(table.c.id == sa.any_(sa.bindparam(
                "ids", ids, type_=sa.ARRAY(table.c.id.type)))))


@contextmanager
def _bare(world: World) -> Iterator[Bare]:
    bare = Bare(world)
    try:
        yield bare
    finally:
        bare.engine.dispose()
        bare.source.dispose()
        drop_database(world.server.url(), "bare")
