"""The desk's pages: the list of cases, one case, an answer, an update."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from core import audit
from core.audit import CoreAction
from core.base import clock
from core.cases import relations, unanswered
from core.force import vocabulary, why_not_shown
from core.intake import conversation, updates
from core.intake import desk as written_at_desk
from core.plugin_host import installed, the_force
from core.storage import db
from core.web import allow, at_force, drafts, me, officer, officer_of_case, reader_of_case
from plugins.officer_desk import cases, contacts, forms, one_case, promises
from plugins.officer_desk import nothing_new as said_nothing_new
from plugins.officer_desk.case_page import page_of
from plugins.officer_desk.forms import CaseForm, FindForm

bp = Blueprint("officer_desk", __name__, url_prefix="/desk")
LOOKED_FOR = "desk_looked_for"


@bp.get("/")
@allow(officer)
def desk() -> str:
    return _list("own")


@bp.get("/unit")
@allow(officer)
def unit() -> str:
    """The cases of the officer's unit, as far as the officer has to do with them."""
    name = relations.list_of_unit(me())
    return _list(name) if name else abort(404)


def _list(name: str) -> str:
    looked_for = cases.opened(session.get(LOOKED_FOR, "")) if "found" in request.args else ""
    wanted = the_force().normalise_reference(looked_for)
    meant = the_force().reference_keys(looked_for) if wanted else ()
    try:
        after = request.args.get("after", "")
        found = cases.listed(me(), name, wanted=wanted, meant=meant, after=after)
    except cases.NoSuchPlace:
        abort(404)
    due = None if after or wanted else promises.due_for(the_force(), me(), name)
    of_others = {row.staff_id for row in (*found.rows, *(due.rows if due else ()))} - {me().id}
    leads = cases.names_of(of_others)
    audit.write(CoreAction.CASES_LISTED, count=len(found.rows))
    db.session.commit()
    return render_template(
        "officer_desk/desk.html", cases=found.rows, after=found.after, looked_for=looked_for,
        find=FindForm(reference=looked_for),
        first=not after, stages=vocabulary.STAGES, why_not_shown=why_not_shown, leads=leads,
        due=due, due_now=clock.now(), due_what=promises.WHAT,
        own=name == "own", name=name, waited=unanswered.days_since,
        here="officer_desk.desk" if name == "own" else "officer_desk.unit",
    )


@bp.post("/")
@allow(officer)
def look_for() -> Any:
    return _look_for("officer_desk.desk")


@bp.post("/unit")
@allow(officer)
def look_for_in_unit() -> Any:
    return _look_for("officer_desk.unit")


def _look_for(where: str) -> Any:
    """What was looked for is kept in the session: a reference has no place in a browser's history.

    Sealed, because people also type names there.
    """
    looked_for = FindForm().reference.data
    session[LOOKED_FOR] = cases.sealed(looked_for)
    return redirect(url_for(where, found=1 if looked_for else None), 303)


@bp.get("/case/<uuid:case_id>")
@allow(reader_of_case)
def case(case_id: UUID) -> str:
    return page_of(case_id)


@bp.post("/case/<uuid:case_id>")
@allow(officer_of_case)
def keep(case_id: UUID) -> Any:
    """Nothing is sent: what is begun stays in its boxes, on this page in whatever language.

    Here comes also who pressed Enter in one of the boxes, where no script pressed the button beside it.
    """
    form = CaseForm()
    drafts.keep(case_id, form.written())
    if not form.only_keeps:
        return page_of(case_id, form, _("Nothing is sent yet. Press the button of what you want to send."))
    return redirect(url_for("officer_desk.case", case_id=case_id, lang=request.args.get("lang")), 303)


@bp.post("/case/<uuid:case_id>/messages/<uuid:person_id>")
@allow(officer_of_case)
def reply(case_id: UUID, person_id: UUID) -> Any:
    if person_id not in one_case.on_case(case_id) or not installed().provides("conversation"):
        abort(404)
    form, field = CaseForm(), forms.answer_to(person_id)
    drafts.keep(case_id, form.written())
    if not g.case_row.offered:
        return _refused(case_id, person_id, _nobody_reads()), 409
    seen = form.seen.data
    try:
        conversation.post_message(
            case_id=case_id, person_id=person_id, staff_id=current_user.staff_id, from_person=False,
            text=form.answers.data.get(field, ""), seen=seen, form_key=form.answer_key.data,
        )
    except ValueError as problem:
        return _refused(case_id, person_id, forms.message_problem(problem)), 400
    conversation.mark_read(case_id, person_id, by_person=False, seen=seen)
    db.session.commit()
    drafts.keep(case_id, form.without(field))
    latest = f"latest-{person_id.hex}"
    return redirect(url_for("officer_desk.case", case_id=case_id, _anchor=latest), 303)


