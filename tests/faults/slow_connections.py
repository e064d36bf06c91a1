"""200 connections that dribble a byte every three seconds, without a proxy in front."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from threading import Event, Thread

from tests.faults.installation import FORCE, SOURCE, installation
from tests.faults.pages import percentile, reading
from tests.faults.rows import Row

CONNECTIONS, EVERY, LASTING = 200, 3.0, 7.0  # seconds
PAGE, FORM = f"/{FORCE}/sign-in", "Content-Type: application/x-www-form-urlencoded\r\n"
FEED = f"POST /{FORCE}/feed/v1/{SOURCE}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = f"POST {PAGE} HTTP/1.1\r\nHost: 127.0.0.1\r\n{FORM}"
TIMES = 5.0  # the pages' 99th percentile meanwhile, beside the quiet one
KINDS = {  # how each connection begins, and what it dribbles
    "slow heads of GET": (f"GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", b"x"),
    "slow heads of POST": (f"{POST}X-Slow: ", b"x"),
    "slow bodies of forms": (f"{POST}Content-Length: 60000\r\n\r\nsurname=", b"x"),
    "slow bodies of the feed": (f"{FEED}Content-Length: 60000\r\n\r\n", b" "),
    "slow chunks": (f"{POST}Transfer-Encoding: chunked\r\n\r\nffff\r\n", b"x"),
    "silent": ("", b""),
    "reading nothing": (f"GET /{FORCE}/static/app.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 3, b""),
}


def slow(port: int, begin: str) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.settimeout(10)
    connection.connect(("127.0.0.1", port))
    connection.sendall(begin.encode())
    return connection


def run() -> Iterator[Row]:
    with installation() as portal:
        with reading(portal.port, PAGE):
            time.sleep(3)  # everything has been asked once
        with reading(portal.port, PAGE) as quiet:
            time.sleep(LASTING)
        p99 = percentile(quiet[0].seconds, 0.99)
        yield Row("slow connections", "pages: quiet 99 %", p99, "ms")
        for name, (begin, byte) in KINDS.items():
            with ExitStack() as held:
                slow_ones = [held.enter_context(closing(slow(portal.port, begin)))
                             for _ in range(CONNECTIONS)]
                stop = Event()
                dribbling = Thread(target=dribble, args=(slow_ones, byte, stop), daemon=True)
                dribbling.start()
                time.sleep(2)  # what they begin with has been read
                with reading(portal.port, PAGE) as readers:
                    time.sleep(LASTING)
                stop.set()
                dribbling.join()
            reader = readers[0]
            yield Row("slow connections", f"{name}: pages answered", len(reader.seconds), least=20)
            yield Row("slow connections", f"{name}: pages not answered", reader.failed, most=0)
            yield Row("slow connections", f"{name}: 99 % of the pages, times quiet",
                      percentile(reader.seconds, 0.99) / p99, most=TIMES)


def dribble(connections: list[socket.socket], byte: bytes, stop: Event) -> None:
    while not stop.wait(EVERY):
        for connection in connections if byte else ():
            with suppress(OSError):
                connection.sendall(byte)
