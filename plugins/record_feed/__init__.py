"""The record feed: the signed door that record systems post to, and the same news from files."""

from __future__ import annotations

import click
from flask import Blueprint

from core.force import Force
from core.hookspecs import Panel, Viewing, hookimpl
from plugins.record_feed import desk
from plugins.record_feed.models import RecordFeedKey, RecordFeedQuota
from plugins.record_feed.routes import bp
from plugins.record_feed.settings import RecordFeedSettings

__all__ = ["NAME", "SETTINGS", "VERSION", "RecordFeedKey", "RecordFeedQuota", "case_panels", "commands",
           "routes"]

NAME = "record_feed"
VERSION = "1.0"
PROVIDES = ("record_news",)
SETTINGS = RecordFeedSettings


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def case_panels(force: Force, viewing: Viewing) -> list[Panel]:
    if viewing.viewer != "officer" or viewing.only_looks:
        return []
    details = desk.left_out(viewing.case_id)
    values = {"details": details}
    return [Panel(50, "left-out", "record_feed/left_out.html", values)] if details else []


@hookimpl
def commands() -> list[click.Command]:
    from plugins.record_feed.feed_commands import feed
    from plugins.record_feed.key_commands import keys

    return [feed, keys]
