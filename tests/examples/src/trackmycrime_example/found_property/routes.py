"""Two pages: what the person reads, and where the officer notes what was found."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _

from core import audit
from core.base import language
from core.plugin_host import plugin_settings
from core.storage import db
from core.web import allow, officer_of_case, person_of_case
from trackmycrime_example.found_property import rules
from trackmycrime_example.found_property.audit_actions import PropertyAction
from trackmycrime_example.found_property.forms import NoteForm

bp = Blueprint("found_property", __name__)


@bp.get("/case/<uuid:case_id>/found-property")
@allow(person_of_case)
def collect(case_id: UUID) -> str:
    audit.write(PropertyAction.SEEN, case_id=case_id, viewer="person")
    db.session.commit()
    said = plugin_settings("found_property")
    return render_template(
        "found_property/collect.html", case_id=case_id, found=rules.of_case(case_id),
        counter=said.counter.in_language(language())[0],
    )


@bp.get("/desk/case/<uuid:case_id>/found-property")
@allow(officer_of_case)
def note(case_id: UUID) -> str:
    return _form(case_id, NoteForm())


@bp.post("/desk/case/<uuid:case_id>/found-property")
@allow(officer_of_case)
def add(case_id: UUID) -> Any:
    form = NoteForm()
    try:
        rules.note(case_id, form.what.data)
    except ValueError:
        form.refuse("what", _("Say in one line what was found"))
        return _form(case_id, form), 400
    audit.write(PropertyAction.NOTED, case_id=case_id)
    db.session.commit()
    return redirect(url_for("found_property.note", case_id=case_id), 303)


def _form(case_id: UUID, form: NoteForm) -> str:
    found = rules.of_case(case_id)
    audit.write(PropertyAction.SEEN, case_id=case_id, viewer="officer")
    db.session.commit()
    return render_template("found_property/note.html", case_id=case_id, found=found, form=form)
