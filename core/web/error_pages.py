"""What people read when something cannot be done: which page, in which words, and what they wrote."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Response, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from core.audit.trail import NotAudited
from core.base.bodies import LARGEST_BODY
from core.base.log import of, request_id
from core.plugin_host.host import the_force
from core.web import sessions
from core.web.access import anyone, is_page_of_case, plugin_is_on, policy_of
from core.web.visitor import here

log = structlog.get_logger()
WRITTEN = ("text", "next_step", "answer-")  # so begin the fields in which people write at length


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
    at = here()
    if at and not plugin_is_on(at, plugin):
        return show_problem(404, None)
    own: Any = current_app.error_handler_spec[plugin][None].get(HTTPException)
    answer: Response = own(error) if own else show_problem(405, None)
    answer.headers["Allow"] = ", ".join(methods)
    return answer


def show_problem(code: int, reference: str | None) -> Any:
    at = here()
    title, text = error_words(code, at.force.non_emergency) if at else error_words(code)
    g.failed = code >= 500
    answer = _page(code, title, text, reference=reference)
    if code == 503:
        answer.headers["Retry-After"] = "30"
    return answer


def show_unsent() -> Any:
    """A form that came too late, or without a cookie: what somebody wrote goes back to them."""
    title, text = error_words(400)
    if here() and not sessions.cookie_came():
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
    return _page(400, title, text, written=_written(), back_to=back_to)


def show_too_much() -> Any:
    """What a browser sent is more than a form takes; who wrote it gets it back, as far as it came."""
    title, text = error_words(413)
    # Read after all, as far as any request may be: only so can it be given back.
    request.max_content_length = request.max_form_memory_size = LARGEST_BODY
    try:
        written = _written()
    except HTTPException:
        written = ""
    return _page(413, title, text, written=written,
                 to_do=_("Copy it now. Then go back, and send it in parts."))


def show_gone() -> Any:
    """A page that was there when somebody began to write: the case is another officer's since, say."""
    title, text = _("This page is no longer here for you"), _(
        "Nothing was sent. The case may have gone to another officer, or may not be shown online any more."
    )
    return _page(404, title, text, written=_written(), to_do=_("Copy it now, if you still need it."))


def _page(code: int, title: str, text: str, **more: Any) -> Response:
    """An error page. Of what is kept here it shows nothing, so that no row of the audit is asked for; what
    somebody has just written goes back to them."""
    g.shows_nothing = True
    return Response(render_template("error.html", title=title, text=text, code=code, **more), code)


def _written() -> str:
    """What somebody wrote at length in the form of this request.

    By the names of its fields, not by a class of core.web.forms: it may be any form, of a page that is gone.
    """
    return "\n\n".join(
        text.strip() for name, text in request.form.items()
        if text.strip() and name.startswith(WRITTEN)
    )


def error_words(code: int, number: str = "101") -> tuple[str, str]:
    """What an error page says: heading, and what to do. *number*: whom to call when it is no emergency."""
    if code == 404:
        return _("Page not found"), _(
            "If you typed the address, check it is right. If you followed a link, "
            "the page may have moved. You can start again from the home page."
        )
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
