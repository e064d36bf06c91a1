"""Sample people and cases, a mailbox, and sign-in as a sample officer; for demo mode only."""

from __future__ import annotations

import click
from flask import Blueprint

from core.base import installation
from core.force import Force
from core.hookspecs import Delivered, TextNotice, hookimpl
from plugins.demo.letters import keep_text
from plugins.demo.routes import bp, mailbox_folder
from plugins.demo.run import demo

NAME = "demo"
VERSION = "0.1.0"
PROVIDES = ("staff_sign_in",)
SETTINGS = None
DEMO_ONLY = True


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def commands() -> list[click.Command]:
    return [demo]


@hookimpl(trylast=True)
def deliver_text(force: Force, text: TextNotice) -> Delivered:
    """Into the mailbox: whoever tries the portal out reads texts there too."""
    keep_text(mailbox_folder(installation().settings), text.to_number, text.text)
    return Delivered(by="the demo's mailbox")


@hookimpl(trylast=True)
def sign_in_at(force: Force, who: str) -> str | None:
    return "demo.officers" if who == "officer" else None
