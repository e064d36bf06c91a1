"""``trackmycrime keys new|list|end``: the keys of the force's senders."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click
from flask.cli import with_appcontext

from core.force import Force
from core.plugin_host import WrongCall, force_option
from core.storage import db
from plugins.record_feed import keyring
from plugins.record_feed.asking import (
    check_force,
    json_option,
    quiet_option,
    source_option,
)

SHOWN = "{source:16} made {made}  last used {last_used:27}  {state}"


@click.group("keys")
def keys() -> None:
    """Keys of the installation and of the record feed."""


@keys.command("new")
@with_appcontext
@source_option
@quiet_option
@force_option
def keys_new(force: Force, source: str, quiet: bool) -> None:
    """Make a key for a sender and print it, once. A third key ends the oldest."""
    check_force(force, source)
    secret = keyring.make(source)
    db.session.commit()
    click.echo(secret)
    if not quiet:
        click.echo(
            f"This is the only time it is shown. It opens /feed/v1/{source}/events of {force.id}; "
            "an older key stays valid beside it until `trackmycrime keys end`.",
            err=True,
        )


@keys.command("list")
@with_appcontext
@json_option("One JSON array.")
@force_option
def keys_list(force: Force, as_json: bool) -> None:
    """Every key of the force: source, when made and last used, and whether it is valid."""
    check_force(force)
    rows = [_key_json(key) for key in keyring.listed()]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
    else:
        for row in rows:
            click.echo(SHOWN.format(**{**row, "last_used": row["last_used"] or "never"}))


@keys.command("end")
@with_appcontext
@source_option
@click.option("--made", required=True, metavar="TIME", help="As `keys list` shows it.")
@quiet_option
@force_option
def keys_end(force: Force, source: str, made: str, quiet: bool) -> None:
    """End a key: from now on it opens nothing."""
    check_force(force, source)
    valid = [key for key in keyring.listed() if key.source == source and not key.ended_at]
    found = [key for key in valid if _iso(key.made_at) == made]
    if not found:
        there = ", ".join(str(_iso(key.made_at)) for key in valid) or "none"
        raise WrongCall(f"{made}: no valid key of {source} was made then; there are: {there}")
    keyring.end(found)
    db.session.commit()
    if not quiet:
        click.echo(f"ended the key of {source} made {made}")


def _key_json(key: keyring.KeyRow) -> dict[str, Any]:
    return {
        "source": key.source,
        "made": _iso(key.made_at),
        "last_used": _iso(key.last_used_at),
        "ended": _iso(key.ended_at),
        "state": key.state,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
