"""``trackmycrime police-uk replay``: a door; what it does is in replay.py."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.force import Force, NoReference, eligibility
from core.intake import Result, take_in
from core.plugin_host import Problem, WrongCall, host
from core.storage import db, force_scope

from .calling import check_outputs, months_of_call, whole_file
from .conversion import Bounds, Conversion, Register
from .events import Crime, EventMaker, first_day
from .files import FileProblem, Months, check_file, find_files
from .memory import MemoryRegister
from .needed import crime_types_of, refuse_without_template
from .references import StoredRegister
from .replay import SOURCE, WRITTEN, Replay, Summary, TakeIn
from .samples import as_csv, samples


@dataclass(frozen=True)
class Wishes:
    """The command's options."""

    folder: Path
    months: Months
    limit: int | None
    announce: bool
    people: Path | None
    sample: int
    write_events: Path | None
    as_json: bool
    quiet: bool


@click.group("police-uk")
def police_uk() -> None:
    """Replay files of data.police.uk as record events."""


@police_uk.command("replay")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--force", "force_id", required=True, metavar="FORCE", help="The force, by its id.")
@click.option("--from", "first", metavar="YYYY-MM",
              help="First month; files of earlier months are not read.")
@click.option("--to", "last", metavar="YYYY-MM",
              help="Last month; files of later months are not read.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N",
              help="Use at most N street rows, that is crimes; the others, and their"
              " outcomes, are left out as over_limit.")
@click.option("--json", "as_json", is_flag=True,
              help="End with one JSON object on standard output.")
@click.option("--quiet", is_flag=True, help="No progress bar and no summary.")
@click.option("--announce", is_flag=True,
              help="Tell people of the news; without it nobody is told.")
@click.option("--people", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write a CSV of made-up people to sign in with: those with most states.")
@click.option("--sample", type=click.IntRange(min=1), default=10, show_default=True, metavar="N",
              help="How many people to write.")
@click.option("--write-events", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the events as JSON Lines instead of taking them in.")
@with_appcontext
def replay_command(force_id: str, first: str | None, last: str | None, **options: Any) -> None:
    """Turn the street and outcome files in DIR, or below it, into record events and take them in.

    Nothing is done twice: a run that was stopped goes on when it is started again. Exits 1 when a
    row could not be read or an event was refused, 2 when the call itself is wrong.
    """
    wishes = Wishes(months=months_of_call(first, last), **options)
    _check_call(wishes)
    installed = host().get(force_id)
    crime_types = crime_types_of(installed.force, installed.file)
    refuse_without_template(installed.force, installed.file)
    try:
        with force_scope(force_id):
            summary = _run(installed.force, crime_types, wishes)
    except (FileProblem, NoReference) as problem:
        raise Problem(str(problem)) from None
    except KeyboardInterrupt:
        raise Problem(
            "stopped; what was taken in stays: run the same command again to go on"
        ) from None
    _report(summary, wishes)
    if summary.has_problems:
        raise click.exceptions.Exit(1)


# --- load, check ------------------------------------------------------------------------------


def _check_call(wishes: Wishes) -> None:
    if not wishes.folder.is_dir():
        raise WrongCall(f"{wishes.folder}: no such folder; name the one that holds the files")
    check_outputs(wishes.people, wishes.write_events)


def _run(force: Force, crime_types: dict[str, str], wishes: Wishes) -> Summary:
    files = find_files(wishes.folder, force.id, wishes.months)
    lines = sum(check_file(file) for file in files)
    bounds = Bounds(force.district_of_lsoa, crime_types, wishes.months, wishes.limit)
    register = _register(force, wishes)
    conversion = Conversion(EventMaker(force.id, crime_types), register, bounds)
    with _taking_in(force, wishes) as take, _progress(lines, wishes) as progress:
        summary = Replay(files, conversion, take).run(progress)
    if wishes.people:
        _write_people(wishes.people, force, crime_types, register, wishes)
    return summary


def _register(force: Force, wishes: Wishes) -> Register:
    stored = StoredRegister(force)
    if not wishes.write_events:
        return stored
    return MemoryRegister(force.make_reference, stored.look_up, stored.last_numbers())


# --- act --------------------------------------------------------------------------------------


@contextmanager
def _taking_in(force: Force, wishes: Wishes) -> Iterator[TakeIn]:
    if wishes.write_events is None:
        yield lambda events: _take_in(force, events, wishes.announce)
        return
    with whole_file(wishes.write_events) as file:
        yield lambda events: [_write_event(file, event) for event in events]


def _take_in(force: Force, events: list[dict[str, Any]], announce: bool) -> list[Result]:
    """Events and what the register noted of them are committed together, or neither."""
    results = take_in(force, SOURCE, events, announce=announce) if events else []
    db.session.commit()
    return results


def _write_event(file: IO[str], event: dict[str, Any]) -> Result:
    json.dump(event, file, ensure_ascii=False, separators=(",", ":"))
    file.write("\n")
    return Result(event["id"], WRITTEN)


def _write_people(
    path: Path, force: Force, crime_types: dict[str, str], register: Register, wishes: Wishes
) -> None:
    def can_be_opened(crime: Crime) -> bool:
        crime_type = crime_types.get(crime.category)
        return crime_type is not None and eligibility(
            force, crime.district, crime_type, (), first_day(crime.month)
        ).offered

    chosen = filter(can_be_opened, register.busiest(wishes.months))
    with whole_file(path) as file:
        file.write(as_csv(samples(force.id, islice(chosen, wishes.sample))))


# --- tell -------------------------------------------------------------------------------------


@contextmanager
def _progress(lines: int, wishes: Wishes) -> Iterator[Callable[[int], None]]:
    if wishes.quiet or not sys.stderr.isatty():
        yield lambda rows: None
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("rows"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=lines)
        yield lambda rows: bar.advance(task, rows)


def _report(summary: Summary, wishes: Wishes) -> None:
    for fault in summary.faults:
        click.echo(fault, err=True)
    if summary.changed_nothing and not wishes.quiet:
        click.echo("Nothing new: all of this was taken in before.", err=wishes.as_json)
    if wishes.as_json:
        click.echo(json.dumps(summary.as_json()))
    elif not wishes.quiet:
        click.echo("\n".join(_lines(summary)))


def _lines(summary: Summary) -> Iterator[str]:
    rows = summary.street_rows + summary.outcome_rows
    yield f"{rows:,} rows read: {summary.street_rows:,} street, {summary.outcome_rows:,} outcomes"
    yield f"{summary.rows_used:,} rows used"
    for reason, count in sorted(summary.left_out.items()):
        yield f"{count:,} rows left out: {reason}"
    for kind, count in sorted(summary.events.items()):
        yield f"{count:,} events {kind}"
    yield f"{summary.accepted:,} accepted, {summary.repeated:,} repeated, {summary.parked:,} parked"
    for category, count in sorted(summary.cases_by_category.items()):
        yield f"{count:,} cases opened: {category}"
    yield f"{summary.seconds:.1f} seconds"

