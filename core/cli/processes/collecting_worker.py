"""A gunicorn worker whose threads never wait for a client.

One loop collects whole requests, and sends what a client is slow to take; a thread is given a request
when all of it is there. So whoever dribbles, stops, or never reads holds a socket and nothing else, and
that until a deadline, which no further byte puts off.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.http import wsgi
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER

from core.cli.processes.bounded_pool import BoundedPool
from core.cli.processes.collecting import Elsewhere
from core.cli.processes.connection import Connection
from core.cli.processes.passage import Passage
from core.cli.processes.waiting_worker import WaitingWorker

ACCEPTED_AT_ONCE = 64
MOST_DRAINED = 64 * 1024 * 1024  # bytes read and thrown away, so that a refusal is not cut off
MOST_HELD = 64 * 1024 * 1024  # bytes of unfinished requests in one process
SMALL = 64 * 1024  # bytes of an unfinished request that are never too many
TOO_MUCH = (429, 503)
NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class TooSlow(Exception):
    """A request was not whole when its time was up."""


class Busy(Exception):
    """Nothing more can be taken on for the moment."""


class CollectingWorker(WaitingWorker):
    """Times are seconds. A process *apart* takes no new connections, but those that others hand on;
    each hands on what is for the other kind of process, request by request."""

    request_seconds = 30.0  # for the whole of a request, from its first byte
    answer_seconds = 30.0  # for what a client is slow to take
    close_seconds = 5.0  # for a client to see that we closed
    rest_seconds = 1.0  # until a machine hears that it asks too much: many ask again at once
    _accepting: bool

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.held = 0
        self.apart = False
        self.here: Passage | None = None  # connections that are handed to this kind of process
        self.elsewhere: Passage | None = None

    def pool_of(self, path: str) -> BoundedPool:
        raise NotImplementedError

    def ours(self, path: str) -> bool:
        """Whether a request is for this kind of process; others are handed on."""
        return True

    def release(self, connection: Connection) -> None:
        super().release(connection)
        self._hold(connection, 0)

    def out_of_time(self, connection: Connection) -> None:
        if connection.then == self.receive and connection.collector.begun:
            self.refuse(connection, TooSlow())
        else:
            self.drop(connection)

    # --- a request comes ------------------------------------------------------------------------

    def accept(self, listener: Any) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                sock, client = listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as failure:
                if failure.errno not in NO_ROOM:
                    raise
                self.make_room()
                return
            sock.setblocking(False)
            self.welcome(sock, client, listener.getsockname())

    def welcome(self, sock: socket.socket, client: Any, server: Any) -> Connection:
        if self.nr_conns >= self.worker_connections:
            self.make_room()
        self.nr_conns += 1
        connection = Connection(self.cfg, sock, client, server, self.ours)
        self.wait_for(connection, selectors.EVENT_READ, self.request_seconds, self.receive)
        return connection

    def set_accept_enabled(self, enabled: bool) -> None:
        if self.here and enabled != self._accepting:
            if enabled:
                self.poller.register(self.here.out, selectors.EVENT_READ, self.take_on)
            else:
                self.poller.unregister(self.here.out)
        if self.apart:
            self._accepting = enabled
        else:
            super().set_accept_enabled(enabled)

    def take_on(self, _: Any) -> None:
        """Connections that other processes hand on."""
        for _ in range(ACCEPTED_AT_ONCE):
            found = self.here and self.here.take()
            if not found:
                return
            *of_connection, so_far = found
            connection = self.welcome(*of_connection)
            if connection in self.waiting:
                self.collect(connection, so_far)

    def hand_on(self, connection: Connection, so_far: bytes) -> bool:
        passed = self.alive and self.elsewhere is not None and self.elsewhere.hand_on(
            connection.sock, connection.client, connection.server, so_far)
        if passed:
            self.drop(connection)  # here; the other process has it now
        return passed

    def receive(self, connection: Connection) -> None:
        data = connection.receive()
        if data:
            self.collect(connection, data)
        elif data is not None:
            self.drop(connection)

    def collect(self, connection: Connection, data: bytes) -> None:
        """Begins with a request's first byte, also when that came right behind another request."""
        collector, first = connection.collector, not connection.collector.begun
        try:
            try:
                request = collector.whole(data)
            except Elsewhere as found:
                if self.hand_on(connection, found.so_far):
                    return
                request = collector.whole()
        except Exception as failure:  # noqa: BLE001  # whatever was sent, the loop goes on
            self.refuse(connection, failure)
            return
        if request is not None:
            self.release(connection)
            self.hand_over(connection, request)
            return
        if first:
            connection.deadline = time.monotonic() + self.request_seconds
        if collector.waits_to_continue():
            connection.unsent += b"HTTP/1.1 100 Continue\r\n\r\n"
            connection.flush()
        self._hold(connection, collector.held)

    def _hold(self, connection: Connection, held: int) -> None:
        """Note what is kept of unfinished requests; of the large ones the longest under way makes room."""
        self.held += held - connection.held
        connection.held = held
        large = [one for one in self.waiting if one.held > SMALL] if self.held > MOST_HELD else []
        if large:
            self.refuse(min(large, key=lambda one: one.since), Busy())

    # --- a thread has it ------------------------------------------------------------------------

    def hand_over(self, connection: Connection, request: Any) -> None:
        """Its answer is sent in a later turn of the loop, also that there are too many: on it follows the
        next request of this connection, and of these there can be thousands. What machines ask never takes
        a thread of pages, also when it could not be handed on."""
        pool, beside = self.pool_of(request.path), not self.apart and not self.ours(request.path)
        connection.of_machine = self.apart == self.ours(request.path)

        def done(future: Future[bool]) -> None:
            self.method_queue.defer(self.answered, connection, future, pool)

        if beside or not pool.submit(partial(self.answer, connection, request, self.wsgi), done):
            keep = self.answer(connection, request, pool.busy)
            self.method_queue.defer(partial(self.send, connection, keep=keep))

    def answer(self, connection: Connection, request: Any, application: Any) -> bool:
        """Whether the connection goes on. What the client did not take at once is kept to be sent."""
        connection.deadline = time.monotonic() + self.answer_seconds
        answer = None
        try:
            answer, environ = wsgi.create(request, connection, connection.client, connection.server, self.cfg)
            environ["wsgi.multithread"] = True
            if not self.alive or self.nr_conns >= self.worker_connections:
                answer.force_close()
            parts = application(environ, answer.start_response)
            try:
                for part in parts:
                    answer.write(part)
                answer.close()
            finally:
                if hasattr(parts, "close"):
                    parts.close()
            connection.rests = bool(
                self.rest_seconds and connection.of_machine and answer.status_code in TOO_MUCH)
            if not connection.rests:
                connection.flush()
            return not answer.should_close()
        except OSError:
            connection.broken = True
        except (Exception, SystemExit) as failure:  # noqa: BLE001  # the thread serves others next
            connection.broken = bool(answer and answer.headers_sent)  # half an answer is none
            self.handle_error(request, connection, connection.client, failure)
        return False

    def answered(self, connection: Connection, future: Future[bool], pool: BoundedPool) -> None:
        pool.taken -= 1
        self.send(connection, keep=not future.exception() and future.result())

    # --- an answer goes -------------------------------------------------------------------------

    def refuse(self, connection: Connection, failure: Exception) -> None:
        self.release(connection)
        self.handle_error(connection.collector.request, connection, connection.client, failure)
        self.send(connection, keep=False)

    def send(self, connection: Connection, *, keep: bool) -> None:
        if connection.rests and self.alive:
            self.let_rest(connection, keep)
            return
        connection.rests = False
        connection.flush()
        if connection.unsent and not connection.broken:
            self.wait_for(connection, selectors.EVENT_WRITE, self.answer_seconds,
                          partial(self.send_more, keep))
        else:
            self.after(connection, keep)

    def let_rest(self, connection: Connection, keep: bool) -> None:
        """Nothing of it is read or written meanwhile: a sender that does not wait takes no time of others."""
        self.resting += 1
        connection.since = time.monotonic()
        connection.deadline = connection.since + self.rest_seconds
        connection.then = partial(self.send_after_rest, keep)
        self.waiting.add(connection)

    def send_after_rest(self, keep: bool, connection: Connection) -> None:
        self.release(connection)
        self.send(connection, keep=keep)

    def send_more(self, keep: bool, connection: Connection) -> None:
        connection.flush()
        if not connection.unsent or connection.broken:
            self.release(connection)
            self.after(connection, keep)

    def after(self, connection: Connection, keep: bool) -> None:
        """On to the next request, or to the end."""
        if connection.broken:
            self._gone(connection)
        elif not keep:
            self.end(connection)
        else:
            begun = connection.collector.begun
            seconds = self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER
            self.wait_for(connection, selectors.EVENT_READ, self.request_seconds if begun else seconds,
                          self.receive)
            if begun and connection in self.waiting:
                self.collect(connection, b"")

    def end(self, connection: Connection) -> None:
        """Close so that the answer arrives (RFC 9112, 9.6): read on until the client closes too."""
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_WR)
        self.wait_for(connection, selectors.EVENT_READ, self.close_seconds, self.drain)

    def drain(self, connection: Connection) -> None:
        data = connection.receive()
        connection.drained += len(data or b"")
        if data == b"" or connection.drained > MOST_DRAINED:
            self.drop(connection)
