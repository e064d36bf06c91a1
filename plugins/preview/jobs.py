"""The jobs of a preview, done in its own process: a sign-in code is there a moment later."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import structlog
from flask import Flask

from core.cli import services

log = structlog.get_logger()


class Jobs:
    """A thread that does what waits in the queue when it is woken, or when a job is due."""

    def __init__(self, app: Flask) -> None:
        self._app, self._awake, self._over = app, threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Something was sent; look whether there is work."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="preview-jobs", daemon=True)
            self._thread.start()
        self._awake.set()

    def stop(self) -> None:
        self._over.set()
        self._awake.set()
        if self._thread:
            self._thread.join(5)

    def _run(self) -> None:
        due: float | None = None  # seconds until the next job that waits for its time
        while True:
            self._awake.wait(due)
            if self._over.is_set():
                return
            self._awake.clear()
            due = self._once()

    def _once(self) -> float | None:
        try:
            after = services.work(self._app)
        except Exception as failure:  # noqa: BLE001 - the pages go on
            log.error("preview_jobs_failed", error=type(failure).__name__)
            return None
        return max(0.0, (after - datetime.now(UTC)).total_seconds()) if after else None
