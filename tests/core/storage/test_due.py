"""A periodic job begins at the forces that have work for it, and one look finds them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core import audit
from core.audit import AuditAction, CoreAction, trail
from core.base import clock
from core.base.scope import NoForceInScope, current_force_id
from core.cases.models import Case, PortalSession
from core.notices.models import Notice
from core.plugin_host import jobs
from core.storage.db import WallError, db, force_scope, insert_many
from core.storage.due import forces_with_work
from core.storage.walls import owned
from plugins.oversight.audit_actions import OversightAction
from plugins.sign_in.models import Activation, Attempt, Count
from plugins.your_account.models import Change
from tests.conftest import AVON, HERTS
from tests.statements import statements_heard

PERIODIC = {
    "sweep_notices", "oversight_unusual_viewing", "remove_old_sessions", "retention_remove_overdue",
    "judge_cases_after_start", "your_account_run_due", "your_account_remove_old", "sign_in_remove_old",
}
# They begin at every force: each night leaves its row; and what was judged is known without a look.
EVERYWHERE = {"retention_remove_overdue", "judge_cases_after_start"}
DAY = timedelta(days=1)


def add(app: Flask, model: Any, **values: Any) -> None:
    with app.app_context(), force_scope(HERTS):
        insert_many(model, [{"id": uuid7(), **values}])
        db.session.commit()


def notice(app: Flask, met: Any) -> None:
    then = clock.now() - DAY
    add(app, Notice, kind="news", channel="email", case_id=met.case, person_id=met.people["P1"],
        cause_id=uuid7(), state="due", tries=0, made_at=then, due_at=then)


def seen(app: Flask, met: Any) -> None:
    look(app, met, CoreAction.CASE_SEEN, viewer="officer", relation="lead")


def looked_for_in_vain(app: Flask, met: Any) -> None:
    look(app, met, OversightAction.FOUND_NOTHING, reason="other")


def look(app: Flask, met: Any, action: AuditAction, **fields: Any) -> None:
    with pytest.MonkeyPatch.context() as patch, app.app_context(), force_scope(HERTS):
        patch.setattr(trail, "_actor", lambda: ("staff", met.staff))
        audit.write(action, **fields)
        db.session.commit()


def visit(app: Flask, met: Any) -> None:
    then = clock.now() - DAY
    add(app, PortalSession, token_hash=b"x", person_id=met.people["P1"], made_at=then, seen_at=then,
        ends_at=then, notes={})


def change(state: str, ended_at: Any = None) -> Callable[[Flask, Any], None]:
    def ask(app: Flask, met: Any) -> None:
        then = clock.now() - 90 * DAY
        add(app, Change, person_id=met.people["P1"], contact="phone", state=state, asked_by="person",
            asked_at=then, due_at=then, ended_at=then if ended_at else None)

    return ask


def attempt(app: Flask, met: Any) -> None:
    then = clock.now() - 3 * DAY
    add(app, Attempt, account=b"x", state="unknown", made_at=then, ends_at=then, tries=0)


def code(app: Flask, met: Any) -> None:
    then = clock.now() - DAY
    add(app, Activation, person_id=met.people["P1"], case_id=met.case, staff_id=met.staff,
        code_hash=b"x", made_at=then, ends_at=then)


def count(app: Flask, met: Any) -> None:
    add(app, Count, scope="tries/day", key=b"x", since=clock.now() - 3 * DAY, number=1)


WORK = [
    ("sweep_notices", notice), ("oversight_unusual_viewing", seen),
    ("oversight_unusual_viewing", looked_for_in_vain), ("remove_old_sessions", visit),
    ("your_account_run_due", change("waiting")), ("your_account_run_due", change("asked")),
    ("your_account_remove_old", change("done", True)), ("sign_in_remove_old", attempt),
    ("sign_in_remove_old", code), ("sign_in_remove_old", count),
]


def at(app: Flask, name: str, forces: tuple[str, ...] = (AVON, HERTS)) -> list[str]:
    return jobs.with_work(app, name, forces)


def test_every_periodic_job_says_what_it_has_to_do_or_begins_everywhere(app: Flask) -> None:
    known = jobs.registry(app)
    assert known.periodic.keys() >= PERIODIC
    assert PERIODIC - known.questions.keys() == EVERYWHERE
    assert {name for name, _ in WORK} == PERIODIC - EVERYWHERE


@pytest.mark.parametrize(("name", "work"), WORK, ids=[f"{name}-{at}" for at, (name, _) in enumerate(WORK)])
def test_a_job_begins_at_the_force_that_has_work_and_at_no_other(
    app: Flask, met: Any, name: str, work: Callable[[Flask, Any], None]
) -> None:
    assert at(app, name) == []
    work(app, met)
    assert at(app, name) == [HERTS]


@pytest.mark.parametrize("name", sorted(EVERYWHERE))
def test_a_job_of_every_night_begins_everywhere(app: Flask, name: str) -> None:
    assert at(app, name) == [AVON, HERTS]


def test_the_work_is_done_when_the_clock_comes_to_it(app: Flask, met: Any) -> None:
    visit(app, met)
    url, forces = next(iter(jobs.databases(app).items()))
    jobs.worker_app(app, url, forces).tasks["trackmycrime.remove_old_sessions.periodic"].func(0)
    assert at(app, "remove_old_sessions") == []


def test_many_forces_cost_one_transaction(app: Flask) -> None:
    """However many there are: nothing else is begun when none has work."""
    url, forces = next(iter(jobs.databases(app).items()))
    task = jobs.worker_app(app, url, forces).tasks["trackmycrime.sweep_notices.periodic"]
    with statements_heard() as heard:
        task.func(0)
    assert len([one for one in heard if "FROM notice" in one]) == len(forces)
    assert not any("FOR UPDATE" in one or "INSERT" in one for one in heard)


# --- the walls ------------------------------------------------------------------------------------


def test_a_question_without_the_force_is_refused(app: Flask) -> None:
    query = sa.select(Case.id).limit(1)
    with app.app_context(), pytest.raises(WallError, match="crime_case"):
        forces_with_work([AVON, HERTS], lambda: (query, {}))


def test_postgresql_is_told_each_force_before_its_question(app: Flask, met: Any) -> None:
    """A question that slipped through the first wall still sees the rows of one force."""
    query = sa.select(Case.id).where(owned(Case)).limit(1)
    with pytest.MonkeyPatch.context() as patch, app.app_context():
        patch.setattr("core.storage.due.check_force_filters", lambda query: None)
        through = sa.select(Case.id).where(sa.bindparam("force", type_=sa.Text) != "").limit(1)
        assert forces_with_work([AVON, HERTS, AVON], lambda: (through, {})) == [HERTS]
        assert forces_with_work([AVON, HERTS], lambda: (query, {})) == [HERTS]


def test_the_connection_goes_back_without_a_force(app: Flask, met: Any) -> None:
    with app.app_context():
        forces_with_work([HERTS], lambda: (sa.select(Case.id).where(owned(Case)).limit(1), {}))
        with pytest.raises(NoForceInScope):
            current_force_id()
        with db.engine.connect().execution_options(tmc_checked=True) as connection:
            assert connection.scalar(sa.text("SELECT current_setting('tmc.force', true)")) in (None, "")


def test_each_force_is_asked_with_its_own_values(app: Flask, met: Any) -> None:
    query = sa.select(Case.id).where(
        owned(Case), Case.crime_reference == sa.bindparam("reference")).limit(1)
    with app.app_context():
        assert forces_with_work([AVON, HERTS], lambda: (query, {"reference": current_force_id()})) == []
        assert forces_with_work([AVON, HERTS], lambda: (query, {"reference": "41/1/24"})) == [HERTS]


def test_a_question_that_is_made_anew_each_time_is_looked_at_and_asked_as_it_is(
    app: Flask, met: Any
) -> None:
    """What one author's function answers may differ from force to force, or lack the wall's term at one."""
    references = ["41/1/24", "41/9/24"] * 30
    left = iter(references)

    def own() -> Any:
        return sa.select(Case.id).where(owned(Case), Case.crime_reference == next(left)).limit(1), {}

    turns = iter(range(60))

    def open_at_last() -> Any:
        query = sa.select(Case.id).limit(1)
        return (query if next(turns) == 59 else query.where(owned(Case))), {}

    with app.app_context():
        assert forces_with_work([HERTS] * 60, own) == [HERTS] * 30
        with pytest.raises(WallError, match="crime_case"):
            forces_with_work([HERTS] * 60, open_at_last)


def test_a_look_that_fails_keeps_nobody_from_the_job(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Any:
        raise RuntimeError("no question today")

    monkeypatch.setitem(jobs.registry(app).questions, "sweep_notices", broken)
    assert at(app, "sweep_notices") == [AVON, HERTS]
