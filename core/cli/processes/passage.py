"""Connections handed from one process of a server to another, with what they have sent so far."""

from __future__ import annotations

import json
import socket
from typing import Any

MOST_ON_THE_WAY = 512 * 1024  # bytes
LARGEST = 128 * 1024  # bytes that one connection may have sent so far


class Passage:
    """Made before the processes are; whoever is free takes what comes. Nothing here waits."""

    def __init__(self) -> None:
        # Datagrams: each comes whole, and to one of those who listen only.
        self.into, self.out = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.into.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST_ON_THE_WAY)
        self.into.setblocking(False)
        self.out.setblocking(False)

    def hand_on(self, sock: socket.socket, client: Any, server: Any, data: bytes) -> bool:
        """False when it cannot be taken now; then the connection is where it was."""
        about = json.dumps([client, server]).encode()
        if len(data) > LARGEST:
            return False
        try:
            socket.send_fds(self.into, [about + b"\n" + data], [sock.fileno()])
        except OSError:
            return False
        return True

    def take(self) -> tuple[socket.socket, Any, Any, bytes] | None:
        """The next connection, its client and server as :meth:`hand_on` was told, and its bytes so far."""
        try:
            message, [handle], _, _ = socket.recv_fds(self.out, LARGEST + 4096, 1)
        except (OSError, ValueError):
            return None
        about, _, data = message.partition(b"\n")
        client, server = (tuple(one) if isinstance(one, list) else one for one in json.loads(about))
        sock = socket.socket(fileno=handle)
        sock.setblocking(False)
        return sock, client, server, data
