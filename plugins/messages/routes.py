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
from core.cases import people, safe_contact, timeline
from core.hookspecs import AgreedWay
from core.intake import conversation
from core.notices import safe_ways
from core.storage import db
from core.web import allow, drafts, person_of_case
from plugins.messages import calls
from plugins.messages.audit_actions import MessageAction
from plugins.messages.forms import CallForm, MessageForm, explained

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


@bp.get("/case/<uuid:case_id>/messages/call")
@allow(person_of_case)
def call(case_id: UUID) -> str:
    """Asks when it is safe to call, if it ever is."""
    return _call_page(_call_form())


@bp.post("/case/<uuid:case_id>/messages/call")
@allow(person_of_case)
def ask_for_call(case_id: UUID) -> Any:
    """The request is a message like any other: an answer is owed, and a call that reaches them is one."""
    form = _call_form()
    if not form.safe:
        return _call_page(form), 409
    if not form.validate():
        return _call_page(form), 400
    text = calls.request(form.chosen(), may_leave_message=form.leave.data == "yes", more=form.more.data)
    try:
        conversation.post_message(
            case_id=case_id, person_id=current_user.person_id, staff_id=g.case_row.staff_id,
            from_person=True, text=text, form_key=form.form_key.data)
    except ValueError as problem:
        form.refuse("more", explained(problem))
        return _call_page(form), 400
    db.session.commit()
    return redirect(url_for("messages.thread", case_id=case_id, _anchor="latest"), 303)


def _call_form() -> CallForm:
    form, person = CallForm(), people.person(current_user.person_id)
    if AgreedWay.CALL in safe_ways(person):
        form.safe = tuple(calls.safe_parts(safe_contact.of_person(person)))
    return form


def _call_page(form: CallForm) -> str:
    number = people.person(current_user.person_id).phone
    audit.write(MessageAction.CALL_FORM_SEEN, case_id=g.case_row.id, possible=bool(form.safe))
    db.session.commit()
    return render_template("messages/call.html", case=g.case_row, form=form, ends=(number or "")[-3:])


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
