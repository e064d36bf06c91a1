"""One client's connection, over a real pair of sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from core.cli.processes.connection import MOST_UNSENT, Connection


@pytest.fixture
def pair() -> Iterator[tuple[Connection, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    yield Connection(SimpleNamespace(), ours, ("127.0.0.1", 1), ("127.0.0.1", 2), lambda path: True), theirs
    ours.close()
    theirs.close()


def test_what_came_nothing_yet_and_nothing_more_are_told_apart(
    pair: tuple[Connection, socket.socket]
) -> None:
    connection, client = pair
    assert connection.receive() is None
    client.sendall(b"GET /")
    assert connection.receive() == b"GET /"
    assert connection.receive() is None
    client.close()
    assert connection.receive() == b""


def test_what_a_client_does_not_take_at_once_is_kept_and_goes_when_it_does(
    pair: tuple[Connection, socket.socket]
) -> None:
    connection, client = pair
    page = b"x" * MOST_UNSENT
    connection.sendall(page)
    assert connection.unsent and not connection.broken
    taken = b""
    while len(taken) < len(page):
        taken += client.recv(1 << 20)
        connection.flush()
    assert taken == page and not connection.unsent


def test_a_very_long_answer_for_a_client_that_takes_none_of_it_ends_at_the_deadline(
    pair: tuple[Connection, socket.socket]
) -> None:
    connection, _ = pair  # its deadline is over
    with pytest.raises(OSError, match="gone"):
        connection.sendall(b"x" * 4 * MOST_UNSENT)
    assert connection.broken


def test_a_client_that_is_gone_is_known_when_something_is_sent(
    pair: tuple[Connection, socket.socket]
) -> None:
    connection, client = pair
    client.close()
    connection.unsent += b"late"
    connection.flush()
    assert connection.broken
