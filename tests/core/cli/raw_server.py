"""A small application served as the portal is, and clients that speak to it byte by byte."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from core.cli.processes.supervisor import free_port

GET = "GET /root HTTP/1.1\r\nHost: x\r\n"
POST = "POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = f"{POST}Transfer-Encoding: chunked\r\n\r\n"
SERVER = """
import multiprocessing, os, sys
from flask import Flask, request
from core.web.apart import Apart
from core.base.bodies import Measured
from core.cli.processes import collecting_worker, web

app = Flask("slow")
app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
app.wsgi_app = Measured(app.wsgi_app)
shared = multiprocessing.get_context("fork")
held, go_on = shared.Semaphore(0), shared.Event()
machines = Apart(threads=2, waiting=1, busy=app.response_class("busy", 503, {"Retry-After": "1"}))

@app.post("/")
def take():
    return f"{len(request.get_data())} {request.get_data()[:10].decode()}"

@app.get("/root")
def root():
    return request.script_root

@app.get("/long")
def long():
    return "x" * 8_000_000

@app.post("/machines/<name>/hold")
@machines
def hold(name):
    held.release()
    go_on.wait()
    return name

@app.get("/machines/<name>/process")
@machines
def process(name):
    return str(os.getpid())

@app.post("/machines/<name>/take")
@machines
def take_of_machine(name):
    request.get_data()
    return str(os.getpid())

@app.get("/beside")
@Apart(threads=1, waiting=1, busy=app.response_class("busy", 503))
def beside():
    return "beside"

@app.get("/process")
def of_pages():
    return str(os.getpid())

@app.get("/held")
def how_many():
    held.acquire()
    return "one more"

@app.post("/go-on")
def let_go():
    go_on.set()
    return ""

collecting_worker.MOST_HELD = 4 * 1024 * 1024
web._Worker.rest_seconds = float(sys.argv[3])
web._Worker.request_seconds = web._Worker.answer_seconds = float(sys.argv[2])
web.run(app, f"127.0.0.1:{sys.argv[1]}", workers=1, threads=2)
"""
EVER = 30  # seconds: longer than any of this takes on a busy machine


@dataclass
class Server:
    port: int
    process: subprocess.Popen[bytes]

    def get(self, path: str = "/root") -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=EVER) as answer:
            return int(answer.status)

    def read(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=EVER) as answer:
            return str(answer.read().decode())

    def say(self, text: str | bytes, *, receive: int = 0) -> socket.socket:
        """A connection over which this was sent; *receive*: bytes that its client has room for."""
        connection = socket.socket()
        if receive:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        connection.settimeout(EVER)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(text.encode() if isinstance(text, str) else text)
        return connection


def serving(seconds: float, rest: float = 0) -> Iterator[Server]:
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", SERVER, str(port), str(seconds), str(rest)]) as process:
        server, until = Server(port, process), time.monotonic() + EVER
        while True:
            try:
                server.get()
                break
            except OSError:
                assert time.monotonic() < until and process.poll() is None
                time.sleep(0.05)
        yield server
        process.terminate()


def read_all(connection: socket.socket) -> bytes:
    parts = []
    with closing(connection):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)
