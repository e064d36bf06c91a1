"""``trackmycrime notices``: what was sent, what waits, what failed and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import click
import sqlalchemy as sa
from flask import current_app

from core.audit.export import audited, heads_outside
from core.base import clock
from core.base.installation import installation
from core.cases.models import Case
from core.force.model import Force
from core.hookspecs import NoticeKind
from core.notices import restored
from core.notices.models import Notice
from core.notices.outbox import is_waiting, retry
from core.notices.queue import enqueue
from core.plugin_host.commands import Problem, WrongCall, force_option, group
from core.plugin_host.host import host, served
from core.storage.db import db, force_scope

STATES = ("due", "perhaps_sent", "sent", "failed", "withheld")
notices = group("notices", "Letters to people and officers: sent, waiting, failed.")


@notices.command("list")
@force_option
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--most", default=100, show_default=True, type=click.IntRange(1, 10_000),
              help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.option("--quiet", is_flag=True, help="Ids alone.")
def notices_list(force: Force, state: str | None, most: int, as_json: bool, quiet: bool) -> None:
    """List notices. No names, addresses or words are shown."""
    wanted = sa.select(Notice, Case.crime_reference).outerjoin(Case, sa.and_(
        Case.force == Notice.force, Case.id == Notice.case_id
    )).order_by(Notice.made_at.desc(), Notice.id.desc()).limit(most)
    if state:
        wanted = wanted.where(Notice.state == state)
    rows = [_shown(notice, reference) for notice, reference in db.session.execute(wanted)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif quiet:
        click.echo("".join(f"{row['id']}\n" for row in rows), nl=False)
    else:
        for row in rows:
            click.echo("{id}  {state:12} {kind:15} {to:8} {made_at}  {tries} tries".format(**row)
                       + (f"  {row['reason']}" if row["reason"] else ""))
        click.echo(f"notices: {len(rows)}" + (" (the newest)" if len(rows) == most else ""))


def _shown(notice: Notice, reference: str | None) -> dict[str, Any]:
    return {
        "id": str(notice.id), "kind": notice.kind,
        "to": "officer" if notice.staff_id else "person" if notice.person_id else "reviewer",
        "crime_reference": reference, "state": notice.state, "reason": notice.reason,
        "tries": notice.tries, **{
            name: moment.isoformat(timespec="seconds") if moment else None for name, moment in (
                ("made_at", notice.made_at), ("sent_at", notice.sent_at),
                ("due_at", notice.due_at if is_waiting(notice) else None),
            )
        },
    }


@notices.command("retry")
@force_option
@click.argument("ids", nargs=-1, metavar="[ID]...", type=click.UUID)
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
def notices_retry(force: Force, ids: tuple[UUID, ...], quiet: bool) -> None:
    """Try failed notices again: all of them, or those named; also withheld ones and those that were
    perhaps sent, when named.

    Whether it is safe is asked anew. Letters with sign-in codes are not sent again.
    """
    again, problems = 0, []
    for notice in _named(force, ids) if ids else _failed():
        try:
            retry(notice)
            again += 1
        except ValueError as why:
            problems.append(f"{notice.id} {why}")
    db.session.commit()
    if not quiet:
        click.echo(f"notices to be tried again: {again}")
    for problem in problems:
        click.echo(f"trackmycrime: {problem}", err=True)
    sys.exit(1 if problems else 0)


def _named(force: Force, ids: Sequence[UUID]) -> Sequence[Notice]:
    found = db.session.scalars(sa.select(Notice).where(Notice.id.in_(ids)).with_for_update()).all()
    unknown = sorted(str(one) for one in set(ids) - {notice.id for notice in found})
    if unknown:
        raise Problem(f"{', '.join(unknown)}: {force.id} has no such notice; nothing was changed. "
                      f"See: trackmycrime notices list --force {force.id}")
    return found


def _failed() -> Sequence[Notice]:
    return db.session.scalars(
        sa.select(Notice).where(Notice.state == "failed", Notice.kind != NoticeKind.CODE)
        .order_by(Notice.made_at).with_for_update(skip_locked=True)
    ).all()


# --- after a restore ----------------------------------------------------------------------------


@notices.command("release")
@click.option("--show", is_flag=True, help="Only say what waits.")
@click.option("--drop", is_flag=True, help="Never send what waits.")
@click.option("--older-than", "hours", type=click.FloatRange(min=0), metavar="HOURS",
              help="With --drop: only what was made longer ago; the rest is sent.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def notices_release(show: bool, drop: bool, hours: float | None, yes: bool) -> None:
    """Say which letters wait in a restored database, and let them go.

    What was due when the backup was made may have been sent since then. Look at what waits first.
    """
    if hours is not None and not drop:
        raise WrongCall("--older-than goes with --drop")
    held = [force for force in sorted(served(host(), installation().settings))
            if _says_what_waits(force)]
    if not held:
        click.echo("no letters are held")
    if show or not held:
        return
    if not yes:
        click.confirm(_question(drop, hours), abort=True)
    for force in held:
        _release(force, drop, hours)


def _question(drop: bool, hours: float | None) -> str:
    if not drop:
        return "Let these go?"
    return "Drop all of these?" if hours is None else (
        f"Drop what is older than {hours:g} hours, and let the rest go?")


def _says_what_waits(force: str) -> bool:
    """What waits at the force, a line for each kind; whether its letters are held."""
    with force_scope(force):
        since = restored.look()
        if since is None:
            return False
        click.echo(f"{force}: held since {since:%Y-%m-%d %H:%M} UTC")
        for one in restored.waiting():
            click.echo(f"  {one.many:6} {one.kind:15} made from {one.oldest:%Y-%m-%d %H:%M} "
                       f"to {one.newest:%Y-%m-%d %H:%M} UTC")
    return True


def _release(force: str, drop: bool, hours: float | None) -> None:
    with force_scope(force):
        before = None if hours is None else clock.now() - timedelta(hours=hours)
        gone = restored.drop(before) if drop else {}
        outside = heads_outside(installation().settings.audit_head_file, audited(current_app))
        kinds = restored.release(sum(gone.values()), outside.get(force, 0))
        enqueue(kinds)
        db.session.commit()
        click.echo(f"{force}: {len(kinds)} to be sent, {sum(gone.values())} dropped")
