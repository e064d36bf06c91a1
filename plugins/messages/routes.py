"""The person's page of messages: read, write, see what was read."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from core import audit
from core.base import clock
from core.cases import timeline
from core.intake import conversation
from core.storage import db
from core.web import allow, drafts, person_of_case

bp = Blueprint("messages", __name__)


@bp.get("/case/<uuid:case_id>/messages")
@allow(person_of_case)
def thread(case_id: UUID) -> str:
    return _page(case_id)


@bp.post("/case/<uuid:case_id>/messages")
@allow(person_of_case)
def send(case_id: UUID) -> Any:
    written, form_key = request.form.get("text", ""), request.form.get("form_key", "")
    drafts.keep(case_id, {"text": written})
    if "keep" in request.form:  # nothing is sent: what is begun stays in its box
        lang = request.args.get("lang")
        return redirect(url_for("messages.thread", case_id=case_id, lang=lang), 303)
    if g.case_row.staff_id is None:
        error = _("No officer has your case yet, so this could not be sent.")
        return _page(case_id, error=error), 409
    try:
        conversation.post_message(
            case_id=case_id, person_id=current_user.person_id, staff_id=g.case_row.staff_id,
            from_person=True, text=written, form_key=form_key or secrets.token_urlsafe(16),
        )
    except ValueError as problem:
        return _page(case_id, form_key=form_key, error=_explained(problem)), 400
    db.session.commit()
    drafts.keep(case_id, {})
    return redirect(url_for("messages.thread", case_id=case_id, _anchor="latest"), 303)


def _explained(problem: ValueError) -> str:
    if isinstance(problem, conversation.EmptyMessage):
        return str(_("Write your message"))
    if isinstance(problem, conversation.MessageTooLong):
        return str(_("Your message must be %(count)s characters or fewer",
                     count=conversation.MAX_MESSAGE))
    return str(_("Your message has a sign that we cannot read. "
                 "Take it out and send the message again."))


def _page(case_id: UUID, *, form_key: str = "", error: str | None = None) -> str:
    opened_at = clock.now()
    # Marked before they are read: what comes in between is not marked unseen.
    conversation.mark_read(case_id, current_user.person_id, by_person=True)
    messages = conversation.thread(case_id, current_user.person_id)
    officer = timeline.officer_of(g.case_row, clock.today())
    audit.write("messages_seen", case_id=case_id, viewer="person")
    db.session.commit()
    return render_template(
        "messages/thread.html", case=g.case_row, messages=messages, officer=officer, error=error,
        written=drafts.kept(case_id).get("text", ""), form_key=form_key or secrets.token_urlsafe(16),
        longest=conversation.MAX_MESSAGE, is_new=lambda message: _is_new(message, opened_at),
    )


def _is_new(message: conversation.ThreadMessage, opened_at: datetime) -> bool:
    """Whether this page is the first to show what the officer wrote."""
    return not message.from_person and message.read_at is not None and message.read_at >= opened_at
