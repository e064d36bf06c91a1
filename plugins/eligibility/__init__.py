"""“Can I follow my report online?” for everyone and for call handlers, and what was asked for in vain."""

from __future__ import annotations

import click
from flask import Blueprint

from core.hookspecs import hookimpl
from plugins.eligibility.demand_command import demand
from plugins.eligibility.models import Demand
from plugins.eligibility.routes import bp

__all__ = ["NAME", "SETTINGS", "VERSION", "Demand", "commands", "routes"]

NAME = "eligibility"
VERSION = "0.1.0"
PROVIDES = ("eligibility_check",)
SETTINGS = None


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def commands() -> list[click.Command]:
    return [demand]
