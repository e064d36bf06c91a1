"""The worker's process: every lane of every database, for as long as nobody stops it.

While a database is away, its lanes wait and go on when it is back; no job is lost by that.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import click
import procrastinate
import psycopg
import sqlalchemy as sa
import structlog
from flask import Flask
from procrastinate import exceptions

from core.base import log as logs
from core.notices import claims, lost_codes
from core.plugin_host.jobs import HEARTBEAT, LANES, bounded, databases, take_up_lost, worker_app
from core.storage.database_away import is_away
from core.storage.db import db, force_scope
from core.storage.migrations.admin import reason

log = structlog.get_logger()
LOOK_EVERY = 1.0  # seconds, for jobs whose time has come; of new ones a worker is told
LOST_EVERY = 5.0  # seconds, for jobs of workers that died
NICE = 10  # by how much pages come before letters, where a processor is wanted by both
PAUSE = 0.5  # seconds between two looks whether a database is back
FORGOTTEN_AFTER = 600.0  # seconds without a sign of life until a worker is no longer known
# The server is there, and neither starts nor stops: the address, the role or its password is wrong.
REFUSED = re.compile(r"FATAL:(?!.*(starting up|shutting down|recovery|accepting connections|too many|"
                     r"remaining connection slots))")


class PatientConnector(procrastinate.PsycopgConnector):
    """Asks again until the database answers, so that a worker never knows that it was away.

    What the queue asks bears being asked twice: what it cannot finish again was finished.
    """

    def __init__(self, address: str, stop: asyncio.Event) -> None:
        super().__init__(conninfo=address, min_size=1, max_size=4, timeout=5.0)
        self._address, self._stop, self._renewing = address, stop, asyncio.Lock()

    async def open_async(self, pool: Any = None) -> None:
        """What is asked first waits for the database, if it is away."""
        with suppress(psycopg.OperationalError):
            await super().open_async(pool)

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        await self._patiently(
            lambda: super(PatientConnector, self).execute_query_async(query, **arguments))

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:
        found: dict[str, Any] = await self._patiently(
            lambda: super(PatientConnector, self).execute_query_one_async(query, **arguments))
        return found

    async def execute_query_all_async(self, query: Any, **arguments: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self._patiently(
            lambda: super(PatientConnector, self).execute_query_all_async(query, **arguments))
        return found

    async def listen_notify(self, on_notification: Any, channels: Iterable[str]) -> None:
        await self._patiently(
            lambda: super(PatientConnector, self).listen_notify(on_notification, channels))

    async def _patiently(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        while True:
            pool = self._async_pool
            try:
                return await ask()
            except (exceptions.ConnectorException, exceptions.AppNotOpen) as failure:
                if self._stop.is_set() or not is_away(failure):
                    raise
                await self._renew(pool)

    async def _renew(self, broken: Any) -> None:
        """Wait for the database, then begin with new connections, for all who wait."""
        async with self._renewing:
            if self._async_pool is not broken and self._async_pool is not None:
                return
            log.warning("database_away")
            while not self._stop.is_set() and not await self._answers():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), PAUSE)
            if broken is not None:
                with suppress(Exception):
                    await broken.close(1.0)
            self._async_pool = None
            await self.open_async()
            log.warning("database_is_back")

    async def _answers(self) -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(self._address)
        except (psycopg.Error, OSError):
            return False
        await connection.close()
        return True


def wait_for_databases(app: Flask) -> None:
    """Return when every database answers, or refuses us for a reason that waiting does not mend."""
    with app.app_context():
        for engine in db.engines.values():
            said = False
            while (why := _why_away(engine)) and not REFUSED.search(why):
                if not said:
                    log.warning("database_away")
                    click.echo(f"trackmycrime: waiting for the database: {why}", err=True)
                said = True
                time.sleep(PAUSE)
            if said and not why:
                log.warning("database_is_back")


def _why_away(engine: sa.Engine) -> str | None:
    try:
        engine.connect().close()
    except (sa.exc.OperationalError, sa.exc.TimeoutError) as error:
        return reason(error) if isinstance(error, sa.exc.DBAPIError) else "no connection was free"
    return None


def work_on(app: Flask, concurrency: int) -> None:
    """Run the jobs of every database until the process is asked to stop (SIGINT, SIGTERM)."""
    os.nice(NICE)
    asyncio.run(_main(app, {**LANES, "default": concurrency}))


async def _main(app: Flask, lanes: dict[str, int]) -> None:
    stop, found = asyncio.Event(), databases(app)
    threads = len(found) * (sum(lanes.values()) + 2)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads))
    with _asked_to_stop(stop):
        await asyncio.gather(*(
            _one_database(app, url, forces, lanes, stop) for url, forces in found.items()))


async def _one_database(
    app: Flask, url: str, forces: list[str], lanes: dict[str, int], stop: asyncio.Event
) -> None:
    connector = PatientConnector(bounded(url), stop)
    async with worker_app(app, url, forces, connector).open_async() as queue:
        others = procrastinate.App(connector=connector)  # without what is periodic: one sees to that
        others.tasks = queue.tasks
        tasks = [asyncio.create_task(_look_after(app, queue, forces[0], stop))]
        tasks += [
            asyncio.create_task(
                _lane(queue if name == "default" else others, name, concurrency, stop))
            for name, concurrency in lanes.items()
        ]
        await asyncio.gather(*tasks)


async def _lane(
    queue: procrastinate.App, name: str, concurrency: int, stop: asyncio.Event
) -> None:
    """One lane's worker, begun again if it ends before it is asked to."""
    while not stop.is_set():
        running = asyncio.create_task(queue.run_worker_async(
            queues=[name], concurrency=concurrency, install_signal_handlers=False,
            fetch_job_polling_interval=LOOK_EVERY, delete_jobs="successful",
            update_heartbeat_interval=HEARTBEAT, stalled_worker_timeout=FORGOTTEN_AFTER,
        ))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            running.cancel()
        stopping.cancel()
        try:
            await running
        except asyncio.CancelledError:
            return
        except Exception as failure:  # noqa: BLE001
            if not stop.is_set():
                log.error("lane_ended", lane=name, **logs.of(failure))
                await asyncio.sleep(PAUSE)


async def _look_after(app: Flask, queue: procrastinate.App, force: str, stop: asyncio.Event) -> None:
    """What dead workers left is taken up; others can see that this process lives."""
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOST_EVERY)
        try:
            lost = await take_up_lost(queue)
            await asyncio.to_thread(_keep_presence, app, force, lost)
        except Exception as failure:  # noqa: BLE001
            if not stop.is_set():
                log.warning("lost_jobs_not_looked_for", **logs.of(failure))


def _keep_presence(app: Flask, force: str, lost: int) -> None:
    with app.app_context(), force_scope(force):
        claims.presence().keep()
        if lost:
            lost_codes.note()


@contextmanager
def _asked_to_stop(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
