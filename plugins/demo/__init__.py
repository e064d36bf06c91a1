"""Sample people and cases, a mailbox, and sign-in as a sample officer; for demo mode only."""

from __future__ import annotations

import click
from flask import Blueprint

from core import Force, hookimpl
from plugins.demo.routes import bp
from plugins.demo.run import demo

NAME = "demo"
VERSION = "0.1.0"
SETTINGS = None
DEMO_ONLY = True


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def commands() -> list[click.Command]:
    return [demo]


@hookimpl(trylast=True)
def sign_in_at(force: Force, who: str) -> str | None:
    return "demo.officers" if who == "officer" else None
