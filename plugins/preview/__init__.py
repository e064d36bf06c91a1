"""Shows one force as people would see it, with made-up cases, while its files are being written.

Only the process of ``trackmycrime forces preview`` puts this plugin on; it refuses to load outside
demo mode, and no ``force.toml`` has to name it.
"""

from __future__ import annotations

import click
from flask import Blueprint

from core import audit
from core.force import Force
from core.hookspecs import Delivered, Letter, hookimpl
from plugins.preview.command import forces
from plugins.preview.portal import SHOWN
from plugins.preview.routes import bp

NAME = "preview"
VERSION = "0.1.0"
SETTINGS = None
DEMO_ONLY = True
PUTS_ITSELF_ON = True  # so a new force.toml does not list it
audit.declare("preview_email_shown", "kind")


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def commands() -> list[click.Command]:
    return [forces]


@hookimpl(tryfirst=True)
def deliver_notice(force: Force, letter: Letter) -> Delivered | None:
    """No letter leaves a preview: it is kept, and shown on a page."""
    shown = SHOWN.get()
    if shown is None:
        return None
    shown.letters.appendleft(letter)
    return Delivered(by="preview")


@hookimpl(trylast=True)
def sign_in_at(force: Force, who: str) -> str | None:
    return "preview.index" if who == "officer" else None
