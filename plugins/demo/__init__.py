"""Sample people and cases, a mailbox, and sign-in as a sample officer; for demo mode only."""

from __future__ import annotations

import click
from flask import Blueprint

from core.base import installation
from core.force import Force
from core.hookspecs import Channel, Delivery, DeliveryState, RenderedNotice, hookimpl
from plugins.demo.letters import keep_text
from plugins.demo.routes import bp, mailbox_folder

NAME = "demo"
VERSION = "0.1.0"
PROVIDES = ("staff_sign_in",)
CHANNELS = (Channel.TEXT,)
SETTINGS = None
DEMO_ONLY = True


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def commands() -> list[click.Command]:
    from plugins.demo.run import demo

    return [demo]


@hookimpl(trylast=True)
def deliver(force: Force, notice: RenderedNotice) -> Delivery | None:
    """Into the mailbox: whoever tries the portal out reads texts there too."""
    if notice.channel is not Channel.TEXT:
        return None
    keep_text(mailbox_folder(installation().settings), notice.to, notice.text)
    return Delivery(DeliveryState.SENT, by="the demo's mailbox")


@hookimpl(trylast=True)
def sign_in_at(force: Force, who: str) -> str | None:
    return "demo.officers" if who in ("officer", "officer_again") else None
