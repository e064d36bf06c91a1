"""Asks for one page over and over on kept connections, and tells how it went as one JSON object.

A process of its own: ``python tests/bench/load.py PORT PATH COOKIE SECONDS CONNECTIONS``. One
selector and no parsing beyond ``Content-Length``, so that it takes little from what is measured.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import sys
import time

LONGEST = 60.0  # seconds
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


class Visitor:
    """One kept connection, with one question at a time."""

    def __init__(self, port: int, question: bytes) -> None:
        self.port, self.question = port, question
        self.got = bytearray()
        self.asked_at = 0.0

    def connect(self, selector: selectors.BaseSelector) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(self.socket, selectors.EVENT_READ, self)

    def ask(self) -> None:
        self.got.clear()
        self.asked_at = time.perf_counter()
        self.socket.sendall(self.question)

    def hear(self) -> bytes | None:
        """The whole answer, or None while some of it is still to come."""
        piece = self.socket.recv(262144)
        if not piece:
            raise ConnectionResetError
        self.got += piece
        end = self.got.find(b"\r\n\r\n")
        if end < 0:
            return None
        length = LENGTH.search(self.got, 0, end + 2)
        return bytes(self.got) if length and len(self.got) >= end + 4 + int(length[1]) else None


def run(port: int, path: str, cookie: str, seconds: float, connections: int) -> dict[str, float]:
    """For so many seconds, and until each connection could be answered once.

    Raises RuntimeError for any answer but 200, and when too little is answered within a minute.
    """
    question = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
        "Accept: text/html\r\n\r\n"
    ).encode()
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        visitor = Visitor(port, question)
        visitor.connect(selector)
        visitor.ask()
    took: list[float] = []
    size, again, started = 0, 0, time.perf_counter()
    while (now := time.perf_counter()) < started + seconds or len(took) < connections:
        if now > started + seconds + LONGEST:
            raise RuntimeError(f"{len(took)} answers in {now - started:.0f} seconds")
        for key, _ in selector.select(timeout=1):
            visitor = key.data
            try:
                answer = visitor.hear()
            except ConnectionError:  # the server may end a kept connection at any time
                again += 1
                selector.unregister(visitor.socket)
                visitor.socket.close()
                visitor.connect(selector)
                visitor.ask()
                continue
            if answer:
                if not answer.startswith(b"HTTP/1.1 200"):
                    raise RuntimeError(answer[:200].decode(errors="replace"))
                took.append(time.perf_counter() - visitor.asked_at)
                size = len(answer) - answer.index(b"\r\n\r\n") - 4
                visitor.ask()
    took.sort()
    return {
        "requests": len(took), "seconds": now - started, "size": size, "connected_again": again,
        "p50": took[len(took) // 2], "p99": took[len(took) * 99 // 100],
    }


if __name__ == "__main__":
    port, path, cookie, seconds, connections = sys.argv[1:]
    print(json.dumps(run(int(port), path, cookie, float(seconds), int(connections))))
