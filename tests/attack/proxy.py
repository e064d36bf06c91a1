"""Stands between a tool and the portal: signs its requests in, and counts what reached which route.

A tool that forgets its cookie or sends a stale form token would be refused at the door and find nothing.
So the proxy puts the visitor's cookie and a good token into every request. What would end the visit goes
through without the cookie: the tool sees the answer, and stays signed in.
"""

from __future__ import annotations

import http.client
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "te", "upgrade"}
# method and path; "end-others" ends the visit with which pages are read beside the tool
ENDS_A_VISIT = re.compile(
    r"[A-Z]+ .*/leave|POST .*/(sign-out|sign-in-again|lock|visits/end-others)|POST .*/demo/officers/.*")
FORM_FIELD = "csrf_token"
# The heading of the page of the portal that takes a request for none of its own: a token, a rule. Every page
# of somebody who is signed in has one more, covered and with a tabindex, for when their visit ends.
REFUSED = re.compile(rb"<h1(?![^>]* tabindex=)[^>]*>\s*(We could not do that|You have been signed out)")
TO_SIGN_IN = re.compile(r"/sign-in/?(\?|$)")


@dataclass
class Visit:
    """Who a tool is to the portal: the cookie, and a token for forms. Both may be missing."""

    cookie: str | None = None
    token: str | None = None
    signed_in: bool = False


@dataclass
class Counted:
    """``seen`` counts (route, kind of answer); ``routes`` are patterns of paths with their rule;
    ``tried`` has the values that each parameter of a route came with, as hashes; ``before`` is told of
    each request (method and path) before it goes on."""

    port: int
    visit: Visit
    routes: list[tuple[re.Pattern[str], str]]
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    tried: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    before: Callable[[str], None] = lambda asked: None
    lock: Any = field(default_factory=threading.Lock)
    base: str = ""

    @property
    def requests(self) -> int:
        return sum(self.seen.values())

    def rule(self, path: str) -> str:
        return next((rule for pattern, rule in self.routes if pattern.fullmatch(path)), "(no such page)")

    def count(self, method: str, address: str, body: bytes, status: int, kind: str) -> None:
        parts = urlsplit(address)
        route = f"{method} {self.rule(parts.path)}"
        given = [*parse_qsl(parts.query, keep_blank_values=True), *fields_of(body)]
        with self.lock:
            self.seen[route, kind] += 1
            if kind != "429":
                for name, value in given:
                    self.tried[route, name].add(hash(value))
            if status >= 500:
                self.failed[f"{method} {parts.path}: {status}"] += 1

    def kind(self, status: int, content: bytes, to: str) -> str:
        """"2xx", "3xx", "4xx" (the form again, or no such page), "5xx"; "429"; or "refused" where the
        request did not come to its view."""
        sent_to_sign_in = self.visit.signed_in and 300 <= status < 400 and TO_SIGN_IN.search(to)
        if sent_to_sign_in or (status in (400, 401, 403) and REFUSED.search(content)):
            return "refused"
        return "429" if status == 429 else f"{status // 100}xx"


@contextmanager
def counting(
    port: int, visit: Visit, routes: list[tuple[re.Pattern[str], str]],
    before: Callable[[str], None] = lambda asked: None,
) -> Iterator[Counted]:
    """A proxy to the portal on *port*, on a port of its own, while the block lasts."""
    counted = Counted(port, visit, routes, before=before)
    server = _Server(("127.0.0.1", 0), _handler(counted))
    counted.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield counted
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A tool that hangs up in the middle is no news."""


class _Handler(BaseHTTPRequestHandler):
    counted: ClassVar[Counted]
    protocol_version = "HTTP/1.1"
    timeout = 20

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._pass_on
        raise AttributeError(name)

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        self.counted.before(f"{self.command} {path}")
        headers, body = self._dressed(f"{self.command} {path}", body)
        asked = http.client.HTTPConnection("127.0.0.1", self.counted.port, timeout=20)
        try:
            asked.request(self.command, self.path, body=body or None, headers=headers)
            answer = asked.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.counted.count(self.command, self.path, body, 599, "5xx")
            self.send_error(502)
            return
        finally:
            asked.close()
        kind = self.counted.kind(answer.status, content, answer.getheader("Location", ""))
        self.counted.count(self.command, self.path, body, answer.status, kind)
        self._answer(answer, content)

    def _dressed(self, asked: str, body: bytes) -> tuple[dict[str, str], bytes]:
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
        if self.counted.visit.cookie and not ENDS_A_VISIT.fullmatch(asked):
            headers = {k: v for k, v in headers.items() if k.lower() != "cookie"}
            headers["Cookie"] = self.counted.visit.cookie
        if self.counted.visit.token and "urlencoded" in self.headers.get("Content-Type", ""):
            body = with_token(body, self.counted.visit.token)
        return headers, body

    def _answer(self, answer: http.client.HTTPResponse, content: bytes) -> None:
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"set-cookie", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _handler(counted: Counted) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"counted": counted})


def fields_of(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form; none of a body that is no form."""
    try:
        return parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    except ValueError:
        return []


def with_token(body: bytes, token: str) -> bytes:
    """A form whose token is good."""
    kept = [(name, value) for name, value in fields_of(body) if name != FORM_FIELD]
    return urlencode([*kept, (FORM_FIELD, token)], encoding="latin-1").encode()
