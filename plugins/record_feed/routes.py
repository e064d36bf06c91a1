"""The signed door: one address for each sender, ``POST /feed/v1/<source>/events``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from core import audit
from core.base import LARGEST_BODY
from core.force import LARGEST_BATCH, Force
from core.intake import Result, take_in
from core.plugin_host import the_force
from core.storage import db
from core.web import Apart, allow, csrf
from plugins.record_feed import keyring, limits, strict_json
from plugins.record_feed.audit_actions import FeedAction
from plugins.record_feed.problems import NAMES, Refused, answer

ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
THREADS, WAITING = 16, 32  # of deliveries, in each process that is kept for them

bp = Blueprint("record_feed", __name__)


def signed_sender(source: str, **view_args: Any) -> None:
    """A sender whose key, of this source of this force, signed the bytes that came."""
    request.max_content_length = LARGEST_BODY
    body, force = request.get_data(), the_force()
    key = keyring.who_signed(force, source, request.headers, body)
    if key is None:
        keyring.note_refusal(force, source)
        db.session.commit()
        raise Refused(
            "not-signed", "Unknown source, or its signature is missing, wrong or too old."
        )
    g.record_feed_key, g.record_feed_force = key, force


def busy() -> Response:
    """What a web process answers by itself when all its threads of the feed are taken."""
    return answer("busy", "Other deliveries are being taken in.", wait=limits.BUSY_FOR)


@bp.post("/feed/v1/<source>/events")
@csrf.exempt
@allow(signed_sender)
@Apart(THREADS, WAITING, busy())
def post_events(source: str) -> Response:
    """Take in one event or a batch; the answer goes out after the commit."""
    force = g.record_feed_force
    _check_type()
    about = _about()
    _check_quota(force, source, about)
    limits.enter(force, source)
    events, batch = _events()
    if len(events) > about:
        _check_quota(force, source, len(events))
    limits.wait_turn(force, source, len(events))
    results = take_in(force, source, events)
    keyring.note_use(g.record_feed_key)
    db.session.commit()
    if not batch:
        _refuse_single(results[0])
    response = jsonify({"results": [_result_json(result) for result in results]})
    response.status_code = 202
    return response


# --- load, check ------------------------------------------------------------------------------


def _check_type() -> None:
    if "content-encoding" in request.headers:
        raise Refused("wrong-type", "Send the body as it is, without Content-Encoding.")
    charset = request.mimetype_params.get("charset", "utf-8").strip("'").lower()
    if request.mimetype not in (ONE, BATCH) or charset not in ("utf-8", "utf8"):
        raise Refused("wrong-type", f"Send {ONE} (one event) or {BATCH} (an array), in UTF-8.")


def _check_quota(force: Force, source: str, events: int) -> None:
    try:
        limits.check_quota(force, source, events, g.record_feed_key.spent_until)
    except Refused:
        keyring.note_refusal(force, source, FeedAction.LIMITED)
        db.session.commit()
        raise


def _about() -> int:
    """How many events the body seems to hold: one that is too many is refused before it is read."""
    return min(LARGEST_BATCH, max(1, request.get_data().count(b'"specversion"')))


def _events() -> tuple[list[Any], bool]:
    """(the events, whether they are a batch). An array is one, whatever the content type calls it,
    and so is what comes as one."""
    try:
        value = strict_json.parse(request.get_data())
    except strict_json.NotJson as problem:
        raise Refused("bad-request", problem.reason, problem.pointer) from None
    if isinstance(value, dict):
        return [value], request.mimetype == BATCH
    if not isinstance(value, list):
        raise Refused("not-an-event", f"One event is an object; an array goes as {BATCH}.", "")
    if not 1 <= len(value) <= LARGEST_BATCH:
        raise Refused("bad-request", f"A batch is a JSON array of 1 to {LARGEST_BATCH} events.", "")
    return value, True


# --- answer -----------------------------------------------------------------------------------


def _refuse_single(result: Result) -> None:
    """For one event, what a batch tells of an item is the answer itself."""
    if result.status == "conflict":
        raise Refused(
            "conflict",
            "An event with this source and id came before with other content. "
            "The first stays; this one is kept for review.",
            "/id",
        )
    if result.status == "rejected":
        raise Refused("not-an-event", result.detail or "", result.pointer)


def _result_json(result: Result) -> dict[str, Any]:
    told = {
        "id": result.id,
        "status": result.status,
        "detail": result.detail,
        "pointer": result.pointer,
    }
    return {key: value for key, value in told.items() if value is not None or key == "id"}


@bp.errorhandler(Refused)
def refused(error: Refused) -> Response:
    return answer(error.name, error.detail, error.pointer, wait=error.wait)


@bp.errorhandler(HTTPException)
def not_taken(error: HTTPException) -> Response | HTTPException:
    """What the framework refuses (a body that is too large, say), as a problem too."""
    if error.code == 413:
        return answer("too-large", f"A body has at most {LARGEST_BODY} bytes; send smaller batches.")
    name = NAMES.get(error.code or 500)
    return answer(name, error.description or "") if name else error


@bp.errorhandler(OperationalError)
@bp.errorhandler(InterfaceError)
@bp.errorhandler(InternalError)
@bp.errorhandler(PoolTimeout)
@bp.errorhandler(audit.NotAudited)
def away(error: Exception) -> Response:
    """The database is away or too busy: nothing is stored, the sender tries again."""
    try:
        db.session.rollback()
    except (OperationalError, InterfaceError, InternalError):
        db.session.remove()
    return answer("away", "Nothing of this delivery was stored. Send it again later.")
