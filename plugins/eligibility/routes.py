"""“Can I follow my report online?”, for everybody, and for call handlers at the desk."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, session, url_for

from core.base import SOURCE_LANGUAGE, clock
from core.notices import portal_link
from core.plugin_host import the_force
from core.storage import db
from core.web import allow, anyone, officer
from plugins.eligibility import counting, kinds, questions
from plugins.eligibility.questions import IN_PERSON, Answer, Question

LONGEST_CALL = 32
FIELDS = ("kind", "district", "reported-day", "reported-month", "reported-year", "flagged", "call")
bp = Blueprint("eligibility", __name__)


@bp.get("/can-i-track")
@allow(anyone)
def can_i_track() -> Any:
    """For everybody: the form, or the answer to the question of the address."""
    question, errors = _asked(request.args)
    if question is None:
        return _page("public.html", request.args, errors=errors), 400 if errors else 200
    found = questions.answer(the_force(), question, clock.today())
    if found.in_person and question.kind != IN_PERSON:
        return redirect(_address_of(found, request.args), 303)
    return _page("public.html", request.args, answer=found)


@bp.post("/can-i-track")
@allow(anyone)
def ask() -> Any:
    """The form. Asking leaves nothing behind but a count, and that only for a "no"."""
    question, errors = _asked(request.form, always=True)
    if question is None:
        return _page("public.html", request.form, errors=errors), 400
    found = questions.answer(the_force(), question, clock.today())
    if _is_counted(question, found) and counting.first_time(session, _mark(question)):
        counting.count(question.district, question.kind, counting.PUBLIC)
        db.session.commit()
    return redirect(_address_of(found, request.form), 303)


def _address_of(found: Answer, given: Mapping[str, str]) -> str:
    """Where an answer is read: an address that stays in the browser's history, so that it names no
    crime that needs care.
    """
    asked: dict[str, Any] = _neutral(given)
    if found.in_person:
        asked = {"kind": IN_PERSON, "district": given["district"]}
    return url_for("eligibility.can_i_track", lang=request.args.get("lang"), **asked)


def _neutral(given: Mapping[str, str]) -> dict[str, str]:
    """The question for an address; a crime that needs care is left out."""
    kind = the_force().crime_type(given.get("kind", ""))
    return {
        name: given[name] for name in FIELDS
        if given.get(name) and not (name == "kind" and kind and kind.sensitive)
    }


@bp.get("/desk/can-they-track")
@allow(officer)
def for_callers() -> Any:
    """For call handlers: the same answer, with the words to say."""
    question, errors = _asked(request.args)
    if question is None:
        return _page("callers.html", request.args, errors=errors), 400 if errors else 200
    found = questions.answer(the_force(), question, clock.today())
    call = request.args.get("call", "")[:LONGEST_CALL]
    if call and _is_counted(question, found) and counting.first_time(session, call):
        counting.count(question.district, question.kind, counting.CALL_HANDLER)
        db.session.commit()
    return _page("callers.html", request.args, answer=found)


def _asked(
    given: Mapping[str, str], *, always: bool = False
) -> tuple[Question | None, dict[str, str]]:
    """The question, if one was asked (*always*: it was, even if nothing was chosen)."""
    if not always and not questions.was_asked(given):
        return None, {}
    return questions.read(the_force(), given, clock.today())


def _is_counted(question: Question, found: Answer) -> bool:
    """A "no" to a kind of crime in a district of this force. A flag is about one case: no demand."""
    force = the_force()
    return bool(
        not found.eligibility.offered and not question.flagged
        and force.crime_type(question.kind) and force.district(question.district)
    )


def _mark(question: Question) -> str:
    return f"{question.district}/{question.kind}"


def _page(
    template: str, given: Mapping[str, str], *, errors: dict[str, str] | None = None,
    answer: Answer | None = None,
) -> str:
    force, today = the_force(), clock.today()
    return render_template(
        f"eligibility/{template}", answer=answer, errors=errors or {}, given=dict(given),
        groups=kinds.crime_types(force), districts=kinds.districts(force, today),
        other=kinds.OTHER, today=today, asked=urlencode(_neutral(given)),
        call=given.get("call", "")[:LONGEST_CALL] or secrets.token_hex(8),
        address=portal_link(force, SOURCE_LANGUAGE).partition("://")[2].rstrip("/"),
    )
