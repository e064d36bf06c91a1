"""Its pages at the desk: giving a reason, ending early, and the supervisor's reviews."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from core import audit
from core.base import clock
from core.cases import Staff, relations
from core.plugin_host import the_force
from core.storage import db, owned, read, unseal
from core.web import address_at, allow, me, officer, reader_of_case, reviewer
from plugins.oversight import break_glass, unusual
from plugins.oversight.audit_actions import OversightAction
from plugins.oversight.forms import REASONS, ReasonForm, VerdictForm
from plugins.oversight.models import BreakGlass

bp = Blueprint("oversight", __name__, url_prefix="/desk")
ALERTS = {
    "many_in_an_hour": N_("Looked at many cases within an hour"),
    "many_in_a_day": N_("Looked at many cases in a day"),
    "many_reasons": N_("Opened many cases that are not theirs in a day"),
    "own_name": N_("Looked at a case with someone of their own name"),
    "own_email": N_("Looked at a case with someone who has their own email"),
}
VERDICTS = {"fine": N_("Reviewed: fine"), "look_into": N_("To be looked into")}
STAFF = sa.select(
    Staff.id, Staff.name_sealed, Staff.collar_number_sealed, Staff.unit_sealed, Staff.unit_key
).where(
    owned(Staff), Staff.id == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid)))
)


@bp.get("/reason")
@allow(officer)
def reason() -> str:
    return _form(ReasonForm())


@bp.post("/reason")
@allow(officer)
def give_reason() -> Any:
    """Until a reason is given, the answer says nothing of whether there is such a case. Who chooses the
    other language keeps what they wrote, in the page alone."""
    form = ReasonForm()
    if form.only_keeps:
        return _form(form)
    if not form.validate():
        return _form(form), 400
    case_id = break_glass.open_case(me(), form.reference.data, form.reason.data, form.words.data)
    db.session.commit()
    if case_id is None:
        form.refuse("reference", _("There is no case with this reference here. That you looked for it is "
                                   "written down."))
        return _form(form), 404
    return redirect(address_at("staff_case", case_id=case_id), 303)


def _form(form: ReasonForm) -> str:
    minutes = the_force().oversight.break_glass_minutes
    return render_template("oversight/reason.html", form=form, minutes=minutes)


@bp.post("/case/<uuid:case_id>/leave")
@allow(reader_of_case)
def end_reason(case_id: UUID) -> Any:
    if not break_glass.end(me(), case_id):
        abort(404)
    db.session.commit()
    flash(_("The case is closed to you again."))
    return redirect(address_at("staff"), 303)


def minutes_until(moment: datetime | None) -> int | None:
    return max(1, math.ceil((moment - clock.now()).total_seconds() / 60)) if moment else None


# --- reviewing --------------------------------------------------------------------------------


@bp.get("/reviews")
@allow(reviewer)
def reviews() -> str:
    rows, alerts = break_glass.to_review(me()), _alerts()
    audit.write(OversightAction.REVIEWS_LISTED, count=len(rows) + len(alerts))
    db.session.commit()
    return render_template(
        "oversight/reviews.html", alerts=alerts, reasons=REASONS, verdicts=VERDICTS,
        open_at=clock.now(), rows=[(row, _name(row), _words(row)) for row in rows],
    )


@bp.post("/reviews/<uuid:break_glass_id>")
@allow(reviewer)
def review(break_glass_id: UUID) -> Any:
    try:
        done = break_glass.review(me(), break_glass_id, VerdictForm().verdict.data)
    except ValueError:
        abort(400)
    if not done:
        abort(404)
    db.session.commit()
    flash(_("Your review is kept."))
    return redirect(url_for("oversight.reviews"), 303)


def _alerts() -> list[tuple[unusual.Alert, str, Any]]:
    """The alerts about people whom *me* reviews: (alert, name, in words)."""
    found = unusual.alerts_since(clock.now() - unusual.SHOWN_FOR)
    ids = list({one.staff_id for one in found})
    staff = {row.id: row for row in read(STAFF, ids=ids)} if ids else {}
    return [
        (one, _name(staff[one.staff_id]), ALERTS[one.kind]) for one in found
        if one.staff_id in staff
        and relations.reviews(me(), one.staff_id, staff[one.staff_id].unit_key)
    ]


def _name(row: Any) -> str:
    staff_id = getattr(row, "staff_id", row.id)
    name = unseal(Staff, "name", staff_id, row.name_sealed) or _("No name")
    collar_number = unseal(Staff, "collar_number", staff_id, row.collar_number_sealed)
    unit = unseal(Staff, "unit", staff_id, row.unit_sealed)
    return " · ".join(part for part in (name, collar_number, unit) if part)


def _words(row: Any) -> str:
    return unseal(BreakGlass, "words", row.id, row.words_sealed) or ""
