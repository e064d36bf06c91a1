"""``trackmycrime audit head`` and ``audit verify``: is the audit as it was written?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import current_app
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.audit.check import Report, check, count_links
from core.audit.export import Head, HeadsUnreadable, audited, head_of, read_file
from core.base.installation import installation
from core.plugin_host.commands import Problem, group
from core.plugin_host.host import host
from core.storage.db import force_scope
from core.storage.keys.purposes import ForceErased

commands = group("audit", "Who saw or did what, and whether that is still as it was written.")
which = click.option("--force", metavar="ID", help="One force only.")
as_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


def _forces(force: str | None) -> list[str]:
    app: Any = current_app._get_current_object()  # type: ignore[attr-defined]
    return [host().get(force).force.id] if force else audited(app)


@commands.command("head")
@which
@as_json_option
def audit_head(force: str | None, as_json: bool) -> None:
    """The last link of every force's chain."""
    heads = [head for one in _forces(force) if (head := head_of(one))]
    if as_json:
        click.echo(json.dumps({h.force: {"number": h.number, "link": h.link.hex(),
                                         "at": h.at.isoformat()} for h in heads}))
        return
    for head in heads:
        click.echo(f"{head.force:24} {head.number:>9} {head.at:%Y-%m-%dT%H:%M:%SZ} {head.link.hex()}")


@commands.command("verify")
@which
@click.option("--heads", type=click.Path(path_type=Path, dir_okay=False),
              help="The heads that were told (by default TMC_AUDIT_HEAD_FILE).")
@as_json_option
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
def audit_verify(force: str | None, heads: Path | None, as_json: bool, quiet: bool) -> None:
    """Check every row, the chain, and the heads that were told. Exit status 1 names the first
    broken row and what happened to it.

    Without told heads nobody can see that the end of a chain was cut off.
    """
    file = heads or installation().settings.audit_head_file
    told = _read_heads(file)
    forces = _forces(force) if force else _with_forces_of_heads(_forces(None), told, quiet=quiet)
    reports = list(_reports(forces, told, must_be_told=file is not None, quiet=quiet or as_json))
    if as_json:
        click.echo(json.dumps([report.as_json() for report in reports], default=str))
    else:
        for report in reports:
            if not (quiet and report.ok):
                click.echo(_summary(report))
        if file is None and not quiet:
            click.echo("no told heads were given (--heads, or TMC_AUDIT_HEAD_FILE): a cut-off end "
                       "of a chain cannot be seen")
    if not all(report.ok for report in reports):
        raise click.exceptions.Exit(1)


def _with_forces_of_heads(forces: list[str], told: list[Head], *, quiet: bool) -> list[str]:
    """Also those that are a draft again, or whose folder is gone: of them heads were told."""
    others = {head.force for head in told} - set(forces)
    if (gone := sorted(others - host().installed.keys())) and not quiet:
        click.echo(f"not installed here, so not checked, though heads were told: {', '.join(gone)}",
                   err=True)
    return sorted({*forces, *others} & host().installed.keys())


def _read_heads(path: Path | None) -> list[Head]:
    try:
        return list(read_file(path)) if path else []
    except OSError as error:
        raise Problem(f"{path}: the heads cannot be read: {error.strerror}. Name with --heads a file that "
                      "TMC_AUDIT_HEAD_FILE was, or the letters' lines put together") from None
    except HeadsUnreadable as error:
        raise Problem(f"{error}; name a file that a worker wrote") from None


def _reports(
    forces: list[str], told: list[Head], *, must_be_told: bool, quiet: bool
) -> Iterator[Report]:
    for force in forces:
        with force_scope(force), _bar(force, count_links(), quiet=quiet) as progress:
            try:
                yield check(told, progress, must_be_told=must_be_told)
            except ForceErased:
                yield Report(force, erased=True)


def _summary(report: Report) -> str:
    if report.erased:
        return f"{report.force}: erased here, with the keys that its audit was checked with"
    counted = f"{report.linked:,} rows linked"
    if report.removed:
        counted += f", {report.removed:,} removed by retention"
    if report.unlinked:
        counted += (f", {report.unlinked:,} not linked yet (the oldest from "
                    f"{report.oldest_unlinked:%Y-%m-%d %H:%M:%S} UTC)")
    if report.heads:
        counted += f", {report.heads:,} told heads"
    return f"{report.force}: {'as written' if report.ok else report.broken} ({counted})"


@contextmanager
def _bar(force: str, total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    if quiet or not sys.stderr.isatty():
        yield lambda done: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(force, total=total)
        yield lambda done: bar.update(task, completed=done)
