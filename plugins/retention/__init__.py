"""What is kept for how long, and taking away for good. Every force has it: its ``[retention]`` says how long.

It lists no table: each model says of itself until when its rows are kept (``__kept__``), and what an
erasure leaves (``__at_erasure__``).
"""

from __future__ import annotations

import click

from core.hookspecs import Jobs, hookimpl
from plugins.retention import nightly

NAME = "retention"
VERSION = "0.1.0"
SETTINGS = None
ALWAYS_ON = True


@hookimpl
def commands() -> list[click.Command]:
    from plugins.retention.commands import cases, forces

    return [cases, forces]


@hookimpl
def jobs(registry: Jobs) -> None:
    registry.task("retention_remove_overdue", cron="41 2 * * *")(nightly.every_night)
