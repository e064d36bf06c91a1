"""“Can I follow my report online?”, for everybody, and for call handlers at the desk."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, session, url_for

from core.base import SOURCE_LANGUAGE, clock
from core.notices import portal_link
from core.plugin_host import the_force
from core.storage import db
from core.web import allow, anyone, officer
from plugins.eligibility import counting, kinds, questions
from plugins.eligibility.forms import QuestionForm
from plugins.eligibility.questions import IN_PERSON, Answer, Question

bp = Blueprint("eligibility", __name__)


@bp.get("/can-i-track")
@allow(anyone)
def can_i_track() -> Any:
    """For everybody: the form, or the answer to the question of the address."""
    form = QuestionForm(request.args)
    if not form.was_asked or not form.validate():
        return _page("public.html", form), 400 if form.errors else 200
    found = questions.answer(the_force(), form.question, clock.today())
    if found.in_person and form.kind.data != IN_PERSON:
        return redirect(_address_of(found, form), 303)
    return _page("public.html", form, found)


@bp.post("/can-i-track")
@allow(anyone)
def ask() -> Any:
    """The form. Asking leaves nothing behind but a count, and that only for a "no"."""
    form = QuestionForm()
    if not form.validate():
        return _page("public.html", form), 400
    question = form.question
    found = questions.answer(the_force(), question, clock.today())
    if _is_counted(question, found) and counting.first_time(session, _mark(question)):
        counting.count(question.district, question.kind, counting.PUBLIC)
        db.session.commit()
    return redirect(_address_of(found, form), 303)


def _address_of(found: Answer, form: QuestionForm) -> str:
    """Where an answer is read: an address that stays in the browser's history, so that it names no
    crime that needs care.
    """
    asked: dict[str, Any] = form.address()
    if found.in_person:
        asked = {"kind": IN_PERSON, "district": form.district.data}
    return url_for("eligibility.can_i_track", lang=request.args.get("lang"), **asked)


@bp.get("/desk/can-they-track")
@allow(officer)
def for_callers() -> Any:
    """For call handlers: the same answer, with the words to say."""
    form = QuestionForm(request.args)
    if not form.was_asked or not form.validate():
        return _page("callers.html", form), 400 if form.errors else 200
    question, call = form.question, form.call.data
    found = questions.answer(the_force(), question, clock.today())
    if call and _is_counted(question, found) and counting.first_time(session, call):
        counting.count(question.district, question.kind, counting.CALL_HANDLER)
        db.session.commit()
    return _page("callers.html", form, found)


def _is_counted(question: Question, found: Answer) -> bool:
    """A "no" to a kind of crime in a district of this force. A flag is about one case: no demand."""
    force = the_force()
    return bool(
        not found.eligibility.offered and not question.flagged
        and force.crime_type(question.kind) and force.district(question.district)
    )


def _mark(question: Question) -> str:
    return f"{question.district}/{question.kind}"


def _page(template: str, form: QuestionForm, answer: Answer | None = None) -> str:
    force, today = the_force(), clock.today()
    return render_template(
        f"eligibility/{template}", answer=answer, form=form,
        groups=kinds.crime_types(force), districts=kinds.districts(force, today),
        other=kinds.OTHER, today=today, asked=urlencode(form.address()),
        call=form.call.data or secrets.token_hex(8),
        address=portal_link(force, SOURCE_LANGUAGE).partition("://")[2].rstrip("/"),
    )
