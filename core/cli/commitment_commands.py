"""``trackmycrime commitments``: whom nobody owes news, the evidence of what was kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from core.base import clock
from core.base.clock import LONDON
from core.base.installation import installation
from core.commitments import jobs
from core.commitments.export import lines
from core.commitments.unpromised import unpromised
from core.force.model import Force
from core.notices import outbox
from core.plugin_host.commands import WrongCall, force_option, group
from core.plugin_host.host import host, served
from core.storage.db import force_scope

commands = group("commitments", "What people were promised: is anybody owed nothing, and the evidence.")
FORMATS = ("csv", "jsonl")
one_force_or_all = click.option(
    "--force", "force_id", metavar="ID", help="Only this force; without it all that are served.")


@commands.command("check")
@one_force_or_all
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def check(force_id: str | None, as_json: bool) -> None:
    """Whether somebody who follows an open case is owed nothing by anybody. Exit status 1 if so.

    The worker looks every night too, and mends what it finds. No names are shown.
    """
    cases, people = 0, []
    for one in _forces(force_id):
        with force_scope(one):
            found = unpromised()
        cases += found.cases
        people += [{"case": str(case), "person": str(person)} for case, person in found.people]
    if as_json:
        click.echo(json.dumps({"cases": cases, "unpromised": people}, indent=1))
    else:
        for row in people:
            click.echo(f"case {row['case']}: nothing is owed to person {row['person']}")
        click.echo(f"open cases that are followed: {cases}; people to whom nothing is owed: {len(people)}")
    sys.exit(1 if people else 0)


@commands.command("export")
@force_option
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="A table, or JSON Lines.")
def export(force: Force, form: str) -> None:
    """Every commitment of the force on standard output, oldest first, without names.

    Columns and states: docs/commitments.md.
    """
    for line in lines(form):
        sys.stdout.write(line)


@commands.command("remind")
@one_force_or_all
@click.option("--at", metavar="MOMENT",
              help="In demo mode: as if it were this moment, like 2026-12-15T09:00Z; the letters go at once.")
def remind(force_id: str | None, at: str | None) -> None:
    """Write the letters about what falls due and what is late, as the worker does each hour.

    Nobody is told twice on one day.
    """
    with moment_of(at):
        for one in _forces(force_id):
            with force_scope(one):
                jobs.remind()
                if at:
                    click.echo(f"{one}: letters sent as of {at}: {outbox.send_made_now()}")


@commands.command("sweep")
@one_force_or_all
@click.option("--at", metavar="MOMENT", help="In demo mode: as if it were this moment.")
def sweep(force_id: str | None, at: str | None) -> None:
    """Ask for a call to whoever did not read news of a right for 48 hours, as the worker does each hour."""
    cases = 0
    with moment_of(at):
        for one in _forces(force_id):
            with force_scope(one):
                cases += jobs.sweep()
    click.echo(f"cases in which somebody is to be reached: {cases}")


def _forces(force_id: str | None) -> list[str]:
    """The one that is named, or all that are served."""
    if force_id:
        return [host().get(force_id).force.id]
    return sorted(served(host(), installation().settings))


@contextmanager
def moment_of(at: str | None) -> Iterator[None]:
    """As if it were that moment. Raises :class:`WrongCall` outside of demo mode, and for what is none."""
    if at is None:
        yield
        return
    if not installation().settings.demo:
        raise WrongCall("--at MOMENT is for demo mode: here the clock is the clock")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise WrongCall(f"--at {at}: a moment is written like 2026-12-15T09:00Z") from None
    with clock.travel(moment if moment.tzinfo else moment.replace(tzinfo=LONDON)):
        yield
