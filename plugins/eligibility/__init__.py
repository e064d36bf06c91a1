"""“Can I follow my report online?” for everyone and for call handlers, and what was asked for in vain."""

from __future__ import annotations

import click
from flask import Blueprint
from flask_babel import lazy_gettext as N_

from core.force import Force
from core.hookspecs import Link, Panel, Place, hookimpl
from plugins.eligibility.models import Demand
from plugins.eligibility.routes import bp

__all__ = ["NAME", "SETTINGS", "VERSION", "Demand", "commands", "links", "panels", "routes"]

NAME = "eligibility"
VERSION = "0.1.0"
PROVIDES = ("eligibility_check",)
SETTINGS = None


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def links(force: Force, place: Place) -> list[Link]:
    if place.name == "can_follow":
        return [Link(10, N_("Can I follow my report online?"), "eligibility.can_i_track")]
    if place.name in ("desk", "callers"):
        return [Link(40, N_("Can they follow it?"), "eligibility.for_callers")]
    return []


@hookimpl
def panels(force: Force, place: Place) -> list[Panel]:
    return [Panel(50, "counted", "eligibility/counted.html")] if place.name == "privacy" else []


@hookimpl
def commands() -> list[click.Command]:
    from plugins.eligibility.demand_command import demand

    return [demand]
