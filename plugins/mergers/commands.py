"""``trackmycrime forces merge``: the cases of an absorbed force go to its successor."""

from __future__ import annotations

import json

import click

from core.plugin_host import Problem, group, host
from core.storage import db
from plugins.mergers.merging import CannotMerge, merge

forces = group("forces", "The forces of this installation.")


@forces.command("merge")
@click.argument("old")
@click.option("--into", "new", required=True, metavar="ID", help="Id of the successor.")
@click.option("--dry-run", is_flag=True, help="Check and count only; nothing moves.")
@click.option("--closing", is_flag=True,
              help="Also when cases, or pages of plugins, that people have now would be closed.")
@click.option("--stopped", is_flag=True,
              help="Web, live and worker are stopped; what a pooler keeps open does not count.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
def forces_merge(
    old: str, new: str, dry_run: bool, closing: bool, stopped: bool, as_json: bool, quiet: bool
) -> None:
    """Move all cases of the force OLD to its successor.

    Both force.toml files must say so first (status, successor, absorbed). Links to OLD lead on to
    the successor; its audit stays. Stop web and worker while it runs; run it again if it was cut
    off.
    """
    try:
        merged = merge(
            host().get(old).force, host().get(new).force, db.session.commit, closing=closing,
            dry_run=dry_run, stopped=stopped,
        )
    except CannotMerge as problem:
        raise Problem("; ".join(problem.problems)) from None
    if as_json:
        click.echo(json.dumps({"cases": merged.cases, "rows": merged.rows, "moved": not dry_run,
                               "closed": merged.closed, "silent": merged.silent}))
    elif not quiet:
        rows = ", ".join(f"{count:,} {name}" for name, count in merged.rows.items())
        click.echo(f"{merged.cases:,} cases {'would move' if dry_run else 'moved'} to {new} ({rows})")
        if merged.closed:
            click.echo(f"{merged.closed:,} of them are no longer shown online; {merged.silent:,} of "
                       "these need care, and their officers are told by email")
