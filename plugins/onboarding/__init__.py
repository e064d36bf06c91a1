"""Commands for who brings a force on board: its first file, what it says, how it differs, what it lacks."""

from __future__ import annotations

import click

from core.hookspecs import hookimpl

NAME = "onboarding"
VERSION = "0.1.0"
SETTINGS = None
ALWAYS_ON = True


@hookimpl
def commands() -> list[click.Command]:
    from plugins.onboarding.commands import forces
    from plugins.onboarding.new import forces_new

    forces.add_command(forces_new)
    return [forces]
