"""How often, and in which way, a person and the force agreed to be in contact."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from core.force import Force
from core.hookspecs import (
    AgreedWay,
    Cause,
    CauseKind,
    CommitmentKind,
    Panel,
    Promised,
    Rule,
    Viewing,
    hookimpl,
)
from core.plugin_host import plugin_settings
from plugins.contact_plan import plans, rhythm, shown, words
from plugins.contact_plan.routes import bp
from plugins.contact_plan.settings import ContactPlanSettings

NAME = "contact_plan"
VERSION = "0.1.0"
SETTINGS = ContactPlanSettings


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def commitments_from(force: Force, cause: Cause) -> list[Promised]:
    if cause.kind != CauseKind.CONTACT:
        return []
    agreed = plans.rows_of(cause.case_id, cause.person_id)
    due = rhythm.due_at(force, cause.at, agreed, plugin_settings(NAME).usual)
    return [Promised(Rule.PLAN, CommitmentKind.CONTACT, due)]


@hookimpl
def agreed_way(force: Force, case_id: UUID, person_id: UUID) -> AgreedWay | None:
    agreed = plans.rows_of(case_id, person_id)
    return AgreedWay(agreed[-1].way) if agreed else None


@hookimpl
def case_panels(force: Force, viewing: Viewing) -> list[Panel]:
    if viewing.viewer == "officer":
        values: dict[str, Any] = {"people": shown.of_case(viewing.case_id), "case_id": viewing.case_id,
                  "may_change": not viewing.only_looks}
        return [Panel(62, "contact-plan", "contact_plan/desk_panel.html", values)]
    if viewing.person_id is None:
        return []
    kept = plans.history(viewing.case_id, viewing.person_id)
    if not kept:
        values = {"often": words.SAID_EVERY[shown.usual()], "case_id": viewing.case_id}
        return [Panel(45, "contact-plan", "contact_plan/question.html", values)]
    values = {"agreed": shown.of_person(viewing.person_id, kept), "case_id": viewing.case_id}
    return [Panel(60, "contact-plan", "contact_plan/agreed.html", values)]
