"""A person and the officer in their case write to each other: the person's side."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from core.base import clock
from core.cases import unanswered
from core.force import Force
from core.hookspecs import Action, Link, Panel, Place, Viewing, hookimpl
from plugins.messages import rules
from plugins.messages.routes import bp

NAME = "messages"
VERSION = "0.1.0"
PROVIDES = ("conversation",)
NEEDS = {"staff_sign_in": "officers cannot sign in, so nobody reads or answers what people write"}
SETTINGS = None


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def links(force: Force, place: Place) -> list[Link]:
    if place.name != "conversation":
        return []
    return [Link(10, N_("Messages"), "messages.thread", {"case_id": place.case_id})]


@hookimpl
def case_panels(force: Force, viewing: Viewing) -> list[Panel]:
    if viewing.viewer != "person" or viewing.person_id is None:
        return []
    panels = []
    if viewing.late:
        asked = unanswered.how_many(viewing.case_id, viewing.person_id, clock.now()) > 0
        panels.append(
            Panel(5, "ask", "messages/ask.html", {"case_id": viewing.case_id, "asked": asked}))
    latest = rules.latest(viewing.case_id, viewing.person_id)
    if not latest.messages and viewing.staff_id is None:
        return panels
    return [*panels, Panel(20, "messages", "messages/panel.html", {
        "case_id": viewing.case_id, "latest": latest, "can_write": viewing.staff_id is not None,
    })]


@hookimpl
def case_actions(force: Force, viewing: Viewing) -> list[Action]:
    if viewing.viewer != "person":
        return []
    asks = Action(21, _("Ask us to call you"), "messages.call", {"case_id": viewing.case_id})
    if viewing.staff_id is None:
        return [asks]
    values = {"case_id": viewing.case_id, "_anchor": "latest"}
    return [Action(20, _("Write to your officer"), "messages.thread", values), asks]
