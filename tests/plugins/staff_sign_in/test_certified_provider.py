"""Tried against a provider that others wrote and the OpenID Foundation certified: npm's oidc-provider."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest

from core.base import clock
from core.plugin_host.host import host
from plugins.staff_sign_in import provider
from tests.plugins.staff_sign_in.door import Door
from tests.security import answers
from tests.security.checklist import requirement
from tools.certified_provider import FOLDER, LOCKED

AT = "http://portal.test/midshire/staff/sign-in"


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given: Any) -> None:
        """Each step is looked at."""


@dataclass
class Elsewhere:
    """A browser at the provider: keeps cookies, and follows it until it leads to the portal."""

    jar: CookieJar = field(default_factory=lambda: CookieJar(DefaultCookiePolicy(strict_ns_domain=0)))

    def __post_init__(self) -> None:
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), Stay())

    def follow(self, url: str, data: dict[str, str] | None = None) -> tuple[str, str]:
        """Where it ends, and what stands there."""
        sent = urlencode(data).encode() if data else None
        for _ in range(10):
            if url.startswith("http://portal.test"):
                break
            try:
                with self.opener.open(url, sent, timeout=10) as answer:
                    return url, answer.read().decode()
            except HTTPError as led:
                if not 300 <= led.code < 400:
                    raise
                url, sent = urljoin(url, led.headers["Location"]), None
        return url, ""


@dataclass
class LogoutTokens:
    """Where the provider sends them, in place of the portal's own address."""

    url: str = ""
    received: list[str] = field(default_factory=list)
    came: Event = field(default_factory=Event)


@pytest.fixture
def logout_tokens() -> Iterator[LogoutTokens]:
    kept = LogoutTokens()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            kept.received += parse_qs(body)["logout_token"]
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            kept.came.set()

        def log_message(self, *said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield kept
    server.shutdown()
    server.server_close()


@pytest.fixture
def issuer(logout_tokens: LogoutTokens) -> Iterator[str]:
    process = subprocess.Popen(
        [LOCKED, "provider.mjs", f"{AT}/callback", AT, logout_tokens.url], cwd=FOLDER,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True)
    try:
        assert process.stdout
        yield process.stdout.readline().strip()
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # its launcher, and Node.js itself
        process.wait()
        assert process.stdout
        process.stdout.close()


@requirement("B1", "B2", "B3", "B6")
def test_staff_come_in_and_go_out_by_a_certified_provider(
    door: Door, issuer: str, logout_tokens: LogoutTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert issuer.startswith("http://127.0.0.1:")
    own: Any = host(door.app).get("midshire").settings["staff_sign_in"]
    settings = own.model_copy(update={"issuer": issuer})
    monkeypatch.setattr(provider, "plugin_settings", lambda name: settings)
    monkeypatch.setattr(answers, "own_hosts", lambda app: frozenset({urlsplit(issuer).netloc}))
    with clock.travel(its_time(issuer)):
        in_and_out(door, issuer, logout_tokens)


def its_time(issuer: str) -> datetime:
    """The provider has no clock that a test could set."""
    with Elsewhere().opener.open(f"{issuer}/.well-known/openid-configuration", timeout=10) as answer:
        return parsedate_to_datetime(answer.headers["Date"])


def in_and_out(door: Door, issuer: str, logout_tokens: LogoutTokens) -> None:
    browser, elsewhere = door.browser(), Elsewhere()
    back, _ = elsewhere.follow(door.sent(browser))
    assert back.startswith(f"{AT}/callback?")
    came = door.back(browser, back)
    assert came.headers.get("Location") == "/midshire/desk/", door.audited("staff_sign_in_refused")
    assert browser.get("/desk/reviews").status_code == 200
    assert door.look(lambda: door.staff()["O1"].name) == "Kim Supervisor"
    assert door.back(browser, back).status_code == 403, "its code and our state are of one time"

    page = browser.get("/staff/sign-in/signed-out")
    there, html = elsewhere.follow(page.headers["Refresh"].partition("url=")[2])
    xsrf = re.search(r'name="xsrf" value="(\w+)"', html)
    assert there.startswith(f"{issuer}/session/end") and xsrf
    ended, _ = elsewhere.follow(f"{issuer}/session/end/confirm", {"xsrf": xsrf[1], "logout": "yes"})
    assert ended == AT, "after its own sign-out the provider leads back to our start page"
    assert logout_tokens.came.wait(10)
    told = browser.client.post("/midshire/staff/sign-in/back-channel-logout",
                               data={"logout_token": logout_tokens.received[0]})
    assert told.status_code == 200
    assert browser.get("/desk/").status_code == 303 and door.sessions() == 0
