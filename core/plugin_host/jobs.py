"""The job queue: Procrastinate, in the caller's own PostgreSQL transaction.

A job's arguments are a force's id and ids of rows; it runs in that force's scope and reads fresh.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import procrastinate
import sqlalchemy as sa
import structlog
from flask import Flask
from procrastinate import exceptions
from psycopg.conninfo import make_conninfo
from sqlalchemy.dialects.postgresql import JSONB

from core.base import log as logs
from core.base.database_url import conninfo
from core.base.installation import State, installation
from core.plugin_host.host import host, served
from core.storage import prepared
from core.storage.database_away import Retries
from core.storage.db import CONNECTION_LIMITS, KEEP_ALIVE, db, force_scope, session_connection
from core.storage.due import Question, forces_with_work
from core.storage.migrations.admin import YOUNG

log = structlog.get_logger()
PREFIX = "trackmycrime"
FAILED_STAY = 30 * 24  # hours
LAST_URGENT_TURN = 100
URGENT = 1000  # the priority of jobs for which somebody waits at a page; of others it is 0
STALLED_AFTER, HEARTBEAT = 15, 5  # seconds without a sign of life of a worker; between two of them
# Jobs at once in each lane. Those that wait for a mail server, ten minutes perhaps, hold up no others.
LANES = {"default": 4, "codes": 8, "letters": 24}


@dataclass
class Registry:
    """The declared tasks: name -> function; ``cron`` ones run for each force of a database.

    Those of a plugin (``owners``) run for the forces that have it only.
    """

    tasks: dict[str, Callable[..., None]] = field(default_factory=dict)
    periodic: dict[str, str] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    plugin: str | None = None  # whose tasks are being declared

    def task(
        self, name: str, *, cron: str | None = None, due: Question | None = None
    ) -> Callable[..., Any]:
        """Declare a task. ``cron`` (UTC, five fields) runs it by itself, once for each force; with
        ``due`` (a query and its values), for those forces for which the query has a row."""

        def declare(function: Callable[..., None]) -> Callable[..., None]:
            if name in self.tasks:
                raise ValueError(f"two tasks are called {name}")
            if self.plugin and not name.startswith(f"{self.plugin}_"):
                raise ValueError(f"the task {name} must begin with {self.plugin}_")
            self.tasks[name] = function
            if self.plugin:
                self.owners[name] = self.plugin
            if cron:
                self.periodic[name] = cron
            if due:
                self.questions[name] = due
            return function

        return declare


REGISTRY: State[Registry] = State("jobs", Registry)


def registry(app: Flask) -> Registry:
    return REGISTRY.get(app)


# Procrastinate's own function. The library's call gives it each job as a value of a composite type, which
# costs several times as much to write.
DEFER = """
SELECT procrastinate_defer_jobs_v1(ARRAY(
  SELECT job FROM json_populate_recordset(NULL::procrastinate_job_to_defer_v1, %(jobs)s::json) AS job))
