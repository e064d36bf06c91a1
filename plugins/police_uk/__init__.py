"""Replays files of data.police.uk as record events, and simulates who would be offered the portal."""

from __future__ import annotations

import click

from core.hookspecs import hookimpl

from .models import PoliceUkCrime
from .settings import PoliceUkSettings

__all__ = ["NAME", "SETTINGS", "VERSION", "PoliceUkCrime", "commands"]

NAME = "police_uk"
VERSION = "1.0"
SETTINGS = PoliceUkSettings


@hookimpl
def commands() -> list[click.Command]:
    from .cli import police_uk
    from .simulate_commands import forces

    return [police_uk, forces]
