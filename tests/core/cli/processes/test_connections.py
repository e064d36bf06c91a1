"""How long each step of a connection may last, asked of the worker without a clock going on."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config

from core.cli.processes.collecting_worker import CollectingWorker
from core.cli.processes.connection import Connection
from core.cli.processes.passage import Passage

WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Worker(CollectingWorker):
    """Its loop is not run."""

    def __init__(self) -> None:
        self.cfg, self.poller = Config(), selectors.DefaultSelector()
        self.cfg.set("keepalive", 5)
        self.alive, self.waiting, self.nr_conns, self.held, self.resting = True, set(), 1, 0, 0


@pytest.fixture
def connection() -> Iterator[tuple[Worker, Connection, Any]]:
    worker = Worker()
    ours, theirs = socket.socketpair()
    with ours, theirs, worker.poller:
        ours.setblocking(False)
        theirs.settimeout(30)
        yield worker, Connection(worker.cfg, ours, ("192.0.2.1", 1), ("192.0.2.2", 80), worker.ours), theirs


@pytest.mark.parametrize(("behind", "seconds"), [
    (b"", 5), (b"G", 30), (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf", 30),
])
def test_what_came_right_behind_another_request_has_all_the_time_of_a_request(
    connection: tuple[Worker, Connection, Any], behind: bytes, seconds: int
) -> None:
    worker, one, _ = connection
    assert one.collector.whole(WHOLE + behind).path == "/"
    worker.after(one, keep=True)
    assert round(one.deadline - one.since) == seconds


def test_of_a_connection_that_has_not_said_what_it_asks_little_is_read_at_once(
    connection: tuple[Worker, Connection, Any]
) -> None:
    """So that it can be handed on with all that came."""
    worker, one, theirs = connection
    theirs.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n" + b"x" * 90_000)
    worker.wait_for(one, selectors.EVENT_READ, 30, worker.receive)
    worker.receive(one)
    assert one.collector.held < 16 * 1024
    worker.receive(one)
    assert one.collector.held > 80_000


@pytest.mark.parametrize("apart", [False, True])
def test_what_cannot_be_handed_on_takes_no_thread_of_pages_and_a_page_is_made_all_the_same(
    connection: tuple[Worker, Connection, Any], apart: bool
) -> None:
    """The way is full: a process for pages answers, a second later, that it is busy; one for machines
    makes the page."""
    worker, one, theirs = connection
    asked: list[str] = []

    def busy(environ: Any, start_response: Any) -> list[bytes]:
        start_response("503 Service Unavailable", [("Retry-After", "1")])
        return [b"busy"]

    class Pool:
        taken = 0

        def __init__(self) -> None:
            self.busy = busy

        def submit(self, work: Any, done: Any) -> bool:
            asked.append("thread")
            return True

    pool: Any = Pool()
    deferred: list[Any] = []
    worker.apart, worker.elsewhere, worker.wsgi = apart, None, busy
    worker.ours = lambda path: False  # type: ignore[method-assign]
    one.collector.ours = worker.ours
    worker.pool_of = lambda path: pool  # type: ignore[method-assign]
    worker.worker_connections = 500
    worker.method_queue = SimpleNamespace(defer=lambda *call: deferred.append(call))
    worker.wait_for(one, selectors.EVENT_READ, 30, worker.receive)
    worker.collect(one, WHOLE)
    assert asked == (["thread"] if apart else [])
    if not apart:
        [(send,)] = deferred
        send()
        assert (worker.resting, round(one.deadline - one.since)) == (1, 1) and one.then
        one.then(one)
        assert worker.resting == 0 and theirs.recv(4096).startswith(b"HTTP/1.1 503 ")


def refused(worker: Worker, one: Connection, *, ours: bool) -> None:
    """What an application answers that has too much to do, made in this process."""
    def busy(environ: Any, start_response: Any) -> list[bytes]:
        start_response("503 Service Unavailable", [])
        return [b"busy"]

    pool: Any = SimpleNamespace(submit=lambda *_: False, busy=busy)
    worker.worker_connections, worker.wsgi = 500, busy
    worker.ours = lambda path: ours  # type: ignore[method-assign]
    worker.pool_of = lambda path: pool  # type: ignore[method-assign]
    worker.method_queue = SimpleNamespace(defer=lambda send: send())
    worker.hand_over(one, one.collector.whole(WHOLE))


@pytest.mark.parametrize(("apart", "ours", "rests"), [
    (True, True, True), (False, False, True), (True, False, False), (False, True, False)])
def test_only_machines_hear_later_that_it_is_too_much(
    connection: tuple[Worker, Connection, Any], apart: bool, ours: bool, rests: bool
) -> None:
    """Not whoever looks at a page, also when that was made where machines are served."""
    worker, one, theirs = connection
    worker.apart = apart
    refused(worker, one, ours=ours)
    assert (one.rests, worker.resting) == (rests, int(rests))
    worker.drop(one)
    assert worker.resting == 0
    assert theirs.recv(4096)[:12] == (b"" if rests else b"HTTP/1.1 503")


def test_when_the_server_stops_a_refusal_goes_at_once_and_waits_for_nobody(
    connection: tuple[Worker, Connection, Any]
) -> None:
    worker, one, theirs = connection
    worker.apart, worker.alive = True, False
    refused(worker, one, ours=True)
    assert (one.rests, worker.resting) == (False, 0)
    assert theirs.recv(4096).startswith(b"HTTP/1.1 503 ")
    one.deadline = 0
    worker.out_of_time(one)
    assert (worker.nr_conns, worker.resting) == (0, 0)


def test_whoever_was_refused_makes_room_before_whoever_is_slow(
    connection: tuple[Worker, Connection, Any]
) -> None:
    worker, one, _ = connection
    ours, theirs = socket.socketpair()
    with ours, theirs:
        slow = Connection(worker.cfg, ours, ("192.0.2.3", 1), ("192.0.2.2", 80), worker.ours)
        worker.wait_for(slow, selectors.EVENT_READ, 30, worker.receive)
        worker.apart, worker.nr_conns = True, 2
        refused(worker, one, ours=True)
        worker.make_room()
        assert worker.waiting == {slow}
        worker.drop(slow)


def test_a_server_that_stops_hands_nothing_on_any_more(connection: tuple[Worker, Connection, Any]) -> None:
    """Those who would take it on may have stopped before."""
    worker, one, _ = connection
    worker.elsewhere = way = Passage()
    with way.into, way.out:
        worker.alive = False
        assert not worker.hand_on(one, WHOLE) and way.take() is None
        worker.alive = True
        assert worker.hand_on(one, WHOLE)
        taken = way.take()
        assert taken and taken[3] == WHOLE
        taken[0].close()