"""


def defer_many(
    name: str,
    arguments: Sequence[dict[str, Any]],
    *,
    at: datetime | None = None,
    urgent: bool | int = False,
    lane: str = "default",
) -> None:
    """Enqueue jobs for the force in scope, in the session's own transaction.

    ``at`` (UTC) is the earliest moment they run; ``urgent`` ones, for which somebody waits at a
    page, go before the others of their ``lane`` (:data:`LANES`); a number says whose turn it is among
    these: 1 goes first. No lane waits for another.
    """
    if lane not in LANES:
        raise ValueError(f"there is no lane {lane}")
    if at and at.utcoffset() is None:
        raise ValueError(f"{name}: {at} is in no time zone")
    if not arguments:
        return
    connection, force = session_connection()
    each = {"queue_name": lane, "task_name": f"{PREFIX}.{name}", "priority": priority(urgent),
            "scheduled_at": at and at.isoformat()}
    jobs = json.dumps([{**each, "args": {"force": force, **given}} for given in arguments])
    prepared.tell(connection, DEFER, {"jobs": jobs})


def priority(urgent: bool | int) -> int:
    """Higher goes first; of equal ones the older.

    Turns after :data:`LAST_URGENT_TURN` go last of all, so that a flood of them holds no letter up.
    """
    if not urgent:
        return 0
    return URGENT + 1 - urgent if urgent <= LAST_URGENT_TURN else -urgent


def defer(
    name: str, *, at: datetime | None = None, urgent: bool | int = False, lane: str = "default",
    **arguments: Any,
) -> None:
    """Enqueue one job, as :func:`defer_many`."""
    defer_many(name, [arguments], at=at, urgent=urgent, lane=lane)


_queued = sa.table("procrastinate_jobs", sa.column("status"), sa.column("task_name"),
                   sa.column("args", JSONB))


def has_job(name: str, argument: str, value: sa.ColumnElement[Any] | Any) -> sa.Exists:
    """In a query: whether a job of this task with *value* as its *argument* waits to be run."""
    return sa.exists().where(
        sa.cast(_queued.c.status, sa.Text) == "todo",
        _queued.c.task_name == f"{PREFIX}.{name}",
        _queued.c.args[argument].astext == sa.cast(value, sa.Text),
    )


def run(app: Flask, name: str, force: str, **arguments: Any) -> None:
    """Run a task now, in the scope of *force*, and commit; nothing if its plugin is off there."""
    owner = registry(app).owners.get(name)
    if owner and not host(app).get(force).has(owner):
        log.info("job_left_out", job=name, plugin=owner, force=force)
        return
    with app.app_context(), force_scope(force), logs.work():
        try:
            registry(app).tasks[name](**arguments)
            db.session.commit()
        except (Exception, SystemExit, GeneratorExit) as failure:
            log.error("job_failed", job=name, plugin=owner, force=force, **logs.of(failure))
            if isinstance(failure, Exception):
                raise
            raise RuntimeError(f"the job {name} tried to end the process") from failure


def bounded(url: str) -> str:
    """The address for libpq, with the limits of time that every connection has."""
    return make_conninfo(
        conninfo(url), options=CONNECTION_LIMITS, application_name=prepared.own_name(),
        connect_timeout=5, **KEEP_ALIVE)


def worker_app(
    app: Flask, url: str, forces: Sequence[str],
    connector: procrastinate.BaseConnector | None = None, *, by_the_clock: bool = True,
) -> procrastinate.App:
    """A Procrastinate app for one database and the forces that live in it. ``by_the_clock``: it also begins
    what is due at a time of the day, up to ten minutes ago."""
    queue = procrastinate.App(
        connector=connector or procrastinate.PsycopgConnector(conninfo=bounded(url)))
    for name in registry(app).tasks:
        _add(app, queue, name, forces)
    task = queue.task(
        name=f"{PREFIX}.remove_failed", queueing_lock="remove_failed", pass_context=True
    )
    queue.periodic(cron="11 3 * * *")(task(remove_failed))
    if not by_the_clock:
        queue.periodic_registry.periodic_tasks.clear()
    return queue


async def take_up_lost(queue: procrastinate.App) -> int:
    """Jobs whose worker died are begun again; every task bears being run twice. How many there were.

    After a restart of the database every worker has a while to say that it lives.
    """
    asked = await queue.connector.execute_query_one_async(YOUNG, seconds=STALLED_AFTER)
    if asked["young"]:
        return 0
    lost = list(await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER))
    for job in lost:
        with suppress(exceptions.ConnectorException):  # another worker was faster
            await queue.job_manager.retry_job(job)
    return len(lost)


async def remove_failed(context: Any, timestamp: int) -> None:
    """Jobs that failed for good are kept for a while, to be looked at; others go when they are done."""
    await context.app.job_manager.delete_old_jobs(
        FAILED_STAY, include_failed=True, include_cancelled=True, include_aborted=True)


def _add(app: Flask, queue: procrastinate.App, name: str, forces: Sequence[str]) -> None:
    cron = registry(app).periodic.get(name)
    if cron is None:
        queue.task(
            name=f"{PREFIX}.{name}",
            retry=Retries(),
        )(lambda force, **given: run(app, name, force, **given))
        return

    def for_each(timestamp: int) -> None:
        """One force's failure is in the log; the others have their turn."""
        for force in with_work(app, name, forces):
            with suppress(Exception):
                run(app, name, force)

    task = queue.task(name=f"{PREFIX}.{name}.periodic", queueing_lock=name)(for_each)
    queue.periodic(cron=cron)(task)


def with_work(app: Flask, name: str, forces: Sequence[str]) -> list[str]:
    """The forces of one database that this periodic task has work for: asked once for all of them."""
    owner, question = registry(app).owners.get(name), registry(app).questions.get(name)
    listed = [one for one in forces if not owner or host(app).get(one).has(owner)]
    if question is None:
        return listed
    try:
        with app.app_context(), logs.work():
            return forces_with_work(listed, question)
    except Exception as failure:  # noqa: BLE001  nobody's work waits for a look that failed
        log.error("job_not_looked_for", job=name, plugin=owner, **logs.of(failure))
        return listed


async def _next(queue: procrastinate.App) -> datetime | None:
    """When the first of the jobs that wait is due; those that others enqueued as they ran too."""
    waiting = await queue.job_manager.list_jobs_async(status="todo")
    return min((job.scheduled_at or datetime.now(UTC) for job in waiting), default=None)


def databases(app: Flask) -> dict[str, list[str]]:
    """Every distinct database (its address) and the forces that live there."""
    settings = installation(app).settings
    found: dict[str, list[str]] = {}
    for force in sorted(served(host(app), settings)):
        found.setdefault(settings.force_database_urls.get(force, settings.database_url), []).append(
            force
        )
    return found


def work(app: Flask, *, concurrency: int = 4, by_the_clock: bool = False) -> datetime | None:
    """Run the jobs of every database until none is due; ``by_the_clock`` as for :func:`worker_app`.

    The moment (UTC) when the next of those that are left is due; None if none is left.
    """

    async def one(url: str, forces: list[str]) -> datetime | None:
        async with worker_app(app, url, forces, by_the_clock=by_the_clock).open_async() as queue:
            while True:
                await queue.run_worker_async(
                    concurrency=concurrency, wait=False, install_signal_handlers=False,
                    delete_jobs="successful",
                )
                due = await _next(queue)
                if due is None or due > datetime.now(UTC):
                    return due

    async def main() -> list[datetime | None]:
        return await asyncio.gather(*(one(url, forces) for url, forces in databases(app).items()))

    return min((due for due in asyncio.run(main()) if due), default=None)
