"""“Can I track my crime?”, for everybody, and for call handlers at the desk."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, session, url_for

from core import allow, anyone, clock, db, officer, portal_link, the_force
from plugins.eligibility import counting, kinds, questions
from plugins.eligibility.questions import IN_PERSON, Answer, Question

LONGEST_CALL = 32
FIELDS = ("kind", "district", "reported-day", "reported-month", "reported-year", "flagged", "call")
bp = Blueprint("eligibility", __name__, template_folder="templates")


@bp.get("/can-i-track")
@allow(anyone)
def can_i_track() -> Any:
    """For everybody. Asking leaves nothing behind but a count, and that only for a "no"."""
    question, errors = _asked()
    if question is None:
        counting.begin(session)
        return _page("public.html", errors=errors), 400 if errors else 200
    found = questions.answer(the_force(), question, clock.today())
    if _is_counted(question, found) and counting.first_time(session, _mark(question)):
        counting.count(question.district, question.kind, counting.PUBLIC)
        db.session.commit()
    if found.in_person and question.kind != IN_PERSON:
        # The address that stays in the browser's history does not say what happened.
        return redirect(url_for(
            "eligibility.can_i_track", kind=IN_PERSON, district=question.district,
            lang=request.args.get("lang"),
        ), 303)
    return _page("public.html", answer=found)


@bp.get("/desk/can-they-track")
@allow(officer)
def for_callers() -> Any:
    """For call handlers: the same answer, with the words to say."""
    question, errors = _asked()
    counting.begin(session)
    if question is None:
        return _page("callers.html", errors=errors), 400 if errors else 200
    found = questions.answer(the_force(), question, clock.today())
    call = request.args.get("call", "")[:LONGEST_CALL]
    if call and _is_counted(question, found) and counting.first_time(session, call):
        counting.count(question.district, question.kind, counting.CALL_HANDLER)
        db.session.commit()
    return _page("callers.html", answer=found)


def _asked() -> tuple[Question | None, dict[str, str]]:
    if not questions.was_asked(request.args):
        return None, {}
    return questions.read(the_force(), request.args, clock.today())


def _is_counted(question: Question, found: Answer) -> bool:
    """A "no" to a kind of crime in a district of this force. A flag is about one case: no demand."""
    force = the_force()
    return bool(
        not found.eligibility.offered and not question.flagged
        and force.crime_type(question.kind) and force.district(question.district)
    )


def _mark(question: Question) -> str:
    return f"{question.district}/{question.kind}"


def _page(template: str, *, errors: dict[str, str] | None = None, answer: Answer | None = None) -> str:
    force, today = the_force(), clock.today()
    asked = {name: request.args[name] for name in FIELDS if request.args.get(name)}
    return render_template(
        f"eligibility/{template}", answer=answer, errors=errors or {}, given=request.args.to_dict(),
        groups=kinds.crime_types(force), districts=kinds.districts(force, today),
        other=kinds.OTHER, today=today, asked=urlencode(asked),
        call=request.args.get("call", "")[:LONGEST_CALL] or secrets.token_hex(8),
        address=portal_link(force, "en").partition("://")[2].rstrip("/"),
    )
