"""``trackmycrime demand``: how often people asked for what cannot be followed online."""

from __future__ import annotations

import json
import re
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from core.force import Force
from core.plugin_host import WrongCall, force_option, installed, lacks
from plugins.eligibility.counting import Line, lines

PLUGIN = "eligibility"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
COLUMNS = ("month", "district", "crime type", "asked by", "count", "if reported today")


@click.command("demand")
@with_appcontext
@click.option("--from", "first", metavar="YYYY-MM", default="", help="First month of the table.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.option("--quiet", is_flag=True, help="The table alone, without the sum.")
@force_option
def demand(force: Force, first: str, as_json: bool, quiet: bool) -> None:
    """How often people asked for a crime that cannot be followed online, by district, type, month.

    For staff: small counts are shown as they are. Do not publish counts under 5.
    """
    if PLUGIN not in force.plugins:
        raise WrongCall(lacks(
            force.id, installed().file, f"[plugins.{PLUGIN}]", "with which people's questions are counted",
            f"a line [plugins.{PLUGIN}]",
        ))
    if first and not MONTH.fullmatch(first):
        raise WrongCall(f"--from {first}: a month is written like 2026-11")
    found = lines(force, first)
    if as_json:
        click.echo(json.dumps([asdict(line) for line in found], indent=1))
        return
    _table(found)
    if not quiet:
        click.echo(f"{sum(line.count for line in found)} in all. Counted: docs/eligibility.md",
                   err=True)


def _table(found: list[Line]) -> None:
    rows = [COLUMNS, *(tuple(map(str, asdict(line).values())) for line in found)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(COLUMNS))]
    for row in rows:
        click.echo("  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip())
