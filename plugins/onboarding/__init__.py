"""Commands for who brings a force on board: its first file, what it says, how it differs, what it lacks."""

from __future__ import annotations

import click

from core.hookspecs import hookimpl
from plugins.onboarding import new
from plugins.onboarding.commands import forces

NAME = "onboarding"
VERSION = "0.1.0"
SETTINGS = None
ALWAYS_ON = True
forces.add_command(new.forces_new)


@hookimpl
def commands() -> list[click.Command]:
    return [forces]
