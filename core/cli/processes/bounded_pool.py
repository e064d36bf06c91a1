"""Threads that answer requests, and no endless queue in front of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class BoundedPool:
    """*threads*, and how many requests may be *waiting* for one.

    *busy*, a WSGI application, answers what finds no place.
    """

    def __init__(self, threads: int, waiting: int, busy: Any) -> None:
        self.executor = ThreadPoolExecutor(threads)
        self.most, self.busy = threads + waiting, busy
        self.taken = 0

    def submit(self, work: Callable[[], bool], done: Callable[[Future[bool]], None]) -> bool:
        """False when no place is left. Whoever hears of *done* takes one off ``taken``."""
        if self.taken >= self.most:
            return False
        self.taken += 1
        self.executor.submit(work).add_done_callback(done)
        return True
