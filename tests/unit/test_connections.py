"""How long each step of a connection may last, asked of the worker without a clock going on."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from gunicorn.config import Config

from core.processes.collecting_worker import CollectingWorker
from core.processes.connection import Connection

WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Worker(CollectingWorker):
    """Its loop is not run."""

    def __init__(self) -> None:
        self.cfg, self.poller = Config(), selectors.DefaultSelector()
        self.cfg.set("keepalive", 5)
        self.alive, self.waiting, self.nr_conns, self.held = True, set(), 1, 0


@pytest.fixture
def connection() -> Iterator[tuple[Worker, Connection, Any]]:
    worker = Worker()
    ours, theirs = socket.socketpair()
    with ours, theirs, worker.poller:
        ours.setblocking(False)
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
