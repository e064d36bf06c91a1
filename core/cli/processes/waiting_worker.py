"""The loop of a gunicorn worker that waits for many connections at once, for each until its deadline."""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from core.cli.processes.connection import Connection


class WaitingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """What is done with a connection when something comes, stands in its ``then``; times are seconds."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.waiting: set[Connection] = set()  # those that the loop waits for
        self.resting = 0  # of them those that hear later that they ask too much
        self.next_look = 0.0

    def out_of_time(self, connection: Connection) -> None:
        """Its deadline passed, and nothing came."""
        raise NotImplementedError

    def run(self) -> None:
        self.poller.register(self.method_queue.fileno(), selectors.EVENT_READ,
                             self.method_queue.run_callbacks)
        self.set_accept_enabled(True)
        while self.alive and self.is_parent_alive():
            self.turn()
        self.set_accept_enabled(False)
        now = time.monotonic()
        for connection in self.waiting:
            if connection.rests or not (connection.collector.begun or connection.unsent):
                connection.deadline = min(connection.deadline, now + STOP_KEEPALIVE_LINGER)
        until = now + self.cfg.graceful_timeout
        while self.nr_conns > 0 and time.monotonic() < until:
            self.turn()
        for connection in list(self.waiting):
            self.drop(connection)
        self.tpool.shutdown(wait=False)
        self.poller.close()
        self.method_queue.close()
        for listener in self.sockets:
            listener.close()

    def turn(self) -> None:
        self.notify()
        self.wait_for_and_dispatch_events(timeout=0.25 if self.resting or not self.alive else 1.0)
        now = time.monotonic()
        if now >= self.next_look:
            self.next_look = now + 0.25
            for connection in [one for one in self.waiting if one.deadline <= now]:
                if connection.rests and connection.then:
                    connection.then(connection)
                else:
                    self.out_of_time(connection)

    def wait_for(self, connection: Connection, event: int, seconds: float,
                 then: Callable[[Connection], None]) -> None:
        """*then*, as often as *event* comes within *seconds*."""
        connection.since = time.monotonic()
        connection.deadline, connection.then = connection.since + seconds, then
        try:
            self.poller.register(connection.sock, event, partial(self._came, connection))
        except (OSError, ValueError, KeyError):
            self._gone(connection)
        else:
            self.waiting.add(connection)

    def _came(self, connection: Connection, sock: Any) -> None:
        if connection in self.waiting and connection.then:  # it may have been dropped in this turn
            connection.then(connection)

    def release(self, connection: Connection) -> None:
        """The loop waits for it no more."""
        if connection.rests and connection in self.waiting:
            connection.rests = False
            self.resting -= 1
        self.waiting.discard(connection)
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(connection.sock)

    def drop(self, connection: Connection) -> None:
        self.release(connection)
        self._gone(connection)

    def _gone(self, connection: Connection) -> None:
        self.nr_conns -= 1
        connection.close()

    def make_room(self) -> None:
        """Who was refused goes first, then who has been waited for longest: whoever is quick is not kept
        out by those who are not."""
        if self.waiting:
            self.drop(min(self.waiting, key=lambda one: (not one.rests, one.since)))
