"""How often, and in which way, a person and the force agreed to be in contact."""

from __future__ import annotations

from flask import Blueprint

from core.force import Force
from core.hookspecs import Cause, CauseKind, CommitmentKind, Panel, Promised, Viewing, hookimpl
from plugins.contact_plan import plans, rhythm, shown
from plugins.contact_plan.routes import bp
from plugins.contact_plan.settings import ContactPlanSettings

NAME = "contact_plan"
VERSION = "0.1.0"
SETTINGS = ContactPlanSettings
RULE = "plan"


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def commitments_from(force: Force, cause: Cause) -> list[Promised]:
    if cause.kind != CauseKind.CONTACT:
        return []
    agreed = plans.rows_of(cause.case_id, cause.person_id)
    due = rhythm.due_at(force, cause.at, agreed, plans.usual())
    return [Promised(RULE, CommitmentKind.CONTACT, due)]


@hookimpl
def case_panels(force: Force, viewing: Viewing) -> list[Panel]:
    if viewing.viewer == "officer":
        values = {"people": shown.of_case(viewing.case_id), "case_id": viewing.case_id,
                  "may_change": not viewing.only_looks}
        return [Panel(62, "contact-plan", "contact_plan/desk_panel.html", values)]
    if viewing.person_id is None:
        return []
    agreed = shown.of_person(viewing.case_id, viewing.person_id)
    if agreed.plan is None:
        form = shown.form_for(agreed)
        return [Panel(45, "contact-plan", "contact_plan/question.html",
                      {"form": form, "case_id": viewing.case_id})]
    return [Panel(60, "contact-plan", "contact_plan/agreed.html",
                  {"agreed": agreed, "case_id": viewing.case_id})]
