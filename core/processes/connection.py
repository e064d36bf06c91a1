"""What is to be sent to one client, who may take it as slowly as it likes."""

from __future__ import annotations

import select
import socket
import time
from contextlib import suppress

SENT_AT = 64 * 1024  # bytes that are worth a call of their own
MOST_UNSENT = 1024 * 1024  # a longer answer is made as fast as its client takes it


class Outgoing:
    """The socket that gunicorn writes an answer to; only a very long answer waits for its client."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.unsent = bytearray()
        self.broken = False  # nothing that is sent arrives any more
        self.deadline = 0.0

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
