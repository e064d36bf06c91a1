"""Pages that are read all the time, and how long each takes."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

ALOUD = 10.0  # seconds: a page that takes longer was not answered


@dataclass
class Reader:
    """Asks for *path* again and again, each time over a connection of its own."""

    port: int
    path: str
    pause: float = 0.02
    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    stop: Event = field(default_factory=Event)

    def work(self) -> None:
        while not self.stop.wait(self.pause):
            began = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ALOUD)
            try:
                connection.request("GET", self.path)
                answer = connection.getresponse()
                answer.read()
                self.failed += answer.status != 200
                self.seconds.append(time.perf_counter() - began)
            except (OSError, http.client.HTTPException):
                self.failed += 1
            finally:
                connection.close()


@contextmanager
def reading(port: int, *paths: str) -> Iterator[list[Reader]]:
    readers = [Reader(port, path) for path in paths]
    threads = [Thread(target=reader.work, daemon=True) for reader in readers]
    for thread in threads:
        thread.start()
    try:
        yield readers
    finally:
        for reader in readers:
            reader.stop.set()
        for thread in threads:
            thread.join(ALOUD + 5)


def percentile(seconds: list[float], part: float) -> float:
    """Milliseconds, of at least one measurement."""
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * part))] * 1000
