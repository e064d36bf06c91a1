"""Where requests are answered: threads, and how many may wait for one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Room:
    """Threads, and how many requests may wait for one."""

    def __init__(self, threads: int, waiting: int, busy: Any) -> None:
        self.pool = ThreadPoolExecutor(threads)
        self.most, self.busy = threads + waiting, busy
        self.taken = 0

    def submit(self, work: Callable[[], bool], done: Callable[[Future[bool]], None]) -> bool:
        """False when no place is left."""
        if self.taken >= self.most:
            return False
        self.taken += 1
        self.pool.submit(work).add_done_callback(done)
        return True
