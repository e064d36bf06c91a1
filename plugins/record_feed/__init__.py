"""The record feed: the signed door that record systems post to, and the same news from files."""

from __future__ import annotations

import click
from flask import Blueprint

from core import audit, hookimpl
from plugins.record_feed.feed_commands import feed
from plugins.record_feed.key_commands import keys
from plugins.record_feed.models import RecordFeedKey
from plugins.record_feed.routes import bp
from plugins.record_feed.settings import RecordFeedSettings

__all__ = ["NAME", "SETTINGS", "VERSION", "RecordFeedKey", "commands", "routes"]

NAME = "record_feed"
VERSION = "1.0"
PROVIDES = ("record_news",)
SETTINGS = RecordFeedSettings
audit.declare("record_feed_refused", "source")


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def commands() -> list[click.Command]:
    return [feed, keys]
