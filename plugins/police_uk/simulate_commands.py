"""``trackmycrime forces simulate``: a door; what it does is in simulate.py."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from core.force import Force
from core.plugin_host import ForceFile, Problem, WrongCall, force_file

from .calling import check_outputs, months_of_call, whole_file
from .files import FileProblem, Months
from .needed import crime_types_of
from .simulate import Simulation, Words, run
from .simulate_figures import Result
from .simulate_picture import picture
from .simulate_report import as_csv, as_json, tell
from .simulate_sources import (
    OwnWords,
    PoliceUkWords,
    rows_of_files,
    rows_of_table,
    street_files,
)


@dataclass(frozen=True)
class Wishes:
    """The command's options."""

    months: Months
    replay: Path | None
    table: Path | None
    compare: str | None
    plot: Path | None
    csv_file: Path | None
    full: bool
    as_json: bool
    quiet: bool


@click.group("forces")
def forces() -> None:
    """The forces of this installation."""


_FILE = click.Path(dir_okay=False, path_type=Path)


@forces.command("simulate")
@click.argument("force_id", metavar="ID")
@click.option("--from-replay", "replay", metavar="DIR", type=click.Path(path_type=Path),
              help="Folder with the street files of data.police.uk, or above them.")
@click.option("--from-csv", "table", metavar="FILE", type=_FILE,
              help="A CSV of your own: district, crime_type, reported_on; flags and count if known.")
@click.option("--from", "first", metavar="YYYY-MM", help="First month.")
@click.option("--to", "last", metavar="YYYY-MM", help="Last month.")
@click.option("--compare", metavar="OTHER.toml",
              help="A changed copy of the force's file: what it would add and take away.")
@click.option("--plot", type=_FILE, metavar="FILE.svg", help="Write a picture of it.")
@click.option("--csv", "csv_file", type=_FILE, metavar="FILE",
              help="Write the whole table by district, crime type and month.")
@click.option("--full", is_flag=True, help="Print the whole table too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
@click.option("--quiet", is_flag=True, help="No tables.")
def simulate_command(force_id: str, first: str | None, last: str | None, **options: Any) -> None:
    """Who would be offered the portal, had these recorded crimes come in under ID's force.toml.

    ID is a force, or the path of any force.toml. Reads files only; nothing is written but what
    you name. Exits 1 when a file or a row could not be read, 2 when the call itself is wrong.
    """
    wishes = Wishes(months=months_of_call(first, last), **options)
    _check_call(wishes)
    named = force_file(force_id)
    other = _other(named.force, wishes.compare)
    try:
        result = _simulate(named, other, wishes)
    except FileProblem as problem:
        raise Problem(str(problem)) from None
    _report(result, wishes)
    if result.faults or not result.tally.adds_up:
        raise click.exceptions.Exit(1)


# --- load, check ------------------------------------------------------------------------------


def _check_call(wishes: Wishes) -> None:
    if (wishes.replay is None) == (wishes.table is None):
        raise WrongCall("give one of --from-replay DIR and --from-csv FILE")
    if wishes.replay is not None and not wishes.replay.is_dir():
        raise WrongCall(f"{wishes.replay}: no such folder; name the one that holds the files")
    if wishes.table is not None and not wishes.table.exists():
        raise WrongCall(f"{wishes.table}: no such file")
    if wishes.plot is not None and wishes.plot.suffix.lower() != ".svg":
        raise WrongCall(f"{wishes.plot}: pictures are written as SVG only; end its name in .svg")
    check_outputs(wishes.plot, wishes.csv_file)


def _other(force: Force, name: str | None) -> ForceFile | None:
    if name is None:
        return None
    other = force_file(name)
    if other.force.id != force.id:
        raise WrongCall(
            f"{name} is the file of {other.force.id}, not of {force.id}: compare with a changed copy of"
            " the same force's file"
        )
    return other


def _simulate(named: ForceFile, other: ForceFile | None, wishes: Wishes) -> Result:
    force = named.force
    first = Simulation(force, _words(named, wishes), wishes.months)
    second = Simulation(other.force, _words(other, wishes), wishes.months) if other else None
    if wishes.replay is not None:
        files = street_files(wishes.replay, force.id, wishes.months)
        rows, number = rows_of_files(files), len(files)
        source = f"{number} street file{'s' if number > 1 else ''} of data.police.uk"
    else:
        assert wishes.table is not None
        rows, number, source = rows_of_table(wishes.table), 1, wishes.table.name
    comparison, faults = run(rows, first, second)
    return Result(
        first, second, comparison, source, number, wishes.replay is not None, tuple(faults),
        wishes.compare or "",
    )


def _words(named: ForceFile, wishes: Wishes) -> Words:
    if wishes.replay is None:
        return OwnWords(named.force)
    given = crime_types_of(named.force, named.file, ", or use --from-csv")
    return PoliceUkWords(named.force, given)


# --- tell -------------------------------------------------------------------------------------


def _report(result: Result, wishes: Wishes) -> None:
    for fault in result.faults:
        click.echo(fault, err=True)
    if wishes.csv_file:
        with whole_file(wishes.csv_file) as file:
            file.write(as_csv(result))
    if wishes.plot:
        with whole_file(wishes.plot) as file:
            file.write(picture(result))
    if wishes.as_json:
        click.echo(json.dumps(as_json(result), ensure_ascii=False))
    elif not wishes.quiet:
        tell(result, full=wishes.full)
