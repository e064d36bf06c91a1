"""The jobs of a preview, done in its own process: a sign-in code is there a moment later."""

from __future__ import annotations

import threading

import structlog
from flask import Flask

from core.services import work

ROUNDS, BETWEEN = 4, 0.3  # what one job leaves for another is found in a later round
log = structlog.get_logger()


class Jobs:
    """A thread that does what waits in the queue when it is woken."""

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
        while self._awake.wait() and not self._over.is_set():
            self._awake.clear()
            for _ in range(ROUNDS):
                if not self._over.is_set():
                    self._once()
                    self._over.wait(BETWEEN)

    def _once(self) -> None:
        try:
            work(self._app, wait=False)
        except Exception as failure:  # noqa: BLE001 - the pages go on
            log.error("preview_jobs_failed", error=type(failure).__name__)
