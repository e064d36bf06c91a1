"""The officer's side: their cases, what people wrote, answers and updates."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as N_

from core.cases import relations
from core.force import Force
from core.hookspecs import Link, Place, hookimpl
from plugins.officer_desk.routes import bp
from plugins.officer_desk.settings import OfficerDeskSettings

NAME = "officer_desk"
VERSION = "0.1.0"
PROVIDES = ("staff_desk",)
NEEDS = {"staff_sign_in": "officers cannot sign in, so nobody can open the desk"}
SETTINGS = OfficerDeskSettings


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def links(force: Force, place: Place) -> list[Link]:
    if place.name == "staff_case":
        return [Link(10, N_("Back to the case"), "officer_desk.case", {"case_id": place.case_id})]
    if place.name not in ("staff", "desk"):
        return []
    found = [Link(10, N_("Your cases"), "officer_desk.desk")]
    me = relations.member(place.staff_id) if place.name == "desk" and place.staff_id else None
    if me and relations.list_of_unit(me):
        found.append(Link(20, N_("My unit"), "officer_desk.unit"))
    return found
