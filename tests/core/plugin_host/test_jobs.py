"""Background work: in the caller's own transaction, taken up again when a worker dies."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.plugin_host import jobs
from core.plugin_host.jobs import defer
from core.storage.db import db, force_scope
from tests.conftest import AVON, HERTS


@pytest.fixture
def ran(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What a task of the test's own was run with: (force, note)."""
    from core.base.scope import current_force_id

    done: list[tuple[str, str]] = []
    tasks = jobs.registry(app).tasks
    monkeypatch.setitem(tasks, "remember", lambda note: done.append((current_force_id(), note)))
    return done


def test_a_job_runs_in_the_scope_of_its_force(app: Flask, ran: Any) -> None:
    for force in (HERTS, AVON):
        with app.app_context(), force_scope(force):
            defer("remember", note=f"for {force}")
            db.session.commit()
    jobs.work(app)
    assert sorted(ran) == [(AVON, f"for {AVON}"), (HERTS, f"for {HERTS}")]


def test_a_rolled_back_transaction_leaves_no_job(app: Flask, ran: Any) -> None:
    with app.app_context(), force_scope(HERTS):
        defer("remember", note="never")
        db.session.rollback()
        defer("remember", note="once")
        db.session.commit()
    jobs.work(app)
    assert ran == [(HERTS, "once")]


def test_a_job_is_not_run_before_its_moment(app: Flask, ran: Any) -> None:
    with app.app_context(), force_scope(HERTS):
        defer("remember", at=clock.now() + timedelta(hours=1), note="later")
        defer("remember", at=clock.now() - timedelta(seconds=1), note="now")
        db.session.commit()
    jobs.work(app)
    assert ran == [(HERTS, "now")]


def test_a_moment_in_no_time_zone_is_no_moment(app: Flask) -> None:
    with app.app_context(), force_scope(HERTS), pytest.raises(ValueError, match="in no time zone"):
        jobs.defer("echo", at=datetime(2026, 11, 23))  # noqa: DTZ001


def test_what_somebody_waits_for_goes_first(app: Flask, ran: Any) -> None:
    with app.app_context(), force_scope(HERTS):
        defer("remember", note="news")
        defer("remember", urgent=True, note="code")
        db.session.commit()
    jobs.work(app, concurrency=1)
    assert [note for _, note in ran] == ["code", "news"]


def test_what_a_job_enqueues_is_done_before_the_work_is(app: Flask, ran: Any) -> None:
    def pass_on() -> None:
        defer("remember", note="later")

    jobs.registry(app).tasks["pass_on"] = pass_on
    try:
        with app.app_context(), force_scope(HERTS):
            defer("pass_on")
            db.session.commit()
        jobs.work(app, concurrency=4)
    finally:
        del jobs.registry(app).tasks["pass_on"]
    assert [note for _, note in ran] == ["later"]


def test_a_job_of_a_worker_that_died_is_taken_up_again(
    app: Flask, ran: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "STALLED_AFTER", 0)  # this database is young
    with app.app_context(), force_scope(HERTS):
        defer("remember", note=str(uuid4()))
        db.session.commit()
    engine = sa.create_engine(settings.owner_database_url)
    with engine.begin() as connection:
        worker = connection.execute(
            sa.text(
                "INSERT INTO procrastinate_workers (last_heartbeat) "
            "VALUES (now() - interval '10 minutes') RETURNING id"
            )
        ).scalar()
        connection.execute(
            sa.text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :w"), {"w": worker}
        )
    engine.dispose()

    async def look_after() -> None:
        url, forces = next(iter(jobs.databases(app).items()))
        async with jobs.worker_app(app, url, forces).open_async() as queue:
            await jobs.take_up_lost(queue)

    asyncio.run(look_after())
    jobs.work(app)
    assert len(ran) == 1


def test_one_forces_failure_does_not_stop_the_others(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.base.scope import current_force_id

    done = []

    def work() -> None:
        done.append(current_force_id())
        if current_force_id() == AVON:
            raise RuntimeError("broken here")

    monkeypatch.setitem(jobs.registry(app).tasks, "tidy", work)
    monkeypatch.setitem(jobs.registry(app).periodic, "tidy", "* * * * *")
    url, forces = next(iter(jobs.databases(app).items()))
    queue = jobs.worker_app(app, url, forces)
    queue.tasks["trackmycrime.tidy.periodic"].func(0)
    assert done == [AVON, HERTS]


@pytest.mark.parametrize("by_the_clock", [False, True])
def test_what_the_clock_begins_is_begun_by_who_asks_for_it_alone(
    app: Flask, monkeypatch: pytest.MonkeyPatch, by_the_clock: bool
) -> None:
    done = list[str]()
    monkeypatch.setitem(jobs.registry(app).tasks, "tidy", lambda: done.append("tidy"))
    monkeypatch.setitem(jobs.registry(app).periodic, "tidy", "* * * * *")
    jobs.work(app, by_the_clock=by_the_clock)
    assert bool(done) is by_the_clock
