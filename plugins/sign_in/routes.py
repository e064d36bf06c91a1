"""The pages of signing in, and the officer's page that hands over a code."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from core import (
    allow,
    anyone,
    audit,
    clean_line,
    clock,
    db,
    officer,
    officer_of_case,
    plugin_settings,
    sessions,
)
from plugins.sign_in import limits, people, rules
from plugins.sign_in.matching import plain_code

bp = Blueprint("sign_in", __name__, template_folder="templates")
DETAILS_PER_ADDRESS_HOUR = 300
ATTEMPTS = "sign_in_attempts"  # in the session: ids, newest first
FIELDS = (
    "crime_reference",
    "surname",
    "date_of_birth-day",
    "date_of_birth-month",
    "date_of_birth-year",
    "postcode",
)


@bp.get("/sign-in")
@allow(anyone)
def start() -> Any:
    if getattr(current_user, "person_id", None):
        return redirect(url_for("pages.your_reports"), 303)
    return _form({}, {})


@bp.post("/sign-in")
@allow(anyone)
def give_details() -> Any:
    given = {name: request.form.get(name, "").strip()[:200] for name in FIELDS}
    details, errors = read_details(given)
    if errors:
        return _form(given, errors), 400
    if (
        limits.count("address/hour", limits.hashed(request.remote_addr or ""), limits.HOUR)
        > DETAILS_PER_ADDRESS_HOUR
    ):
        db.session.commit()
        abort(429)
    attempts = [str(rules.begin(details)), *session.get(ATTEMPTS, [])]
    session[ATTEMPTS] = attempts[:rules.LETTERS_PER_DAY]
    db.session.commit()
    return redirect(url_for("sign_in.code"), 303)


def _form(given: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "sign_in/details.html",
        given=given,
        errors=errors,
        wanted=plugin_settings("sign_in").details,
    )


def read_details(given: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """(details, errors by field): only slips of typing are errors, never a wrong answer."""
    wanted = plugin_settings("sign_in").details
    details, errors = {}, {}
    for name in ("crime_reference", "surname", "postcode"):
        if name in wanted:
            try:
                details[name] = clean_line(given[name])
            except ValueError:
                errors[name] = _("Use letters, numbers and ordinary signs only")
    if "date_of_birth" in wanted:
        born = _date(given)
        if born is None:
            errors["date_of_birth"] = _("Enter a real date of birth, like 27 3 1985")
        else:
            details["date_of_birth"] = born.isoformat()
    if (
        not errors.get("crime_reference")
        and len(plain_code(details.get("crime_reference", ""))) < 3
    ):
        errors["crime_reference"] = _(
            "Enter your crime reference; it is on the letter or text the police sent you"
        )
    if "surname" in wanted and not errors.get("surname") and not details["surname"]:
        errors["surname"] = _("Enter your surname (family name)")
    if (
        "postcode" in wanted
        and not errors.get("postcode")
        and not 3 <= len(plain_code(details["postcode"])) <= 10
    ):
        errors["postcode"] = _("Enter your postcode, like SG1 1AA")
    return details, errors


def _date(given: dict[str, str]) -> date | None:
    parts = [given[f"date_of_birth-{part}"] for part in ("year", "month", "day")]
    if any(len(part) > 4 for part in parts):
        return None
    try:
        found = date(*map(int, parts))
    except ValueError:
        return None
    return found if date(1890, 1, 1) <= found <= clock.today() else None


@bp.get("/sign-in/code")
@allow(anyone)
def code() -> Any:
    if ATTEMPTS not in session:
        return redirect(url_for("sign_in.start"), 303)
    return render_template("sign_in/code.html", error=None)


@bp.post("/sign-in/code")
@allow(anyone)
def give_code() -> Any:
    attempts = [UUID(one) for one in session.get(ATTEMPTS, [])]
    opened = rules.open_with(attempts, request.form.get("code", "")[:100])
    if opened is None:
        db.session.commit()
        error = _(
            "That code is not right, or it is too old. Look at the newest email, or start again."
        )
        return render_template("sign_in/code.html", error=error), 400
    sessions.sign_in(person_id=opened.person_id, language=opened.language)
    db.session.commit()
    return redirect(url_for("pages.case_page", case_id=opened.case_id), 303)


# --- the officer's side -------------------------------------------------------------------------


@bp.get("/desk/case/<uuid:case_id>/sign-in-code/<uuid:person_id>")
@allow(officer_of_case)
def offer_activation(case_id: UUID, person_id: UUID) -> Any:
    person = _person(case_id, person_id)
    audit.write("people_listed", case_id=case_id, count=1)
    db.session.commit()
    return render_template("sign_in/activation.html", case_id=case_id, person=person, made=None)


@bp.post("/desk/case/<uuid:case_id>/sign-in-code/<uuid:person_id>")
@allow(officer_of_case)
def make_activation(case_id: UUID, person_id: UUID) -> Any:
    person = _person(case_id, person_id)
    made = rules.make_activation(person.id, case_id, current_user.staff_id)
    db.session.commit()
    return render_template("sign_in/activation.html", case_id=case_id, person=person, made=made)


def _person(case_id: UUID, person_id: UUID) -> people.OnCase:
    found = [one for one in people.of_case(case_id) if one.id == person_id]
    return found[0] if found else abort(404)


@bp.get("/desk/people.csv")
@allow(officer)
def people_csv() -> Response:
    """Everybody on the officer's cases: who can sign in, who cannot and why."""
    listed = people.of_officer(current_user.staff_id)
    audit.write("people_listed", count=len(listed))
    db.session.commit()
    answer = Response(people.as_csv(listed), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=people.csv"
    return answer
