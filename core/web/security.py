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
    current_app,
    g,
    has_request_context,
    render_template,
    request,
    session,
)
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix

from core.audit.trail import NotAudited
from core.base.bodies import LARGEST_BODY, Measured
from core.base.log import of, request_id
from core.base.scope import force_id_or_none
from core.base.settings import Settings
from core.plugin_host.host import the_force
from core.storage import opened
from core.storage.ciphers import new_key
from core.storage.keys.master_key import SECRET_KEY, KeyFile
from core.web import sessions, visitor_cookie
from core.web.access import (
    NotSignedIn,
    anyone,
    is_page_of_case,
    plugin_is_on,
    policy_of,
    to_sign_in,
)
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
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
FORM_LIMIT = 64 * 1024
WRITTEN = ("text", "next_step", "answer-")  # so begin the fields in which people write at length


def init_app(app: Flask, settings: Settings) -> None:
    secret = KeyFile(settings.secret_key_file, given=new_key())
    SECRET_KEY.set(secret, app)
    app.config.update(
        MAX_CONTENT_LENGTH=FORM_LIMIT,
        WTF_CSRF_TIME_LIMIT=None,
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
            WTF_CSRF_SECRET_KEY=[*reversed(others), first],
        )


def trust_proxies(app: Flask, settings: Settings) -> None:
    """The outermost layer: what the proxies in front say of the request, before all else reads it."""
    n = settings.proxies
    if n:
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
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def show_error(error: Exception) -> Any:
    """Every failure as a page with a reference number; what failed goes to the log."""
    if isinstance(error, HTTPException):
        if error.response is not None or (error.code or 500) < 400:
            return error
        if isinstance(error, CSRFError):
            return show_unsent()
        if isinstance(error, MethodNotAllowed) and request.endpoint is None:
            return show_other_method(error)
        if error.code == 413:
            return show_too_much()
        if error.code == 404 and request.method == "POST" and _written():
            return show_gone()
        return show_problem(error.code or 500, None)
    code = 503 if isinstance(error, (OperationalError, PoolTimeout, NotAudited)) else 500
    reference = request_id()
    log.error("request_failed", reference=reference, endpoint=request.endpoint, **of(error))
    return show_problem(code, reference)


def show_other_method(error: MethodNotAllowed) -> Any:
    """As the plugin of the page answers it, if it has a way of its own; "off" is "not found" here too."""
    address = current_app.create_url_adapter(request)
    methods = sorted(error.valid_methods or ())
    endpoint = str(address.match(method=methods[0])[0]) if address and methods else ""
    plugin = endpoint.rpartition(".")[0]
    if force_id_or_none() and not plugin_is_on(plugin):
        return show_problem(404, None)
    own: Any = current_app.error_handler_spec[plugin][None].get(HTTPException)
    answer: Response = own(error) if own else show_problem(405, None)
    answer.headers["Allow"] = ", ".join(methods)
    return answer


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


def show_problem(code: int, reference: str | None) -> Any:
    title, text = error_words(code)
    g.failed, g.shows_nothing = code >= 500, True
    body = render_template("error.html", title=title, text=text, reference=reference, code=code)
    answer = Response(body, code)
    if code == 503:
        answer.headers["Retry-After"] = "30"
    return answer


def show_unsent() -> Any:
    """A form that came too late, or without a cookie: what somebody wrote goes back to them."""
    title, text = error_words(400)
    if force_id_or_none() and not sessions.cookie_came():
        title, text = _("Your browser sent us no cookie"), _(
            "Signing in and other forms here need one small cookie, which says nothing about you. Allow "
            "cookies for this website, go back, reload the page, and try again. If you cannot, call "
            "%(number)s, or 999 in an emergency.",
            number=the_force().non_emergency,
        )
    back_to = None
    needs_nobody = policy_of(current_app.view_functions[str(request.endpoint)]).rule is anyone
    if not needs_nobody and not current_user.is_authenticated:
        title, text = _("You have been signed out"), _(
            "This happens when nothing is pressed for %(minutes)s minutes, to keep your report private.",
            minutes=the_force().visits.people_idle,
        )
        back_to = request.path if is_page_of_case(request.path) else None
    body = render_template(
        "error.html", title=title, text=text, code=400, written=_written(), back_to=back_to)
    return Response(body, 400)


def show_too_much() -> Any:
    """What a browser sent is more than a form takes; who wrote it gets it back, as far as it came."""
    title, text = error_words(413)
    request.max_content_length = request.max_form_memory_size = LARGEST_BODY
    try:
        written = _written()
    except HTTPException:
        written = ""
    body = render_template("error.html", title=title, text=text, code=413, written=written,
                           to_do=_("Copy it now. Then go back, and send it in parts."))
    return Response(body, 413)


def show_gone() -> Any:
    """A page that was there when somebody began to write: the case is another officer's since, say."""
    title, text = _("This page is no longer here for you"), _(
        "Nothing was sent. The case may have gone to another officer, or may not be shown online any more."
    )
    body = render_template("error.html", title=title, text=text, code=404, written=_written(),
                           to_do=_("Copy it now, if you still need it."))
    return Response(body, 404)


def _written() -> str:
    """What somebody wrote at length in the form of this request."""
    return "\n\n".join(
        text.strip() for name, text in request.form.items()
        if text.strip() and name.startswith(WRITTEN)
    )


def error_words(code: int) -> tuple[str, str]:
    """What an error page says: heading, and what to do."""
    if code == 404:
        return _("Page not found"), _(
            "If you typed the address, check it is right. If you followed a link, "
            "the page may have moved. You can start again from the home page."
        )
    number = the_force().non_emergency if force_id_or_none() else "101"
    if code == 503:
        return _("The service is not available for the moment"), _(
            "Nothing you had already sent is lost. Try again in a few minutes. If you need to speak to "
            "us now, call %(number)s. In an emergency call 999.", number=number,
        )
    if code == 429:
        return _("Too many tries"), _(
            "Wait a few minutes, then try again. If you cannot wait, call %(number)s. In an emergency "
            "call 999.", number=number,
        )
    if code == 413:
        return _("That is too much text"), _("Go back, shorten what you wrote, and send it again.")
    if code == 408:
        return _("Your connection was too slow"), _(
            "What you sent did not reach us whole, so we could not take it. Go back and send it again. "
            "If you need to speak to us now, call %(number)s. In an emergency call 999.", number=number,
        )
    if code < 500:
        return _("We could not do that"), _(
            "This page may have been open for a long time. Go back, reload the page, and try again."
        )
    return _("Sorry, something went wrong"), _(
        "This is our mistake, not yours. Try again in a few minutes. If you need to speak to us now, "
        "call %(number)s. In an emergency call 999.", number=number,
    )
