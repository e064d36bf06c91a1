"""One client's connection: what came over it, and what it is to be sent, and may take slowly."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from core.cli.processes.collecting import Collector

RECEIVED_AT_ONCE = 256 * 1024  # bytes
RECEIVED_OF_HEAD = 16 * 1024  # bytes, while it is not known yet what is asked
SENT_AT = 64 * 1024  # bytes that are worth a call of their own
MOST_UNSENT = 1024 * 1024  # a longer answer is made as fast as its client takes it


class Connection:
    """Also the socket that gunicorn writes an answer to; only a very long answer waits for its client.

    *client* and *server* are their addresses. ``then`` is what the loop does next, as long as it waits:
    ``since`` a moment and until ``deadline``, both of the monotonic clock, in seconds.
    """

    def __init__(self, config: Any, sock: socket.socket, client: Any, server: Any,
                 ours: Callable[[str], bool]) -> None:
        self.sock, self.client, self.server = sock, client, server
        self.collector = Collector(config, client, ours)
        self.then: Callable[[Connection], None] | None = None
        self.since = self.deadline = 0.0
        self.held = self.drained = 0  # bytes
        self.unsent = bytearray()
        self.broken = False  # nothing that is sent arrives any more
        self.of_machine = self.rests = False  # whose request it is; whether its answer waits for a while

    def receive(self) -> bytes | None:
        """What came; nothing (``b""``) when no more will; None when there is none just now.

        Before a head is known little is read, so that a connection can be handed on with all of it.
        """
        known = self.drained or self.collector.request is not None
        try:
            return self.sock.recv(RECEIVED_AT_ONCE if known else RECEIVED_OF_HEAD)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""

    def sendall(self, data: bytes) -> None:
        """Raises OSError when the client is gone, or took too little until the deadline."""
        self.unsent += data
        if len(self.unsent) >= SENT_AT:
            self.flush()
        while len(self.unsent) > MOST_UNSENT and not self.broken:
            self._wait()
            self.flush()
        if self.broken:
            raise ConnectionError("the client is gone")

    send = sendall

    def flush(self) -> None:
        """Send what the client takes at once."""
        try:
            while self.unsent and not self.broken:
                sent = self.sock.send(self.unsent)
                del self.unsent[:sent]
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.broken = True

    def _wait(self) -> None:
        left = self.deadline - time.monotonic()
        looking = select.poll()
        looking.register(self.sock, select.POLLOUT)
        if left <= 0 or not looking.poll(left * 1000):
            self.broken = True

    def close(self) -> None:
        with suppress(OSError):
            self.sock.close()
