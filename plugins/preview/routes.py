"""The pages of the preview itself: the index, the emails, error pages, letters that were sent."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Blueprint, Response, abort, current_app, render_template, request
from sqlalchemy.exc import OperationalError

from core import audit
from core.base import language, offered_languages
from core.plugin_host import the_force
from core.storage import db
from core.web import allow, anyone, way_in
from plugins.preview import letters, visitor
from plugins.preview.audit_actions import PreviewAction
from plugins.preview.contents import contents, nothing_sent, to_sign_in_with
from plugins.preview.portal import SHOWN, Shown
from plugins.preview.visitor import Visitor

bp = Blueprint("preview", __name__, url_prefix="/preview")
EMAIL_CSP = (  # the letter brings its own look, as in a mailbox; nothing is fetched from anywhere
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
FRAME_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
MISTAKES = {"sign-in": visitor.sign_in_errors, "code": visitor.code, "code-wrong": visitor.code_wrong}


def _shown() -> Shown:
    return SHOWN.get() or abort(404)


@bp.get("/")
@allow(anyone)
def index() -> str:
    shown = _shown()
    return render_template(
        "preview/index.html", shown=shown, sections=contents(shown),
        details=to_sign_in_with(shown), sign_in_at=way_in("person"),
        plugins=sorted({*the_force().plugins} - {"preview"}),
    )


# --- emails -----------------------------------------------------------------------------------


@bp.get("/email/<string(maxlength=40):name>")
@allow(anyone)
def email(name: str) -> Response:
    found = letters.EMAILS.get(name) or abort(404)
    answer = Response(render_template(
        "preview/email.html", email=found, letter=_letter(name), manners=letters.MANNERS,
        others=[one for one in letters.EMAILS.values() if one.language == found.language],
        siblings=_in_other_languages(found),
    ))
    answer.headers["Content-Security-Policy"] = FRAME_CSP
    return answer


@bp.get("/email/<string(maxlength=40):name>/html")
@allow(anyone)
def email_html(name: str) -> Response:
    """The HTML part alone, as a mailbox shows it."""
    answer = Response(_letter(name).html)
    answer.headers["Content-Security-Policy"] = EMAIL_CSP
    return answer


def _letter(name: str) -> Any:
    found = letters.EMAILS.get(name) or abort(404)
    try:
        letter = letters.letter_of(found, _shown().samples)
    except LookupError:
        abort(404)
    audit.write(PreviewAction.EMAIL_SHOWN, kind=found.kind)
    db.session.commit()
    return letter


def _in_other_languages(email: letters.Email) -> list[letters.Email]:
    names = (f"{email.manner}-{email.kind}-{code}" for code in offered_languages() if code != email.language)
    return [letters.EMAILS[name] for name in names if name in letters.EMAILS]


@bp.get("/sent")
@allow(anyone)
def sent() -> str:
    """What the portal sent while it was tried out; a sign-in code, say."""
    return render_template("preview/sent.html", letters=list(_shown().letters))


# --- pages that only a mistake or a failure leads to ----------------------------------------------


@bp.get("/error/<int:code>")
@allow(anyone)
def error(code: int) -> NoReturn:
    """Fails in the way that leads to this page."""
    _shown()
    if code == 500:
        raise RuntimeError("shown by the preview")
    if code == 503:
        raise OperationalError("shown by the preview", {}, Exception())
    abort(code if code in (400, 413, 429) else 404)


@bp.get("/signed-out")
@allow(anyone)
def signed_out() -> Response:
    """Somebody wrote a message, and was signed out before it was sent."""
    address = nothing_sent(_shown()) or abort(404)
    path = address.removeprefix(request.script_root)
    words = "I found the receipt of the bicycle. Shall I bring it to the station?"
    return _same(_visitor().send(path, None, text=words))


@bp.get("/mistake/<string(maxlength=20):name>")
@allow(anyone)
def mistake(name: str) -> Response:
    """A sign-in page after a form was sent."""
    _shown()
    if way_in("person") is None:
        abort(404)
    return _same((MISTAKES.get(name) or abort(404))(_visitor()))


def _visitor() -> Visitor:
    return Visitor.of(current_app._get_current_object(),  # type: ignore[attr-defined]
                      the_force().id, language())


def _same(answer: Any) -> Response:
    return Response(answer.data, answer.status_code, mimetype=answer.mimetype)
