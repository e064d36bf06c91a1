"""The officer's side: who can sign in, and codes to hand over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, redirect, render_template, url_for
from flask_login import current_user

from core import audit
from core.audit import CoreAction
from core.base import clock
from core.notices import portal_link
from core.plugin_host import the_force
from core.storage import db
from core.web import allow, officer_lately, officer_of_case, officer_of_case_lately
from plugins.sign_in import activation, people
from plugins.sign_in.routes import bp
from plugins.sign_in.sheet import sheet_for

__all__ = ["bp"]


@bp.get("/desk/case/<uuid:case_id>/sign-in-code/<uuid:person_id>")
@allow(officer_of_case_lately)
def offer_activation(case_id: UUID, person_id: UUID) -> Any:
    person, waiting = _person(case_id, person_id), activation.waiting_since(person_id)
    audit.write(CoreAction.PEOPLE_LISTED, case_id=case_id, count=1)
    db.session.commit()
    return render_template(
        "sign_in/activation.html", case_id=case_id, person=person, waiting=waiting,
        days=activation.lasts().days,
    )


@bp.post("/desk/case/<uuid:case_id>/sign-in-code/<uuid:person_id>")
@allow(officer_of_case_lately)
def make_activation(case_id: UUID, person_id: UUID) -> Any:
    """The code is shown on this answer only, as a sheet to print or read from."""
    person = _person(case_id, person_id)
    made = activation.make(person.id, case_id, current_user.staff_id)
    db.session.commit()
    sheet = sheet_for(
        the_force(), made, person.language, clock.now() + activation.lasts(),
        portal_link(the_force(), person.language),
    )
    return render_template("sign_in/sheet.html", case_id=case_id, person=person, sheet=sheet)


@bp.post("/desk/case/<uuid:case_id>/sign-in-code/<uuid:person_id>/withdraw")
@allow(officer_of_case)
def withdraw_activation(case_id: UUID, person_id: UUID) -> Any:
    activation.withdraw(_person(case_id, person_id).id, case_id)
    db.session.commit()
    return redirect(
        url_for("sign_in.offer_activation", case_id=case_id, person_id=person_id), 303
    )


def _person(case_id: UUID, person_id: UUID) -> people.OnCase:
    found = [one for one in people.of_case(case_id) if one.id == person_id]
    return found[0] if found else abort(404)


@bp.get("/desk/people.csv")
@allow(officer_lately)
def people_csv() -> Response:
    """Everybody on the officer's cases: who can sign in, who cannot and why."""
    listed = people.of_officer(current_user.staff_id)
    audit.write(CoreAction.PEOPLE_LISTED, count=len(listed))
    db.session.commit()
    answer = Response(people.as_csv(listed), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=people.csv"
    return answer
