"""``trackmycrime cases erase`` and ``trackmycrime forces erase``: for good."""

from __future__ import annotations

import json
from collections import Counter

import click

from core.force import Force
from core.plugin_host import Problem, WrongCall, force_option, group, host
from core.storage import db, force_scope
from plugins.retention import erasure, nightly, retention

cases = group("cases", "The cases of a force.")
forces = group("forces", "The forces of this installation.")
TYPED = click.option("--confirm", metavar="WORD", help="In a script: what would be typed.")


@cases.command("erase")
@click.option("--reference", required=True, help="Crime reference, as people write it.")
@TYPED
@force_option
def cases_erase(force: Force, reference: str, confirm: str | None) -> None:
    """Erase a case with all that hangs on it, and people who are on no other case.

    What stays: the audit, which holds ids only, and a keyed hash by which events of the case are
    refused from now on.
    """
    if not reference.strip():
        raise WrongCall("--reference is blank: name the case whose data are to go; nothing was erased")
    _typed(reference, confirm, f"everything of {reference} at {force.name}")
    gone = erasure.erase_case(force, reference)
    if gone is None:
        raise Problem(f"{force.id} has no case {reference}; nothing was erased")
    db.session.commit()
    click.echo(_summary(gone))


@cases.command("overdue")
@click.option("--remove", is_flag=True, help="Remove it now; the worker does so every night.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@force_option
def cases_overdue(force: Force, remove: bool, as_json: bool) -> None:
    """How much the portal keeps for longer than the force's [retention] says, by class.

    The nightly job is for forces that are served; for others run this with --remove.
    """
    found = nightly.remove_overdue(db.session.commit) if remove else retention.overdue()
    if as_json:
        click.echo(json.dumps({"force": force.id, "removed": remove, "classes": found}))
        return
    for name, many in sorted(found.items()):
        click.echo(f"{name:16} {many:8,} {'removed' if remove else 'overdue'}")


@forces.command("erase")
@click.argument("force_id", metavar="ID")
@TYPED
def forces_erase(force_id: str, confirm: str | None) -> None:
    """Destroy the keys of a closed force, then erase all it has. Nobody can undo this.

    Its keys go first: from then on its data cannot be read, in older backups neither unless they
    hold the keys and you have their master key. If it was cut off, run it again.
    """
    force = host().get(force_id).force
    if force.status != "closed":
        raise Problem(f'{force_id} is {force.status}: its force.toml must say status = "closed" first')
    _typed(force_id, confirm, f"everything of {force.name}, for all its people")
    gone: Counter[str] = Counter()
    try:
        with force_scope(force_id):
            for part in erasure.erase_force():
                db.session.commit()
                gone.update(part)
    except KeyboardInterrupt:
        raise Problem("stopped in the middle; run it again to erase the rest") from None
    click.echo(_summary(gone))


def _typed(word: str, confirm: str | None, what: str) -> None:
    given = confirm if confirm is not None else click.prompt(
        f"This erases {what}, for good. Type {word} to go on", default="", show_default=False)
    if given.strip() != word:
        raise Problem(f"{given or 'nothing'} was typed, not {word}; nothing was erased")


def _summary(gone: dict[str, int]) -> str:
    rows = ", ".join(f"{many:,} {table}" for table, many in sorted(gone.items()) if many)
    return f"erased: {rows or 'nothing was left'}"
