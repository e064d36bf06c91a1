"""The web process: gunicorn over the WSGI application."""

from __future__ import annotations

import gc
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http import errors, wsgi

from core.app import create_app
from core.base import log as logs
from core.cli.processes.bounded_pool import BoundedPool
from core.cli.processes.collecting_worker import Busy, CollectingWorker, TooSlow
from core.cli.processes.passage import Passage
from core.cli.processes.ports import refuse_unusable
from core.cli.processes.refusals import BUSY, OUR_MISTAKE, TOO_SLOW, Refusals
from core.cli.processes.start import ready
from core.storage.db import close_connections
from core.web.apart import Apart, apart_views
from core.web.security import HEADERS

log = structlog.get_logger()
NICE = 10  # by how much pages come before what machines ask, where a processor is wanted by both
PAGES_WAITING = 400  # requests for pages in one process that may wait for a thread
REFUSALS = (
    (TooSlow, TOO_SLOW),
    (Busy, BUSY),
    (errors.LimitRequestLine, "414 URI Too Long"),
    (errors.LimitRequestHeaders, "431 Request Header Fields Too Large"),
    (errors.ExpectationFailed, "417 Expectation Failed"),
    (errors.UnsupportedTransferCoding, "501 Not Implemented"),
    (errors.ParseException, "400 Bad Request"),
    (Exception, OUR_MISTAKE),
)


class _Worker(CollectingWorker):
    """Pages; a process apart: what machines ask. Each in threads of its own."""

    def get_thread_pool(self) -> ThreadPoolExecutor:
        self.pages = BoundedPool(self.cfg.threads, PAGES_WAITING, self.app.refusals.answer(BUSY))
        self.pools: dict[Apart, BoundedPool] = {}
        return self.pages.executor

    def init_process(self) -> None:
        if self.apart:
            os.nice(NICE)
        super().init_process()

    def ours(self, path: str) -> bool:
        return self.elsewhere is None or (self.app.apart_of(path) is not None) is self.apart

    def pool_of(self, path: str) -> BoundedPool:
        kind = self.app.apart_of(path) if self.app.apart_of else None
        if kind is None:
            return self.pages
        if kind not in self.pools:
            self.pools[kind] = BoundedPool(kind.threads, kind.waiting, _protected(kind.busy))
        return self.pools[kind]

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """What never became a request is refused as the portal refuses, with nothing of it said again."""
        status = next(status for kind, status in REFUSALS if isinstance(exc, kind))
        log.warning("request_refused", status=status[:3], **logs.of(exc))
        with suppress(OSError):
            client.sendall(self.app.refusals.whole(status))


def _protected(answer: Any) -> Any:
    """The same answer, with the headers that every answer has."""
    def application(environ: dict[str, Any], start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], failure: Any = None) -> Any:
            return start_response(status, [*headers, *HEADERS.items(), ("Cache-Control", "no-store")])

        return answer(environ, start)

    return application


class _Log(Logger):  # type: ignore[misc]
    """What gunicorn has to say goes the way of all lines; who asked for what is in the audit."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for own in (self.error_log, self.access_log):
            own.handlers.clear()
        self.error_log.propagate = True


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, app: Any, options: dict[str, Any]) -> None:
        self.app, self.options, self.refusals = app, options, Refusals(app)
        self.apart_of = apart_views(app)
        self.apart = max(1, options["workers"] // 2) if self.apart_of else 0
        options["workers"] += self.apart
        self.passages = (Passage(), Passage()) if self.apart else (None, None)  # to pages, to machines
        super().__init__()

    def give_role(self, arbiter: Any, worker: _Worker) -> None:
        """Also to one that takes the place of a dead one."""
        there = sum(one.apart for one in arbiter.WORKERS.values())
        worker.apart = there < self.apart
        worker.here, worker.elsewhere = self.passages[::-1] if worker.apart else self.passages

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)
        self.cfg.set("pre_fork", lambda arbiter, worker: self.give_role(arbiter, worker))

    def load(self) -> Any:
        return self.app


def serve(bind: str, workers: int, threads: int) -> None:
    """Serve until stopped. Raises what :func:`create_app` and :func:`core.cli.processes.start.ready` raise,
    and :class:`core.cli.processes.ports.CannotListen`."""
    app = create_app()
    ready(app, bind)
    refuse_unusable(bind)
    with app.app_context():
        # Before workers are forked: two that share a connection read each other's rows.
        close_connections()
    run(app, bind, workers, threads)


def run(app: Any, bind: str, workers: int, threads: int) -> None:
    """Serve any WSGI application as the portal is served; `make bench` serves its references so."""
    wsgi.SERVER = "web"  # which server this is, and that it is one, is nobody's business
    gc.collect()
    gc.freeze()  # what all workers share stays shared, and is not looked through in each of them
    _Server(app, {
        "bind": bind, "workers": workers, "threads": threads, "worker_class": _Worker,
        "preload_app": True, "graceful_timeout": 10, "timeout": 30, "keepalive": 5,
        "worker_connections": 500,
        "limit_request_line": 4094, "limit_request_fields": 60, "limit_request_field_size": 8190,
        "forwarder_headers": "",  # where a force begins is not for a client's header to say
        "loglevel": "warning", "logger_class": _Log, "control_socket_disable": True,
    }).run()
