"""A provider of the tests: real HTTP on this machine, right by itself and wrong in every way on demand."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from markupsafe import escape

from core.base import clock

CLIENT, SECRET = "portal", "the client's secret"
Claims = dict[str, Any]
Make = Callable[["Simulator", Claims], str]
_keys: dict[tuple[str, str], RSAKey] = {}


def key_called(kid: str, owner: str = "") -> RSAKey:
    """Made once for the whole run: that takes a while."""
    if (kid, owner) not in _keys:
        _keys[kid, owner] = RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})
    return _keys[kid, owner]


@dataclass
class Simulator:
    """``told``: what changes in its discovery document. ``status``: of every answer. ``before``: called
    before an answer is given. ``asked``: how often each path was. ``says``: of
    whoever signs in with a real browser."""

    issuer: str = ""
    kid: str = "first"
    published: list[dict[str, Any]] | None = None
    told: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    before: Callable[[str], None] = lambda path: None
    asked: Counter[str] = field(default_factory=Counter)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    says: Claims = field(default_factory=dict)

    @property
    def key(self) -> RSAKey:
        """The one it signs with now; another's of the same name is another key."""
        return key_called(self.kid, self.issuer)

    # --- what a browser does there ----------------------------------------------------------

    def allow(self, sent: str, make: Make | None = None, **claims: Any) -> str:
        """Somebody who was *sent* here signs in; the address to come back to, with the query.

        *claims* change those of an ID token that is right; *make* is how it is made, by default signed.
        """
        asked = dict(parse_qsl(urlsplit(sent).query))
        assert sent.startswith(f"{self.issuer}/authorize?")
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert asked["client_id"] == CLIENT
        assert all(len(asked[name]) >= 43 for name in ("state", "nonce", "code_challenge"))
        code = secrets.token_urlsafe(16)
        told = {**self.claims(asked["nonce"]), **claims}
        token = (make or signed)(self, {name: value for name, value in told.items() if value is not None})
        self.codes[code] = {"id_token": token, "challenge": asked["code_challenge"],
                            "redirect_uri": asked["redirect_uri"]}
        return asked["redirect_uri"] + "?" + urlencode(
            {"code": code, "state": asked["state"], "iss": self.issuer})

    def page(self, path: str) -> bytes:
        """Where a browser that was sent to *path* asks who it is."""
        back = escape(self.allow(self.issuer + path, **self.says))
        return (f'<!doctype html><html lang="en"><title>Midshire</title><h1>Midshire</h1>'
                f'<a href="{back}">Yes, it is me</a>').encode()

    def claims(self, nonce: str) -> Claims:
        now = int(clock.now().timestamp())
        return {"iss": self.issuer, "sub": "subject-1", "aud": CLIENT, "iat": now, "exp": now + 300,
                "auth_time": now, "nonce": nonce, "amr": ["pwd", "mfa"], "employeeid": "O1",
                "roles": ["Portal.Officer"], "name": "Sam Officer", "email": "sam@example.org"}

    # --- what the portal asks ---------------------------------------------------------------

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        self.asked[path] += 1
        self.before(path)
        if self.status != 200:
            return self.status, {}
        if path.endswith("/.well-known/openid-configuration"):
            return 200, {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/jwks",
                "end_session_endpoint": f"{self.issuer}/logout",
                "authorization_response_iss_parameter_supported": True, **self.told}
        if path.endswith("/jwks"):
            keys = [self.key.as_dict(private=False)] if self.published is None else self.published
            return 200, {"keys": keys}
        return self._token(form, authorization)

    def _token(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        given = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        code = self.codes.pop(form.get("code", ""), None)  # RFC 6749, 4.1.2: once
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if authorization != f"Basic {given}":
            return 401, {"error": "invalid_client"}
        if code is None or code["redirect_uri"] != form.get("redirect_uri") or (
                base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() != code["challenge"]):
            return 400, {"error": "invalid_grant", "error_description": "canary-of-the-provider"}
        return 200, {"access_token": "of no use", "token_type": "Bearer", "id_token": code["id_token"]}


def signed(of: Simulator, claims: Claims, **header: Any) -> str:
    """As a provider signs: with its present key."""
    return signed_with(of.key, {"alg": "RS256", "kid": of.kid, **header}, claims)


def signed_with(key: Any, header: dict[str, Any], claims: Claims) -> str:
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def by_hand(header: dict[str, Any], claims: Claims, sign: Callable[[bytes], bytes]) -> str:
    """As no library would: whatever the header says."""
    said = unsigned(header, claims).rstrip(".")
    return said + "." + base64.urlsafe_b64encode(sign(said.encode())).rstrip(b"=").decode()


def unsigned(header: dict[str, Any], claims: Claims) -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), b""]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@contextmanager
def simulator(context: Any = None) -> Iterator[Simulator]:
    """A provider that answers until the end of the block; *context*: over TLS."""
    of = Simulator()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            path = self.path.partition("?")[0]
            if path == "/authorize":
                status, told = 200, of.page(self.path)
            else:
                status, told = of.answer(path, form, self.headers.get("Authorization", ""))
            body = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{of.issuer}/elsewhere")
            if path == "/authorize":
                self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "https" if context is not None else "http"
    of.issuer = f"{scheme}://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield of
    finally:
        server.shutdown()
        server.server_close()
