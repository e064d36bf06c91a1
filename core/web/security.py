"""Headers on every answer, limits on every request, and errors that leak nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import (
    Flask,
    Response,
    g,
    has_request_context,
    request,
    session,
)
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix

from core.base.bodies import Measured
from core.base.log import request_id
from core.base.settings import Settings
from core.storage import opened
from core.storage.ciphers import new_key
from core.storage.keys.master_key import SECRET_KEY, KeyFile
from core.web import sessions, visitor_cookie
from core.web.access import (
    NotSignedIn,
    to_sign_in,
)
from core.web.error_pages import show_error, show_problem
from core.web.forwarded import ClientAddress

log = structlog.get_logger()
# Every form carries a token of its session; a view that machines ask is exempt by `csrf.exempt`.
csrf = CSRFProtect()

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # An address holds the id of a case: no other site learns whence somebody came.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
FORM_LIMIT = 64 * 1024


def init_app(app: Flask, settings: Settings) -> None:
    secret = KeyFile(settings.secret_key_file, given=new_key())
    SECRET_KEY.set(secret, app)
    app.config.update(
        MAX_CONTENT_LENGTH=FORM_LIMIT,
        # A token lasts as long as its visit: who writes for an hour must not lose what they wrote.
        WTF_CSRF_TIME_LIMIT=None,
        # It would ask for a Referer, which our own Referrer-Policy keeps back; see _refuse_foreign_forms.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.wsgi_app = Measured(app.wsgi_app)  # type: ignore[method-assign]
    use_secret_keys(app)
    app.before_request(partial(use_secret_keys, app))
    app.before_request(_refuse_foreign_forms)
    csrf.init_app(app)
    app.context_processor(lambda: {"csrf_token": form_token})
    app.after_request(add_headers)
    app.after_request(withhold)
    app.register_error_handler(Exception, show_error)


def use_secret_keys(app: Flask) -> None:
    """Sign with the present key of TMC_SECRET_KEY_FILE; what its other keys signed is taken too."""
    first, *others = (base64.b64encode(key).decode() for key in SECRET_KEY.get(app).in_use())
    if app.config.get("SECRET_KEY") != first or app.config["SECRET_KEY_FALLBACKS"] != others:
        app.config.update(
            SECRET_KEY=first, SECRET_KEY_FALLBACKS=others,
            # itsdangerous signs with the last of them, and takes all.
            WTF_CSRF_SECRET_KEY=[*reversed(others), first],
        )


def trust_proxies(app: Flask, settings: Settings) -> None:
    """The outermost layer: what the proxies in front say of the request, before all else reads it."""
    n = settings.proxies
    if n:
        # x_for=0: addresses are counted by ClientAddress, which knows one visitor by one name.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=0, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.wsgi_app = ClientAddress(app.wsgi_app, n)  # type: ignore[method-assign]


def form_token() -> str:
    """What a form carries so that it is known as ours; a reader's browser keeps the seed of it."""
    visitor_cookie.give_seed(session)
    token: str = generate_csrf()
    return token


def _refuse_foreign_forms() -> Any:
    """A browser says where a form came from; only this site's own are taken."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    origin = request.headers.get("Origin", "null")  # "null" is what our own pages' forms send
    if origin != "null" and _host_in(origin) != request.host:
        return show_problem(400, "other-site")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return show_problem(400, "other-site")
    return None


def _host_in(origin: str) -> str | None:
    """The host and port of *origin*; None if it is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def add_headers(response: Response) -> Response:
    there = {name.lower() for name, _ in response.headers}
    for name, value in HEADERS.items():
        if name.lower() not in there:
            response.headers.add(name, value)
    if response.location and response.location.startswith(request.host_url):
        # the router writes the host into its redirects; which host was asked is the caller's word
        response.location = "/" + response.location[len(request.host_url):].lstrip("/")
    if request.endpoint != "static" or response.status_code >= 400:
        # On a computer that is shared, the Back button must not show what somebody read.
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def withhold(response: Response) -> Any:
    """The answer to a request that opened what is sealed and left no row in the audit stays here.

    So does every answer of a visit that was ended meanwhile. Redirects and error pages show nothing.
    An answer that is made while it goes out is looked at part by part, and breaks off.
    """
    shows = not g.get("shows_nothing") and not 300 <= response.status_code < 400
    if shows and response.is_streamed and not response.direct_passthrough:
        response.response = _part_by_part(response.response, request.endpoint, request_id())
    if not shows:
        return response
    if not opened.is_missing():
        return sign_in_again() if sessions.ended_meanwhile() else response
    reference = request_id()
    log.error("shown_without_audit", endpoint=request.endpoint, reference=reference)
    return show_problem(503, reference)


class ShownWithoutAudit(RuntimeError):
    """A part of an answer does not go out: nothing in the audit says that it was shown."""


def _part_by_part(parts: Iterable[Any], endpoint: str | None, reference: str | None) -> Iterator[Any]:
    for part in parts:
        if has_request_context() and opened.is_missing():
            log.error("shown_without_audit", endpoint=endpoint, reference=reference)
            raise ShownWithoutAudit(endpoint)
        yield part


def sign_in_again() -> Any:
    who = "person" if current_user.person_id else "officer"
    return to_sign_in(NotSignedIn(who))
