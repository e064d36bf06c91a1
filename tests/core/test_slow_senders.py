"""Whoever sends half a request and no more holds nobody else up."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from core.processes.supervisor import free_port

SERVER = """
import sys
from flask import Flask, request
from core.processes import web

app = Flask("slow")

@app.post("/")
def take():
    return str(len(request.get_data()))

@app.get("/root")
def root():
    return request.script_root

web.READ_SECONDS = 1
web.run(app, f"127.0.0.1:{sys.argv[1]}", workers=1, threads=2)
"""


@pytest.fixture
def port() -> Iterator[int]:
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", SERVER, str(port)]) as server:
        deadline = time.monotonic() + 20
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/root", timeout=5).close()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield port
        server.terminate()


def half(port: int, text: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(text.encode())
    return connection


@pytest.mark.parametrize("text", [
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Le",
])
def test_half_requests_let_go_of_their_threads(port: int, text: str) -> None:
    held = [half(port, text) for _ in range(6)]
    answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/root", timeout=15)
    assert answer.status == 200
    for one in held:
        one.close()


def test_a_whole_request_in_pieces_is_taken(port: int) -> None:
    with half(port, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nhalf") as connection:
        time.sleep(0.5)
        connection.sendall(b"more")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")


def test_a_client_does_not_say_where_its_force_begins(port: int) -> None:
    with half(port, "GET /root HTTP/1.1\r\nHost: x\r\nSCRIPT_NAME: /evil\r\n\r\n") as connection:
        assert b"evil" not in connection.recv(4096)
