"""Who may do what. Every view names its rule; a view without one stops the start."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException, NotFound

from core import audit
from core.base.audit_actions import CoreAction
from core.cases import relations
from core.cases.models import Access, Case, Staff
from core.commitments.reading import soonest
from core.plugin_host.host import InstalledForce, host, installed
from core.storage.db import db, read
from core.storage.walls import owned
from core.web import sessions
from core.web.visitor import here

Rule = Callable[..., None]
View = TypeVar("View", bound=Callable[..., Any])


class NotSignedIn(Exception):
    """The page needs a ``person`` or an ``officer`` signed in: answered by the way in."""


class UnruledView(Exception):
    """A view declares no rule; the text names it."""


@dataclass(frozen=True)
class Policy:
    rule: Rule
    forceless: bool = False


def allow(rule: Rule, *, forceless: bool = False) -> Callable[[View], View]:
    """Declare who may enter a view.

    ``rule`` is called with the view's arguments by name and answers by returning, by raising
    :class:`NotSignedIn`, or by ``abort(404)``. ``forceless`` views answer outside any force too.
    """

    def declare(view: View) -> View:
        view.tmc_policy = Policy(rule, forceless)  # type: ignore[attr-defined]
        return view

    return declare


# --- rules ------------------------------------------------------------------------------------


def anyone(**view_args: Any) -> None:
    """Everybody, signed in or not."""


def signed_in_person(**view_args: Any) -> None:
    """Somebody who proved who they are and has access to a case of this force."""
    if not getattr(current_user, "person_id", None):
        raise NotSignedIn("person")


def officer(**view_args: Any) -> None:
    """Staff of this force who use the desk. Who runs the platform finds no desk."""
    me()


def reviewer(**view_args: Any) -> None:
    """A supervisor or a force admin: who reviews what others looked at."""
    if me().role not in relations.REVIEW:
        _refuse("reviewer")


def me() -> relations.Member:
    """The member of staff who is signed in, as the force has them now.

    Raises :class:`NotSignedIn`; "not found" for staff who have nothing to do at the desk.
    """
    staff_id = getattr(current_user, "staff_id", None)
    if not staff_id:
        raise NotSignedIn("officer")
    found = relations.member(staff_id)
    if found is None or found.role not in relations.USE_THE_DESK:
        _refuse("officer")
    assert found
    return found


def officer_lately(**view_args: Any) -> None:
    """As :func:`officer`, who proved in the last ten minutes who they are: for what leaves the portal."""
    officer()
    need_recent_proof()


def need_recent_proof() -> None:
    """For what is hard to take back: a table that leaves the portal, a code that opens a case, a key.

    Raises :class:`NotSignedIn`, which leads to signing in once more, and from there back to this page.
    """
    if not sessions.proved_lately():
        raise NotSignedIn("officer_again")


def person_of_case(case_id: UUID, **view_args: Any) -> None:
    """The person has access to this case, and the case is offered. Else "not found"."""
    signed_in_person()
    found = read(CASE_OF_PERSON, case_id=case_id, person_id=current_user.person_id).first()
    if found is None:
        _refuse("person_of_case")
    g.case_row = found


def officer_of_case(case_id: UUID, **view_args: Any) -> None:
    """An officer who has to do with this case: leads it, or is of its unit, or supervises it.

    Else "not found", also for those who gave a reason: they look, and change nothing.
    """
    _enter_case(case_id, "officer_of_case", looking=False)


def officer_of_case_lately(case_id: UUID, **view_args: Any) -> None:
    """As :func:`officer_of_case` and :func:`officer_lately`: for what lets somebody into the case."""
    officer_of_case(case_id)
    need_recent_proof()


def reader_of_case(case_id: UUID, **view_args: Any) -> None:
    """As :func:`officer_of_case`, and those for whom a reason opened this case. For looking only."""
    _enter_case(case_id, "reader_of_case", looking=True)


def _enter_case(case_id: UUID, rule: str, *, looking: bool) -> None:
    found, g.relation = relations.case_for(me(), case_id)
    if g.relation is None or (g.relation not in relations.OF_THE_CASE and not looking):
        _refuse(rule)
    g.case_row = found


def _refuse(rule: str) -> None:
    audit.write(CoreAction.REFUSED, rule=rule)
    db.session.commit()
    abort(404)


# With the officer in the case and who covers for them, whom every page of a person's case names, and what was
# promised.
_cover = sa.orm.aliased(Staff)
_promise = soonest(sa.bindparam("person_id", type_=sa.Uuid))
CASE_OF_PERSON = (
    sa.select(
        *relations.case_columns, Access.id.label("access_id"), Access.role, Access.shown_through,
        Access.read_through,
        Staff.name_sealed, Staff.collar_number_sealed, Staff.unit_sealed, Staff.rest_days_until,
        _cover.name_sealed.label("cover_name_sealed"), *_promise.c,
    )
    .join(Access, sa.and_(Access.case_id == Case.id, owned(Access)))
    .outerjoin(Staff, sa.and_(Staff.id == Case.staff_id, owned(Staff)))
    .outerjoin(_cover, sa.and_(_cover.id == Case.cover_id, owned(_cover)))
    .outerjoin(_promise, sa.true())
    .where(
        owned(Case), Case.id == sa.bindparam("case_id"), Case.offered,
        Access.person_id == sa.bindparam("person_id"), ~Access.removed,
    )
)
def policy_of(view: Any) -> Policy:
    """The declared policy of a view."""
    found: Policy = view.tmc_policy
    return found


def is_page_of_case(path: str) -> bool:
    """Whether *path*, of this force, is a page of a case that people open."""
    if not re.match(r"/[^/]", path):  # what the router reads kindly, a browser reads as another host
        return False
    adapter: Any = current_app.create_url_adapter(request)
    try:
        endpoint, _values = adapter.match(path, method="GET")
    except HTTPException:
        return False
    return policy_of(current_app.view_functions[endpoint]).rule is person_of_case


# --- the gate ---------------------------------------------------------------------------------


def gate() -> None:
    """Before every view: is there such a page for this force, and may this visitor enter?"""
    if request.endpoint is None:
        return
    policy = policy_of(current_app.view_functions[request.endpoint])
    at = here()
    if at is None:
        if not policy.forceless:
            abort(404)
    elif not plugin_is_on(at, request.blueprint):
        abort(404)
    policy.rule(**(request.view_args or {}))


def plugin_is_on(at: InstalledForce, blueprint: str | None) -> bool:
    """Pages of a plugin exist for the forces that have it."""
    name = (blueprint or "").split(".")[0]
    return name not in host().plugins or at.has(name)


def way_in(who: str) -> str | None:
    """The endpoint where a ``person`` or an ``officer`` begins who is not signed in; None without any."""
    found: str | None = installed().hook.sign_in_at(force=installed().force, who=who)
    return found


def to_sign_in(error: NotSignedIn) -> Any:
    """Show the way in; where there is none, the page does not exist."""
    endpoint = way_in(str(error))
    if str(error) == "officer_again" and request.method == "GET":
        session[sessions.STAFF_BACK] = request.path
    if endpoint is None:
        return current_app.handle_user_exception(NotFound())
    return redirect(url_for(endpoint), 303)


def locked_meanwhile(error: sessions.AccessLocked) -> Any:
    """Access was locked while this request was on its way: nothing of it stands."""
    db.session.rollback()
    return to_sign_in(NotSignedIn("person"))


def init_app(app: Flask) -> None:
    app.before_request(gate)
    app.register_error_handler(sessions.AccessLocked, locked_meanwhile)
    app.register_error_handler(NotSignedIn, to_sign_in)


def refuse_unruled(app: Flask) -> None:
    """The last step of set-up. Raises :class:`UnruledView` naming each view without a rule."""
    bare = [
        f"{endpoint} ({view.__module__}.{view.__name__})"
        for endpoint, view in app.view_functions.items() if not hasattr(view, "tmc_policy")
    ]
    if bare:
        raise UnruledView(f"no @allow(…) on: {', '.join(sorted(bare))}")
