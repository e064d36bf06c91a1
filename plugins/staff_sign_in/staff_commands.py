"""``trackmycrime staff …``: what lets staff sign in, and what ends it at once."""

from __future__ import annotations

import sys
from typing import Any

import click

from core import audit
from core.base import SOURCE_LANGUAGE
from core.force import Force
from core.notices import portal_link
from core.plugin_host import Problem, force_option, group, host
from core.storage import db
from plugins.staff_sign_in import identities, secret, setup_codes
from plugins.staff_sign_in.audit_actions import StaffSignInAction

LONGEST_SECRET = 1000
staff = group("staff", "Officers, supervisors and admins of a force.")


def _check(force: Force) -> None:
    if not host().get(force.id).has("staff_sign_in"):
        raise Problem(f"{force.id} has no [plugins.staff_sign_in] in its force.toml; docs/staff-sign-in.md "
                      "says what to write there")


@staff.command("client-secret")
@force_option
def staff_client_secret(force: Force) -> None:
    """Keep the secret by which the force's provider knows the portal; it is read from standard input.

    A new one takes the place of the one before, from the next sign-in on.
    """
    _check(force)
    typed = sys.stdin.isatty()
    given = str(click.prompt("Client secret", hide_input=True) if typed else sys.stdin.readline()).strip()
    if not given or len(given) > LONGEST_SECRET or not given.isprintable():
        raise Problem("the secret is empty, or is not one line; pass it on standard input")
    secret.replace(given)
    db.session.commit()
    click.echo(f"{force.id}: the secret is kept, sealed")


@staff.command("setup-code")
@force_option
@click.option("--hours", type=click.IntRange(1, 72), default=24, show_default=True,
              help="For how long it works.")
@click.option("--again", is_flag=True, help="Also when an administrator can sign in already.")
def staff_setup_code(force: Force, hours: int, again: bool) -> None:
    """Make the code with which the force's first administrator signs in, and print it, once.

    It opens nothing by itself: whoever types it must then sign in at the force's provider, and is a
    force admin for 30 days, until the provider's claims say so.
    """
    _check(force)
    if identities.any_administrator() and not again:
        raise Problem(f"{force.id} has an administrator who can sign in; use --again if they cannot any more")
    code = setup_codes.make(hours)
    db.session.commit()
    click.echo(code)
    click.echo(f"This is the only time it is shown. It works once, within {hours} hours, at "
               f"{portal_link(force, SOURCE_LANGUAGE)}staff/set-up; hand it over in person.", err=True)


@staff.command("end-access")
@force_option
@click.argument("record_id", metavar="ID")
def staff_end_access(force: Force, record_id: str) -> None:
    """End somebody's access at once, in every browser, whatever their claims say.

    ID is the record system's. `staff give-access` undoes it.
    """
    _check(force)
    known = _known(force, record_id)
    ended = sum(identities.end_access(one, "admin") for one in known)
    db.session.commit()
    click.echo(f"{record_id}: access ended; visits that went on: {ended}")


@staff.command("give-access")
@force_option
@click.argument("record_id", metavar="ID")
def staff_give_access(force: Force, record_id: str) -> None:
    """Forget who signed in as somebody: the next whom the provider names by this ID does.

    For whoever got a new account, or came back after `staff end-access`.
    """
    _check(force)
    known = _known(force, record_id)
    for one in known:
        identities.end_access(one, "claims")
        db.session.delete(one)
        audit.write(StaffSignInAction.ACCESS_GIVEN, staff=str(one.staff_id))
    db.session.commit()
    click.echo(f"{record_id}: whoever the provider names by this id next can sign in")


def _known(force: Force, record_id: str) -> list[Any]:
    found = identities.staff_called(record_id)
    known = identities.identities_of(found.id) if found else []
    if not known:
        raise Problem(f"{record_id}: nobody has signed in at {force.id} by this id; see `trackmycrime staff "
                      f"list --force {force.id}`")
    return known
