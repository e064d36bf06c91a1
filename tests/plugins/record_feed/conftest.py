from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from plugins.record_feed.feed_commands import feed
from plugins.record_feed.key_commands import keys
from tests.conftest import HERTS
from tests.plugins.record_feed.feed_builders import Sender
from tests.plugins.record_feed.feed_runs import Run


@pytest.fixture
def niche(app: Flask) -> Sender:
    return Sender(app)


@pytest.fixture
def run(app: Flask) -> Run:
    """Runs ``trackmycrime <words>`` as an operator does; the force is given."""

    def call(group: str, *words: Any, force: str = HERTS) -> Result:
        given = [*map(str, words), "--force", force]
        chosen = {"feed": feed, "keys": keys}[group]
        return CliRunner().invoke(chosen, given, obj=ScriptInfo(create_app=lambda: app))

    return call
