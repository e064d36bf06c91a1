"""Shows one force as people would see it, with made-up cases, while its files are being written.

Only the process of ``trackmycrime forces preview`` puts this plugin on; it refuses to load outside
demo mode, and no ``force.toml`` has to name it.
"""

from __future__ import annotations

import click
from flask import Blueprint

from core.force import Force
from core.hookspecs import Channel, Delivery, DeliveryState, RenderedNotice, hookimpl
from plugins.preview.portal import SHOWN
from plugins.preview.routes import bp

NAME = "preview"
VERSION = "0.1.0"
SETTINGS = None
DEMO_ONLY = True
CHANNELS = (Channel.EMAIL,)
PUTS_ITSELF_ON = True  # so a new force.toml does not list it


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def commands() -> list[click.Command]:
    from plugins.preview.command import forces

    return [forces]


@hookimpl(tryfirst=True)
def deliver(force: Force, notice: RenderedNotice) -> Delivery | None:
    """No letter leaves a preview: it is kept, and shown on a page."""
    shown = SHOWN.get()
    if shown is None or notice.channel is not Channel.EMAIL:
        return None
    shown.letters.appendleft(notice)
    return Delivery(DeliveryState.SENT, by="preview")


@hookimpl(trylast=True)
def sign_in_at(force: Force, who: str) -> str | None:
    return "preview.index" if who == "officer" else None
