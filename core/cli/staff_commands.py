"""``trackmycrime staff``: who works at a force, in which unit and role."""

from __future__ import annotations

import json
from typing import Any

import click
import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from core import audit
from core.base.audit_actions import CoreAction
from core.base.fields import Email, Id, Line
from core.cases.known_ids import kept_id, kept_ids
from core.cases.models import Staff
from core.cases.relations import REVIEW, ROLES
from core.force.model import Force
from core.intake.reading import in_words
from core.plugin_host.commands import Problem, WrongCall, force_option, group
from core.storage.db import db

staff = group("staff", "Officers, supervisors and admins of a force.")


@staff.command("list")
@force_option
@click.option("--role", type=click.Choice(ROLES), help="Only those with this role.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def staff_list(force: Force, role: str | None, as_json: bool) -> None:
    """List staff by the record system's id. No names or addresses are shown."""
    wanted = sa.select(Staff).order_by(Staff.record_id)
    found = db.session.scalars(wanted.where(Staff.role == role) if role else wanted)
    rows = [{"id": one.record_id, "role": one.role, "unit": one.unit,
             "collar_number": one.collar_number, "email": one.email_sealed is not None}
            for one in found]
    rows.sort(key=lambda row: (row["unit"] is None, row["unit"] or ""))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        mail = "" if row["email"] else "  no email"
        click.echo(f"{row['id']:20} {row['role']:15} {row['unit'] or '–'}{mail}")
    click.echo(f"staff: {len(rows)}")
    if not role and not any(row["role"] in REVIEW and row["email"] for row in rows):
        to = force.oversight.reviewer_email
        click.echo(f"nobody reviews what staff look at: {to} is told" if to else
                   "trackmycrime: nobody is told when staff open a case that is not theirs: set a "
                   "supervisor, a force_admin, or oversight.reviewer_email in force.toml",
                   err=not to)


@staff.command("set-role")
@force_option
@click.argument("record_id", metavar="ID")
@click.argument("role", metavar="ROLE", type=click.Choice(ROLES))
@click.option("--unit", help="Their unit, as the record system writes it.")
@click.option("--new", is_flag=True, help="Someone whom the record system has not named yet.")
@click.option("--name", help="Name of someone new.")
@click.option("--email", help="Work email; where reviews are announced.")
def staff_set_role(
    force: Force, record_id: str, role: str, unit: str | None, new: bool, name: str | None,
    email: str | None,
) -> None:
    """Give someone a role. ID is the record system's; the role tells from their next page on.

    The record system says who leads a case and in which unit they are; what it says next about
    a unit is newer than --unit.
    """
    record_id = _read("ID", Id, record_id)
    fields = (("unit", Line, unit), ("name", Line, name), ("email", Email, email))
    given = {field: _read(f"--{field}", kind, text) if text.strip() else None
             for field, kind, text in fields if text is not None}
    found = db.session.scalars(
        sa.select(Staff).where(Staff.record_id.in_(kept_ids(record_id)))).first()
    if found is None and not new:
        raise Problem(f"{record_id}: {force.id} has nobody with this id; see `trackmycrime staff "
                      f"list --force {force.id}`, or add --new")
    if found is not None and new:
        raise Problem(f"{record_id} is there already, as {found.role}; leave --new out")
    before = found.role if found else None
    if found is None:
        found = Staff(record_id=kept_id(record_id))
        db.session.add(found)
    found.role = role
    for field, value in given.items():
        setattr(found, field, value)
    db.session.flush()
    audit.write(CoreAction.ROLE_SET, staff=str(found.id), role=role, before=before)
    db.session.commit()
    click.echo(f"{record_id}: {role}" + (f", {found.unit}" if found.unit else ""))


def _read(what: str, kind: Any, given: str) -> str:
    """*given* as it is read in news of record systems. Raises :class:`WrongCall`."""
    try:
        return str(TypeAdapter(kind).validate_python(given.strip()))
    except ValidationError as error:
        [fault, *_] = error.errors(include_url=False, include_input=False)
        raise WrongCall(f"{what} {in_words(fault)}; nothing was changed") from None
