"""One force taken over by another. Every force has it.

It lists no table: each model says of itself what becomes of its rows (``__at_merger__``).
"""

from __future__ import annotations

import click

from core.hookspecs import hookimpl

__all__ = ["ALWAYS_ON", "NAME", "SETTINGS", "VERSION", "commands"]
NAME = "mergers"
VERSION = "0.1.0"
SETTINGS = None
ALWAYS_ON = True


@hookimpl
def commands() -> list[click.Command]:
    from plugins.mergers.commands import forces

    return [forces]
