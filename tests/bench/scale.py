"""P8: a million cases: what pages ask PostgreSQL for, the jobs of the clock, and removing a case."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.base.installation import installation
from core.cases import timeline
from core.cases.models import Access, Case, Staff
from core.intake import conversation
from core.plugin_host import jobs
from core.plugin_host.host import host
from core.plugin_host.host import served as served_forces
from core.storage.db import db, force_scope, read
from core.testing.browser import Browser
from core.testing.people import Met, sign_in_as
from core.web.access import CASE_OF_PERSON
from plugins.retention import retention
from plugins.retention.erasure import remove_cases
from tests.bench.filler import fill
from tests.bench.history import SENIOR, add_history
from tests.bench.pages import ask, served
from tests.bench.rows import Row
from tests.bench.world import BUSY, FORCE, START, World, own_database, world
from tests.security.walk import Walk

# A server for a million cases has memory for what is asked for often; what a power cut does to it
# is measured elsewhere.
SETTINGS = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal",
    "max_wal_senders": "0", "max_wal_size": "16GB", "shared_buffers": "2GB",
    "checkpoint_timeout": "30min", "autovacuum": "off",
}
VISITS = 3


@dataclass
class Heard:
    """The milliseconds of every statement, by what was asked for and its text."""

    times: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    asked_for: str = ""

    def note(self, statement: str, seconds: float) -> None:
        if self.asked_for:
            self.times.setdefault((self.asked_for, statement), []).append(seconds * 1e3)

    def slowest(self) -> tuple[float, str, str]:
        """(milliseconds, page, statement): each by the median of its visits."""
        return max((statistics.median(each), *key) for key, each in self.times.items())


@contextmanager
def hearing() -> Iterator[Heard]:
    """Every statement that reaches the driver, with its time."""
    heard = Heard()

    def timed(name: str) -> Callable[..., Any]:
        run = getattr(psycopg.Cursor, name)

        def run_and_note(self: Any, query: Any, *args: Any, **more: Any) -> Any:
            began = time.perf_counter()
            try:
                return run(self, query, *args, **more)
            finally:
                heard.note(query if isinstance(query, str) else repr(query), time.perf_counter() - began)

        return run_and_note

    with pytest.MonkeyPatch.context() as patch:
        for name in ("execute", "executemany"):
            patch.setattr(psycopg.Cursor, name, timed(name))
        yield heard


def walk_of(app: Flask) -> tuple[Walk, Mapping[str, Browser]]:
    """The busy case, and everybody who reads pages: a person, an officer, a supervisor, an admin."""
    with app.app_context(), force_scope(FORCE):
        case, person, staff = db.session.execute(
            sa.select(Case.id, Access.person_id, Case.staff_id).join(Access, Access.case_id == Case.id)
            .where(Case.crime_reference == BUSY)).one()
        roles: dict[str, Any] = {
            role: db.session.scalars(sa.select(Staff.id).where(Staff.record_id == known)).one()
            for role, known in SENIOR.items()}
    walk = Walk(app, Met(case, {"P1": person}, staff))
    staffed = {role: sign_in_as(Browser(app, FORCE), staff_id=who) for role, who in roles.items()}
    return walk, {"person": walk.person(), "officer": walk.officer(), **staffed}


def visit_every_page(app: Flask, heard: Heard) -> int:
    """Every page as everybody, and a search on the desk; how many there were."""
    walk, everybody = walk_of(app)
    pages = [rule for rule in walk.rules("GET") if rule.endpoint not in ("pages.leave", "static")]
    for who, browser in everybody.items():
        for rule in pages:
            heard.asked_for = f"{rule.endpoint} as {who}"
            for _ in range(VISITS):
                answer = browser.client.get(walk.url(rule), buffered=True)
                assert answer.status_code < 500, (rule.endpoint, who, answer.status_code)
    for where in ("/desk/", "/desk/unit"):
        heard.asked_for = f"search at {where}"
        everybody["supervisor"].get(where)
        for _ in range(VISITS):
            everybody["supervisor"].post(where, {"reference": "24/41/17"})
            everybody["supervisor"].client.get(f"/{FORCE}{where}?found=1")
    return len(pages)


def jobs_of_the_clock(app: Flask) -> dict[str, float]:
    """Milliseconds of each, for all forces that are served, as the worker begins it."""
    found, forces = {}, sorted(served_forces(host(app), installation(app).settings))
    for name in jobs.registry(app).periodic:
        if name in ("retention_remove_overdue", "judge_cases_after_start"):  # the rows are their work
            continue
        began = time.perf_counter()
        for force in jobs.with_work(app, name, forces):
            jobs.run(app, name, force)
        found[name] = (time.perf_counter() - began) * 1e3
    return found


def remove_some(app: Flask) -> tuple[float, int]:
    """Milliseconds for each of the oldest closed cases, a batch at a time, and how many rows went."""
    with app.app_context(), force_scope(FORCE):
        until = clock.now() + timedelta(days=1)
        each, rows = [], 0
        for _ in range(5):
            closed = retention.classes()["closed_cases"]
            cases = list(read(retention.oldest(closed, closed.many), until=until).scalars())
            began = time.perf_counter()
            rows += sum(remove_cases(cases).values())
            db.session.commit()
            each.append((time.perf_counter() - began) / len(cases) * 1e3)
    return statistics.median(each), rows


@contextmanager
def filled(cases: int, seeds: int) -> Iterator[tuple[World, World]]:
    """A portal with *cases* cases at every force together, *seeds* of which open; and one with these only."""
    with world(seeds, SETTINGS) as portal:
        add_history(portal.app)
        with own_database(portal, "few") as few:
            forces = [FORCE, *(one for one in sorted(host(portal.app).installed) if one != FORCE)]
            began = time.perf_counter()
            # Every second copy is of the force whose pages are asked for.
            turns = [one for other in forces[1:] for one in (FORCE, other)]
            fill(portal.superuser, copies=cases // (seeds + 1), forces=turns,
                 before=(clock.now() - START) / timedelta(days=1))
            print(f"{cases:,} cases filled in {time.perf_counter() - began:.0f} s", flush=True)
            yield portal, few


def reads(portal: World, many: int) -> float:
    """Milliseconds of what the case page asks for, by the median of *many* cases anywhere in the table."""
    with portal.app.app_context(), force_scope(FORCE):
        chosen = db.session.execute(sa.select(Access.case_id, Access.person_id).order_by(
            sa.func.md5(sa.cast(Access.case_id, sa.Text))).limit(many)).all()
        times = []
        for case_id, person_id in chosen:
            began = time.perf_counter()
            for statement in (CASE_OF_PERSON, timeline.ENTRIES, conversation.THREAD):
                read(statement, case_id=case_id, person_id=person_id).all()
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e3


def _page(portal: World, few: World, rounds: int, seconds: float) -> tuple[Row, Row]:
    with served("ours", portal) as million, served("ours", few) as thousands:
        for server in (million, thousands):
            ask(server, portal, 1)
        slower = [
            ask(thousands, portal, seconds)[0].rate / ask(million, portal, seconds)[0].rate
            for _ in range(rounds)
        ]
    asked = [reads(portal, 300) / reads(few, 300) for _ in range(rounds)]
    return (
        Row("P8", "the case page, against the same among thousands", statistics.median(slower), "<=", 1.2,
            "x its time", f"{min(slower):.2f} to {max(slower):.2f}"),
        Row("P8", "what it reads, for cases anywhere, against the same among thousands",
            statistics.median(asked), "<=", 1.6, "x its time", f"{min(asked):.2f} to {max(asked):.2f}"),
    )


def measure(cases: int, seeds: int, rounds: int, seconds: float) -> list[Row]:
    with filled(cases, seeds) as (portal, few):
        page = _page(portal, few, rounds, seconds)
        with hearing() as heard:
            many = visit_every_page(portal.app, heard)
            slowest, where, statement = heard.slowest()
        clock_jobs = jobs_of_the_clock(portal.app)
        removed, rows = remove_some(portal.app)
        among_few, _ = remove_some(few.app)
    told = ", ".join(f"{name} {spent:.0f} ms" for name, spent in clock_jobs.items())
    return [
        *page,
        Row("P8", f"the slowest statement of {many} pages at {cases:,} cases", slowest, "<=", 50, "ms",
            f"{where}: {' '.join(statement.split())[:150]}"),
        Row("P8", f"a closed case removed at {cases:,} cases", removed, "<=", 20, "ms",
            f"among {seeds:,} cases {among_few:.1f} ms; {rows} rows went; jobs of the clock: {told}"),
    ]
