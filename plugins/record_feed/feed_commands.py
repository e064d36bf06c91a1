"""``trackmycrime feed import|parked|left-out|retry|digest``: doors to the modules beside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from core import audit
from core.audit import CoreAction
from core.base import current_force_id
from core.force import Force
from core.intake import retry_parked
from core.plugin_host import Problem, WrongCall, force_option, installed, lacks, plugin_settings
from core.storage import db
from plugins.record_feed.asking import (
    PLUGIN,
    check_force,
    json_option,
    progress_bar,
    quiet_option,
    source_option,
    visible,
)
from plugins.record_feed.audit_actions import FeedAction
from plugins.record_feed.digest import digest_of, how_many_cases, state_lines
from plugins.record_feed.files import EventFile, FileProblem, packed
from plugins.record_feed.importing import Import, Summary
from plugins.record_feed.waiting import (
    events_with_details_left_out,
    how_many_parked,
    waiting_events,
)

SHOWN = "{received}  {status:8}  {source}  {type}  {id}  {subject}: {reason}"
ENDINGS = (".jsonl", ".ndjson", ".json", ".csv")


@click.group("feed")
def feed() -> None:
    """What record systems sent."""


@feed.command("import")
@with_appcontext
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@source_option
@click.option("--announce", is_flag=True, help="Tell people; without it nobody is told.")
@json_option("End with one JSON object on standard output.")
@quiet_option
@force_option
def feed_import(
    force: Force, paths: tuple[Path, ...], source: str, announce: bool, as_json: bool, quiet: bool
) -> None:
    """Take in events from files: JSON Lines, or CSV with a mapping in force.toml; .gz of either.

    Nothing is done twice: a run that was stopped goes on when it is started again. What could not
    be taken is written to FILE.rejected.jsonl, with line and reason, and the command exits 1.
    """
    check_force(force, source)
    files = [_file(path, source) for path in paths]
    try:
        for file in files:
            file.check()
        with progress_bar(sum(file.size for file in files), quiet=quiet) as progress:
            summary = Import(
                force, source, db.session.commit, announce=announce).run(files, progress)
    except FileProblem as problem:
        raise Problem(str(problem)) from None
    except KeyboardInterrupt:
        raise Problem("stopped; what was taken in so far stays; start it again to go on") from None
    _report(summary, as_json=as_json, quiet=quiet)
    if summary.left_out:
        raise click.exceptions.Exit(1)


@feed.command("parked")
@with_appcontext
@json_option("One JSON array.")
@force_option
def feed_parked(force: Force, as_json: bool) -> None:
    """Events that wait for something, or are in conflict with an earlier one, with reasons.

    Shows what stands at fault, which may be personal data; that is noted in the audit.
    """
    _list(force, waiting_events(), as_json=as_json)


@feed.command("left-out")
@with_appcontext
@json_option("One JSON array.")
@force_option
def feed_left_out(force: Force, as_json: bool) -> None:
    """Details of accepted events that could not be used, each with its place and reason.

    Shows what was sent there, which may be personal data; that is noted in the audit.
    """
    _list(force, events_with_details_left_out(), as_json=as_json)


@feed.command("retry")
@with_appcontext
@json_option("One JSON object.")
@quiet_option
@force_option
def feed_retry(force: Force, as_json: bool, quiet: bool) -> None:
    """Try every parked event again, after a change of force.toml, say."""
    check_force(force)
    before = how_many_parked()
    retry_parked(force)
    left = how_many_parked()
    db.session.commit()
    if as_json:
        click.echo(json.dumps({"accepted": before - left, "parked": left}))
    elif not quiet:
        click.echo(f"{before - left:,} accepted, {left:,} still parked")


@feed.command("digest")
@with_appcontext
@click.option("--rows", is_flag=True, help="First its lines; they hold personal data.")
@force_option
def feed_digest(force: Force, rows: bool) -> None:
    """A digest of the final state: equal for two runs that led to the same."""
    check_force(force)
    if rows:
        audit.write(CoreAction.CASES_LISTED, count=how_many_cases())
        db.session.commit()
    click.echo(digest_of(_shown(state_lines()) if rows else state_lines()))


def _list(force: Force, events: Iterator[dict[str, Any]], *, as_json: bool) -> None:
    check_force(force)
    told = list(events)
    if told:
        audit.write(FeedAction.LISTED, count=len(told))
        db.session.commit()
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for event in told:
        ends = f" (waits until {event['until']})" if "until" in event else ""
        click.echo(SHOWN.format(**event) + ends)


# --- load, tell -------------------------------------------------------------------------------


def _file(path: Path, source: str) -> EventFile:
    kind = (path.with_suffix("") if packed(path) else path).suffix.lower()
    if kind not in ENDINGS:
        raise WrongCall(
            f"{path}: the name must end in {', '.join(ENDINGS)}, or one of these and .gz"
        )
    if not path.is_file():
        raise Problem(f"{path}: no such file")
    if kind != ".csv":
        return EventFile(path)
    mapping = plugin_settings(PLUGIN).csv.get(source)
    if mapping is None:
        table = f"[plugins.{PLUGIN}.csv.{source}.columns]"
        raise Problem(lacks(
            current_force_id(), installed().file, table,
            f"which says how columns of {path} and other CSV of {source} are read",
            f'{table} and below it a line for each column, like "Crime No" = "subject" '
            "(docs/record-feed.md has all of it)",
        ))
    return EventFile(path, mapping)


def _shown(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        click.echo(line)
        yield line


def _report(summary: Summary, *, as_json: bool, quiet: bool) -> None:
    for fault in summary.faults:
        click.echo(visible(fault), err=True)
    if as_json:
        click.echo(json.dumps(summary.as_json()))
    elif not quiet:
        click.echo("\n".join(_lines(summary.as_json())))


def _lines(told: dict[str, Any]) -> Iterator[str]:
    yield f"{told['lines']:,} lines read"
    for reason, count in told["left_out"].items():
        yield f"{count:,} left out: {reason}"
    for kind, count in told["events"].items():
        yield f"{count:,} events {kind}"
    yield f"{told['accepted']:,} accepted, {told['repeated']:,} repeated, {told['parked']:,} parked"
    yield f"{told['seconds']:.1f} seconds"
