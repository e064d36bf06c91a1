"""Staff sign in by their force's own provider, with OpenID Connect; the portal knows no password."""

from __future__ import annotations

import click
from flask import Blueprint

from core.force import Force
from core.hookspecs import Jobs, hookimpl
from plugins.staff_sign_in import old
from plugins.staff_sign_in.routes import bp
from plugins.staff_sign_in.settings import StaffSignInSettings

NAME = "staff_sign_in"
VERSION = "0.1.0"
PROVIDES = ("staff_sign_in",)
SETTINGS = StaffSignInSettings


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def commands() -> list[click.Command]:
    from plugins.staff_sign_in.staff_commands import staff

    return [staff]


@hookimpl
def jobs(registry: Jobs) -> None:
    registry.task("staff_sign_in_remove_old", cron="37 * * * *", due=old.any_old)(old.remove_old)


@hookimpl
def sign_in_at(force: Force, who: str) -> str | None:
    return {"officer": "staff_sign_in.start", "officer_again": "staff_sign_in.again"}.get(who)


@hookimpl
def sign_out_at(force: Force, who: str) -> str | None:
    return "staff_sign_in.signed_out" if who == "officer" else None
