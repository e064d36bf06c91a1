"""The commands of the portal, run as an operator types them."""

from __future__ import annotations

from typing import Any

from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from core.cli.main import add_plugin_commands
from core.plugin_host.commands import root


def run_command(app: Flask, *words: Any, ends: int | None = None, typed: str | None = None) -> Result:
    """What ``trackmycrime`` answers to these words: its ``output``, its ``exit_code``, what it raised.

    Fails unless it ends with the status *ends*, where that is given. *typed* is what the operator types when
    the command asks for something. The commands of plugins are there too; raises PluginError for one whose
    commands fail.
    """
    add_plugin_commands()
    info = ScriptInfo(create_app=lambda: app, load_dotenv_defaults=False)
    done = CliRunner().invoke(root, [str(word) for word in words], obj=info, input=typed)
    assert ends is None or done.exit_code == ends, (done.output, done.exception)
    return done