def _refused(case_id: UUID, person_id: UUID, why: str) -> str:
    form = CaseForm(drafts.kept(case_id))
    form.answers.refuse(person_id, why)
    return page_of(case_id, form)


@bp.post("/case/<uuid:case_id>/messages/<uuid:person_id>/no-answer")
@allow(officer_of_case)
def no_answer(case_id: UUID, person_id: UUID) -> Any:
    """What the person wrote needs no answer: it is a thank you, say, or was answered on the telephone."""
    if person_id not in one_case.on_case(case_id, removed=True) or not installed().provides("conversation"):
        abort(404)
    form = CaseForm()
    drafts.keep(case_id, form.written())
    seen = form.seen.data
    if written_at_desk.no_answer_needed(case_id, person_id, current_user.staff_id, seen):
        conversation.mark_read(case_id, person_id, by_person=False, seen=seen)
    db.session.commit()
    flash(_("Marked: needs no answer."))
    # to its top: a place further down would take the focus away from what is said there
    return redirect(url_for("officer_desk.case", case_id=case_id), 303)


@bp.post("/case/<uuid:case_id>/update")
@allow(officer_of_case)
def write_update(case_id: UUID) -> Any:
    form = CaseForm()
    drafts.keep(case_id, form.written())
    if not g.case_row.offered:
        form.refuse("text", _nobody_reads())
        return page_of(case_id, form), 409
    if not form.validate():
        return page_of(case_id, form), 400
    try:
        updates.write_update(case_id, current_user.staff_id, form.update, form_key=form.form_key.data,
                             seen=form.seen.data, force=at_force().force)
    except updates.UpdateProblem as problem:
        form.explain(problem.problems)
        return page_of(case_id, form), 400
    db.session.commit()
    drafts.keep(case_id, form.answers.written())
    flash(_("Your update is on the timeline. The people on this case can read it now."))
    return redirect(url_for("officer_desk.case", case_id=case_id), 303)


@bp.post("/case/<uuid:case_id>/nothing-new")
@allow(officer_of_case)
def nothing_new(case_id: UUID) -> Any:
    """An update that says why there is none, and by when they hear again."""
    form = CaseForm()
    drafts.keep(case_id, form.written())
    if not g.case_row.offered:
        form.refuse("nothing_reason", _nobody_reads())
        return page_of(case_id, form), 409
    update = said_nothing_new.read(form, one_case.language_of(case_id))
    if update is None:
        return page_of(case_id, form), 400
    try:
        updates.write_update(case_id, current_user.staff_id, update, form_key=form.nothing_key.data,
                             seen=form.seen.data, force=at_force().force)
    except updates.UpdateProblem as problem:
        said_nothing_new.explain(form, problem)
        return page_of(case_id, form), 400
    db.session.commit()
    drafts.keep(case_id, form.without("nothing_more"))
    flash(_("Published. The people on this case can read why there is nothing new."))
    return redirect(url_for("officer_desk.case", case_id=case_id), 303)


@bp.post("/case/<uuid:case_id>/contact/<uuid:person_id>")
@allow(officer_of_case)
def record_contact(case_id: UUID, person_id: UUID) -> Any:
    """That they spoke with somebody, or tried to: also on a case that is hidden, where it is the only way."""
    if person_id not in one_case.on_case(case_id):
        abort(404)
    form = CaseForm()
    drafts.keep(case_id, form.written())
    said = contacts.read(form, one_case.language_of(case_id, person_id))
    if said is None:
        return page_of(case_id, form), 400
    written_at_desk.record_contact(
        case_id, person_id, current_user.staff_id, said.way, said.reached, said.line, said.topics,
        form.contact_key.data)
    db.session.commit()
    drafts.keep(case_id, form.without("contact_line"))
    flash(contacts.confirmation(said))
    return redirect(url_for("officer_desk.case", case_id=case_id), 303)


@bp.get("/case/<uuid:case_id>/update")
@bp.get("/case/<uuid:case_id>/nothing-new")
@bp.get("/case/<uuid:case_id>/messages/<uuid:person_id>")
@bp.get("/case/<uuid:case_id>/messages/<uuid:person_id>/no-answer")
@bp.get("/case/<uuid:case_id>/contact/<uuid:person_id>")
@allow(reader_of_case)
def back_to_case(case_id: UUID, **_person: UUID) -> Any:
    """Where a form was shown again, the links of its page begin at the form's own address."""
    lang = request.args.get("lang")
    return redirect(url_for("officer_desk.case", case_id=case_id, lang=lang), 303)


def _nobody_reads() -> str:
    return str(_("Nobody would read this: the case is not open in the portal. "
                 "Tell people in the way you agreed."))
