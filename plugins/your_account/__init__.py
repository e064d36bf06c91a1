"""What people decide about their own access: safe contact, contacts, visits, and a lock."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as N_

from core.cases import people
from core.force import Force
from core.hookspecs import Jobs, Link, Panel, Place, Viewing, hookimpl
from core.web import sessions
from plugins.your_account import changes, on_case
from plugins.your_account.routes import bp

NAME = "your_account"
VERSION = "0.1.0"
PROVIDES = ("own_access",)
NEEDS = {"person_sign_in": "people cannot come to the pages of their account"}
SETTINGS = None


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def jobs(registry: Jobs) -> None:
    registry.task("your_account_run_due", cron="*/5 * * * *", due=changes.any_due)(changes.run_due)
    registry.task("your_account_remove_old", cron="41 3 * * *", due=changes.any_old)(changes.remove_old)


@hookimpl
def links(force: Force, place: Place) -> list[Link]:
    if place.name not in ("person", "account"):
        return []
    return [Link(20, N_("Your account"), "your_account.account")]


@hookimpl
def panels(force: Force, place: Place) -> list[Panel]:
    return [Panel(50, "again", "your_account/again.html")] if place.name == "again" else []


@hookimpl
def case_panels(force: Force, viewing: Viewing) -> list[Panel]:
    if viewing.viewer == "officer":
        if viewing.only_looks:
            return []
        values = {"people": on_case.people_of(viewing.case_id), "case_id": viewing.case_id}
        return [Panel(65, "access", "your_account/desk_panel.html", values)]
    if viewing.person_id is None:
        return []
    panels = []
    if sessions.is_through_lock():
        panels.append(Panel(1, "still-locked", "your_account/still_locked.html", {}))
    others = [one for one in people.cases_of(viewing.person_id) if one.id != viewing.case_id]
    if others:
        panels.append(Panel(90, "other-reports", "your_account/other_reports.html", {"cases": others}))
    return panels
