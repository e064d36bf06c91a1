"""The person's page of messages: read, write, see what was read."""

from __future__ import annotations

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
from plugins.messages.audit_actions import MessageAction
from plugins.messages.forms import MessageForm, explained

bp = Blueprint("messages", __name__)


@bp.get("/case/<uuid:case_id>/messages")
@allow(person_of_case)
def thread(case_id: UUID) -> str:
    return _page(case_id, MessageForm())


@bp.post("/case/<uuid:case_id>/messages")
@allow(person_of_case)
def send(case_id: UUID) -> Any:
    form = MessageForm()
    drafts.keep(case_id, form.written())
    if form.only_keeps:
        lang = request.args.get("lang")
        return redirect(url_for("messages.thread", case_id=case_id, lang=lang), 303)
    if g.case_row.staff_id is None:
        form.refuse("text", _("No officer has your case yet, so this could not be sent."))
        return _page(case_id, form), 409
    try:
        conversation.post_message(
            case_id=case_id, person_id=current_user.person_id, staff_id=g.case_row.staff_id,
            from_person=True, text=form.text.data, form_key=form.form_key.data,
        )
    except ValueError as problem:
        form.refuse("text", explained(problem))
        return _page(case_id, form), 400
    db.session.commit()
    drafts.keep(case_id, {})
    return redirect(url_for("messages.thread", case_id=case_id, _anchor="latest"), 303)


@bp.post("/case/<uuid:case_id>/messages/ask")
@allow(person_of_case)
def ask(case_id: UUID) -> Any:
    """One press, where we are late: what is happening? It is a message like any other, and somebody owes an
    answer to it. Also where no officer has the case: then those above hear when the answer is due."""
    promised_by = g.case_row.owed_by
    if promised_by is not None:
        conversation.post_message(
            case_id=case_id, person_id=current_user.person_id, staff_id=g.case_row.staff_id, from_person=True,
            text=_("You said that I would hear from you by now. Please tell me what is happening."),
            form_key=f"ask-{promised_by.isoformat()}",
        )
        db.session.commit()
    return redirect(url_for("pages.case_page", case_id=case_id, _anchor="ask"), 303)


def _page(case_id: UUID, form: MessageForm) -> str:
    opened_at = clock.now()
    # Marked before they are read: what comes in between is not marked unseen.
    conversation.mark_read(case_id, current_user.person_id, by_person=True)
    messages = conversation.thread(case_id, current_user.person_id)
    officer = timeline.officer_of(g.case_row, clock.today())
    audit.write(MessageAction.SEEN, case_id=case_id, viewer="person")
    db.session.commit()
    return render_template(
        "messages/thread.html", case=g.case_row, messages=messages, officer=officer, form=form,
        written=drafts.kept(case_id).get("text", ""), is_new=lambda message: _is_new(message, opened_at),
    )


def _is_new(message: conversation.ThreadMessage, opened_at: datetime) -> bool:
    """Whether this page is the first to show what the officer wrote."""
    return not message.from_person and message.read_at is not None and message.read_at >= opened_at
