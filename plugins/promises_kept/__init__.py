"""How a force kept what it promised, for those who answer for it."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as N_

from core.cases import relations
from core.force import Force
from core.hookspecs import Link, Place, hookimpl
from plugins.promises_kept.routes import bp

NAME = "promises_kept"
VERSION = "0.1.0"
SETTINGS = None
ALWAYS_ON = True  # a force that could leave it out could look away


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def links(force: Force, place: Place) -> list[Link]:
    me = relations.member(place.staff_id) if place.name == "desk" and place.staff_id else None
    if me is None or me.role not in relations.REVIEW:
        return []
    return [Link(40, N_("Promises kept"), "promises_kept.shown")]
