"""What runs by itself: each job by its name and hour, and only where it has work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit import AuditAction, CoreAction, trail
from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import PortalSession
from core.notices.models import Notice
from core.plugin_host import jobs
from core.storage.db import db
from core.storage.due import forces_with_work
from plugins.oversight.audit_actions import OversightAction
from plugins.sign_in.models import Activation, Attempt, Count
from tests.conftest import HERTS
from tests.plugins.your_account.test_changes import change
from tests.rows import case, person, staff

NOW = datetime(2024, 6, 12, 12, 5, tzinfo=UTC)
SECOND, MINUTE, DAY = (timedelta(seconds=n) for n in (1, 60, 86400))
PERIODIC = {
    "sweep_notices": "* * * * *", "tell_of_letters": "* * * * *", "sweep_commitments": "41 * * * *",
    "judge_cases_after_start": "* * * * *",
    "oversight_unusual_viewing": "*/10 * * * *", "remove_old_sessions": "7 * * * *",
    "retention_remove_overdue": "41 2 * * *", "your_account_run_due": "*/5 * * * *",
    "your_account_remove_old": "41 3 * * *", "sign_in_remove_old": "23 * * * *",
}
ALWAYS = {"judge_cases_after_start", "retention_remove_overdue"}
ONCE = {"send_notice", "sign_in_look_into", "sign_in_send"}


def test_every_job_runs_when_it_is_said_to(portal: Flask) -> None:
    found = jobs.registry(portal)
    assert {name: cron for name, cron in found.periodic.items() if name in PERIODIC} == PERIODIC
    assert found.tasks.keys() >= ONCE and not ONCE & found.periodic.keys()
    assert {name for name in PERIODIC if name not in found.questions} == ALWAYS
    assert {name: found.owners.get(name) for name in ("your_account_run_due", "sign_in_send",
        "send_notice")} == {
        "your_account_run_due": "your_account", "sign_in_send": "sign_in", "send_notice": None}


def test_every_question_of_a_job_can_be_asked(portal: Flask) -> None:
    """One that cannot be is only written to the log, and its job would never run."""
    found = jobs.registry(portal)
    with portal.app_context():
        for name in found.questions.keys() & found.periodic.keys():
            forces_with_work([HERTS], found.questions[name])


def has_work(app: Flask, name: str) -> bool:
    statement, values = jobs.registry(app).questions[name]()
    return db.session.execute(
        statement, {**values, "force": HERTS}, execution_options={"tmc_checked": True}).first() is not None


def visit(ends: datetime) -> None:
    db.session.add(PortalSession(
        token_hash=uuid4().bytes, made_at=NOW, seen_at=NOW, ends_at=ends, notes={}))


def notice(state: str, due: datetime) -> None:
    db.session.add(Notice(kind="entry", cause_id=uuid4(), state=state, tries=0, made_at=NOW, due_at=due))


def changed(state: str, **more: Any) -> None:
    change(person(case(staff("CID")), email="old@example.org"), state, **more)


def looked(actor: str, action: AuditAction, at: datetime) -> None:
    with clock.travel(at):
        fields = {"viewer": "officer"} if action == CoreAction.CASE_SEEN else {"reason": "court"}
        trail.insert_many(AuditEntry, [trail._row(actor, uuid4(), action, None if "found" in action else
                                                  uuid4(), fields)])


WORK: list[tuple[str, Callable[[], None], bool]] = [
    ("remove_old_sessions", lambda: visit(NOW - SECOND), True),
    ("remove_old_sessions", lambda: visit(NOW), False),
    ("sweep_notices", lambda: notice("due", NOW - 2 * MINUTE), True),
    ("sweep_notices", lambda: notice("due", NOW), False),
    ("sweep_notices", lambda: notice("sent", NOW - DAY), False),
    ("your_account_run_due", lambda: changed("waiting", due_at=NOW), True),
    ("your_account_run_due", lambda: changed("waiting", due_at=NOW + SECOND), False),
    ("your_account_run_due", lambda: changed("asked", asked_at=NOW - 14 * DAY - SECOND), True),
    ("your_account_run_due", lambda: changed("asked", asked_at=NOW - 14 * DAY), False),
    ("your_account_run_due", lambda: changed("done", due_at=NOW - DAY, asked_at=NOW - 20 * DAY), False),
    ("your_account_remove_old", lambda: changed("done", ended_at=NOW - 30 * DAY - SECOND), True),
    ("your_account_remove_old", lambda: changed("stopped", ended_at=NOW - 31 * DAY), True),
    ("your_account_remove_old", lambda: changed("done", ended_at=NOW - 30 * DAY), False),
    ("your_account_remove_old", lambda: changed("waiting"), False),
    ("oversight_unusual_viewing", lambda: looked("staff", CoreAction.CASE_SEEN, NOW - MINUTE), True),
    ("oversight_unusual_viewing", lambda: looked("staff", OversightAction.FOUND_NOTHING, NOW - MINUTE), True),
    ("oversight_unusual_viewing", lambda: looked("person", CoreAction.CASE_SEEN, NOW - MINUTE), False),
    ("oversight_unusual_viewing", lambda: looked("staff", CoreAction.CASE_SEEN, NOW - 2 * DAY), False),
]


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("name", "make", "work"), WORK, ids=range(len(WORK)))
def test_a_job_is_asked_for_where_there_is_work_for_it(
    app: Flask, name: str, make: Callable[[], None], work: bool
) -> None:
    assert has_work(app, name) is False
    make()
    db.session.flush()
    assert has_work(app, name) is work


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("kind", "ago", "work"), [
    ("attempt", DAY + SECOND, True), ("attempt", DAY, False), ("code", SECOND, True),
    ("code", -SECOND, False),
    ("count", 2 * DAY + SECOND, True), ("count", 2 * DAY, False)])
def test_what_signing_in_leaves_is_looked_for(app: Flask, kind: str, ago: timedelta, work: bool) -> None:
    lead = staff("CID")
    one = case(lead)
    rows = {
        "attempt": Attempt(account=b"a", state="used", made_at=NOW, ends_at=NOW - ago, tries=0),
        "code": Activation(person_id=person(one).id, case_id=one.id, staff_id=lead.id, code_hash=b"c",
                           made_at=NOW, ends_at=NOW - ago),
        "count": Count(scope="a", key=b"k", since=NOW - ago, number=1)}
    db.session.add(rows[kind])
    db.session.flush()
    assert has_work(app, "sign_in_remove_old") is work
    assert sa.inspect(rows[kind]).persistent
