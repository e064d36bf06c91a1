"""Cases that are not one's own: staff open one for a reason and a while, and somebody looks at that."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as N_

from core.cases import relations
from core.force import Force
from core.hookspecs import Jobs, Link, Panel, Place, StaffAtCase, Viewing, hookimpl
from plugins.oversight import break_glass, unusual
from plugins.oversight.routes import bp, minutes_until

NAME = "oversight"
VERSION = "0.1.0"
SETTINGS = None
ALWAYS_ON = True  # a force that could leave it out could look unseen
RELATION = "break_glass"


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def jobs(registry: Jobs) -> None:
    registry.task("oversight_unusual_viewing", cron="*/10 * * * *", due=unusual.any_looked)(unusual.look)


@hookimpl
def case_relation(force: Force, asked: StaffAtCase) -> str | None:
    return RELATION if break_glass.open_until(asked.staff_id, asked.case_id) else None


@hookimpl
def case_panels(force: Force, viewing: Viewing) -> list[Panel]:
    if viewing.relation != RELATION or viewing.staff_id is None:
        return []
    ends_at = break_glass.open_until(viewing.staff_id, viewing.case_id)
    values = {"case_id": viewing.case_id, "minutes": minutes_until(ends_at)}
    return [Panel(-10, "reason", "oversight/opened.html", values)]


@hookimpl
def links(force: Force, place: Place) -> list[Link]:
    if place.name == "desk_list":
        return [Link(10, N_("Open a case that is not yours"), "oversight.reason")]
    me = relations.member(place.staff_id) if place.name == "desk" and place.staff_id else None
    if me is None or me.role not in relations.REVIEW:
        return []
    return [Link(30, N_("Reviews"), "oversight.reviews")]
