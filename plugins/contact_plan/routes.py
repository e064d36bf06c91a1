"""The pages of what was agreed about contact: the person's, and the officer's of one person on a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    get_flashed_messages,
    redirect,
    render_template,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from core import audit
from core.storage import db
from core.web import allow, officer_of_case, person_of_case
from plugins.contact_plan import plans, shown, words
from plugins.contact_plan.audit_actions import ContactPlanAction
from plugins.contact_plan.forms import PlanForm
from plugins.contact_plan.shown import Shown

bp = Blueprint("contact_plan", __name__)
AT_DESK = "/desk/case/<uuid:case_id>/contact-plan/<uuid:person_id>"


@bp.get("/case/<uuid:case_id>/contact-plan")
@allow(person_of_case)
def mine(case_id: UUID) -> str:
    agreed = _mine(case_id)
    return _page("plan", case_id, agreed, shown.form_for(agreed))


@bp.post("/case/<uuid:case_id>/contact-plan")
@allow(person_of_case)
def choose(case_id: UUID) -> Any:
    """The person says how often, and in which way."""
    agreed = _mine(case_id)
    form = shown.form_for(agreed)
    if not form.validate():
        return _page("plan", case_id, agreed, form), 400
    every, way = form.chosen()
    plans.agree(case_id, current_user.person_id, every, way, reason=form.reason.data)
    flash(_("Saved. We agreed: %(agreed)s.", agreed=words.in_words(every, way)))
    db.session.commit()
    return redirect(url_for("contact_plan.mine", case_id=case_id), 303)


@bp.get(AT_DESK)
@allow(officer_of_case)
def at_desk(case_id: UUID, person_id: UUID) -> str:
    agreed = _of_one(case_id, person_id)
    return _page("desk_plan", case_id, agreed, shown.form_for(agreed, officer=True))


@bp.post(AT_DESK)
@allow(officer_of_case)
def change(case_id: UUID, person_id: UUID) -> Any:
    """An officer of the case changes it, and says why."""
    agreed = _of_one(case_id, person_id)
    form = shown.form_for(agreed, officer=True)
    if not form.validate():
        return _page("desk_plan", case_id, agreed, form), 400
    every, way = form.chosen()
    plans.agree(case_id, person_id, every, way, reason=form.reason.data, staff_id=current_user.staff_id)
    flash(_("Saved. They read it, with your reason, on the page of their report."))
    db.session.commit()
    return redirect(url_for("contact_plan.at_desk", case_id=case_id, person_id=person_id), 303)


def _mine(case_id: UUID) -> Shown:
    person_id = current_user.person_id
    return shown.of_person(person_id, plans.history(case_id, person_id))


def _of_one(case_id: UUID, person_id: UUID) -> Shown:
    name = plans.name_on_case(case_id, person_id)
    if name is None:
        abort(404)
    return shown.of_person(person_id, plans.history(case_id, person_id), name)


def _page(name: str, case_id: UUID, agreed: Shown, form: PlanForm) -> str:
    """Committed before it is shown: nobody sees what is not written down."""
    viewer = "officer" if name == "desk_plan" else "person"
    audit.write(ContactPlanAction.SEEN, case_id=case_id, viewer=viewer, person=str(agreed.person_id))
    done = get_flashed_messages()
    db.session.commit()
    return render_template(
        f"contact_plan/{name}.html", case=g.case_row, agreed=agreed, form=form, done=done,
        in_words=words.in_words)
