"""The job queue: Procrastinate, in the caller's own PostgreSQL transaction.

A job's arguments are a force's id and ids of rows; it runs in that force's scope and reads fresh.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import procrastinate
import structlog
from flask import Flask
from procrastinate import manager
from procrastinate.jobs import Job

from core import log as logs
from core.database_address import conninfo
from core.db import db, driver_connection, force_scope
from core.due import Question, forces_with_work
from core.plugin_host import host, served
from core.scope import current_force_id

log = structlog.get_logger()
PREFIX = "trackmycrime"
LOOK_EVERY = 1.0  # seconds, for jobs whose time has come; of new ones a worker is told
FAILED_STAY = 30 * 24  # hours
LAST_URGENT_TURN = 100
URGENT = 1000  # the priority of jobs for which somebody waits at a page; of others it is 0
STALLED_AFTER = 60  # seconds without a sign of life of the worker


@dataclass
class Registry:
    """The declared tasks: name -> function; ``cron`` ones run for each force of a database.

    Those of a plugin (``owners``) run for the forces that list it only.
    """

    tasks: dict[str, Callable[..., None]] = field(default_factory=dict)
    periodic: dict[str, str] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    plugin: str | None = None  # whose tasks are being declared

    def task(
        self, name: str, *, retry: int = 0, cron: str | None = None, due: Question | None = None
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


def registry(app: Flask) -> Registry:
    found: Registry = app.extensions["tmc_jobs"]
    return found


# The manager only builds the query; it runs on the connection it is given.
_deferring = manager.JobManager(procrastinate.SyncPsycopgConnector())


def defer_many(
    name: str,
    arguments: Sequence[dict[str, Any]],
    *,
    at: datetime | None = None,
    urgent: bool | int = False,
) -> None:
    """Enqueue jobs for the force in scope, in the session's own transaction.

    ``at`` (UTC) is the earliest moment they run; ``urgent`` ones, for which somebody waits at a
    page, go before the others. A number says whose turn it is among these: 1 goes first.
    """
    if not arguments:
        return
    force = current_force_id()
    jobs = [
        Job(id=None, queue="default", lock=None, queueing_lock=None, task_name=f"{PREFIX}.{name}",
            task_kwargs={"force": force, **given}, scheduled_at=at, priority=priority(urgent))
        for given in arguments
    ]
    _deferring.batch_defer_jobs(jobs, connection=driver_connection())


def priority(urgent: bool | int) -> int:
    """Higher goes first; of equal ones the older.

    Turns after :data:`LAST_URGENT_TURN` go last of all, so that a flood of them holds no letter up.
    """
    if not urgent:
        return 0
    return URGENT + 1 - urgent if urgent <= LAST_URGENT_TURN else -urgent


def defer(
    name: str, *, at: datetime | None = None, urgent: bool | int = False, **arguments: Any
) -> None:
    """Enqueue one job, as :func:`defer_many`."""
    defer_many(name, [arguments], at=at, urgent=urgent)


def run(app: Flask, name: str, force: str, **arguments: Any) -> None:
    """Run a task now, in the scope of *force*, and commit; nothing if its plugin is off there."""
    owner = registry(app).owners.get(name)
    if owner and owner not in host(app).get(force).force.plugins:
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


def worker_app(app: Flask, url: str, forces: Sequence[str]) -> procrastinate.App:
    """A Procrastinate app for one database and the forces that live in it."""
    queue = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=conninfo(url)))
    for name in registry(app).tasks:
        _add(app, queue, name, forces)
    task = queue.task(
        name=f"{PREFIX}.take_up_lost", queueing_lock="take_up_lost", pass_context=True
    )
    queue.periodic(cron="* * * * *")(task(take_up_lost))
    task = queue.task(
        name=f"{PREFIX}.remove_failed", queueing_lock="remove_failed", pass_context=True
    )
    queue.periodic(cron="11 3 * * *")(task(remove_failed))
    return queue


async def take_up_lost(context: Any, timestamp: int) -> None:
    """Jobs whose worker died are begun again; every task bears being run twice."""
    queue = context.app.job_manager
    for job in await queue.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        await queue.retry_job(job)


async def remove_failed(context: Any, timestamp: int) -> None:
    """Jobs that failed for good are kept for a while, to be looked at; others go when they are done."""
    await context.app.job_manager.delete_old_jobs(
        FAILED_STAY, include_failed=True, include_cancelled=True, include_aborted=True)


def _add(app: Flask, queue: procrastinate.App, name: str, forces: Sequence[str]) -> None:
    cron = registry(app).periodic.get(name)
    if cron is None:
        queue.task(
            name=f"{PREFIX}.{name}",
            retry=procrastinate.RetryStrategy(max_attempts=5, exponential_wait=4),
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
    listed = [one for one in forces if not owner or owner in host(app).get(one).force.plugins]
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
    settings = app.extensions["tmc_settings"]
    found: dict[str, list[str]] = {}
    for force in sorted(served(host(app), settings)):
        found.setdefault(settings.force_database_urls.get(force, settings.database_url), []).append(
            force
        )
    return found


def work(app: Flask, *, concurrency: int = 4, wait: bool = True) -> datetime | None:
    """Run the jobs of every database; until stopped, or (``wait`` false) until none is due.

    The moment (UTC) when the next of those that are left is due; None if none is left.
    """

    async def one(url: str, forces: list[str]) -> datetime | None:
        async with worker_app(app, url, forces).open_async() as queue:
            while True:
                await queue.run_worker_async(
                    concurrency=concurrency, wait=wait, install_signal_handlers=wait,
                    fetch_job_polling_interval=LOOK_EVERY,
                    delete_jobs="successful",
                )
                due = None if wait else await _next(queue)
                if due is None or due > datetime.now(UTC):
                    return due

    async def main() -> list[datetime | None]:
        return await asyncio.gather(*(one(url, forces) for url, forces in databases(app).items()))

    return min((due for due in asyncio.run(main()) if due), default=None)
