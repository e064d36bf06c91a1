"""What the portal no longer needs goes by itself, and nothing else does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core import audit
from core.audit import CoreAction
from core.audit.models import AuditEntry
from core.base import clock
from core.base.installation import installation
from core.cases.models import Case, Message, Person, PortalSession
from core.cli.main import root
from core.force.parts import Retention
from core.intake.models import RecordEvent
from core.intake.take_in import take_in
from core.notices.models import Notice
from core.plugin_host import jobs
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated, person, recorded
from core.testing.postgres import without_walls
from plugins.oversight.models import BreakGlass
from plugins.retention import retention
from tests.conftest import HERTS
from tests.people import meet, person_browser, take
from tests.security.audited import audited
from tests.security.checklist import requirement

DAY = timedelta(days=1)
CLASSES = [name for name in Retention.model_fields if name != "audit"]


def iso(days: float) -> str:
    return (clock.now() + days * DAY).isoformat()


def count(model: Any, *where: Any) -> int:
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0)


@pytest.fixture
def filled(app: Flask) -> Flask:
    """Every class of data, of today: a closed case, an open one, and what hangs on them."""
    for subject, number in (("41/1/24", 1), ("41/2/24", 2)):
        take(app, recorded(subject, time=iso(-0.1), people=[person(number)]), announce=True)
    take(app, allocated("41/2/24", time=iso(-0.05)))
    met = meet(app, "41/2/24")
    person_browser(app, met, "P2").get(f"/case/{met.case}")
    with app.app_context(), force_scope(HERTS):
        case = db.session.scalars(sa.select(Case).where(Case.crime_reference == "41/1/24")).one()
        case.stage = "closed"
        parked = db.session.scalars(sa.select(RecordEvent)).first()
        assert parked and met.staff
        now = clock.now()
        db.session.add(RecordEvent(
            source="niche", event_key=b"parked", type="other", subject_key="41999",
            happened_at=now, received_at=now, digest=parked.digest, body="{}", status="parked",
            reason="not understood"))
        for notice in db.session.scalars(sa.select(Notice)):
            notice.state, notice.due_at = "sent", now
        db.session.add(BreakGlass(
            case_id=met.case, staff_id=met.staff, reason="cover", words="on leave", opened_at=now,
            ends_at=now))
        db.session.commit()
    return app


def two_nights(app: Flask) -> None:
    """After a gap the first night only notes it."""
    with clock.travel(clock.now() - DAY):
        jobs.run(app, "retention_remove_overdue", HERTS)
    jobs.run(app, "retention_remove_overdue", HERTS)


def overdue_after(app: Flask, days: float) -> dict[str, int]:
    with clock.travel(clock.now() + days * DAY), app.app_context(), force_scope(HERTS):
        return {name: many for name, many in retention.overdue().items() if many}


@audited("cases_removed")
@requirement("G13")
def test_the_nightly_job_leaves_nothing_that_is_overdue(filled: Flask) -> None:
    assert overdue_after(filled, 0) == {}
    later = max(getattr(Retention(), name) for name in CLASSES) + 2
    assert set(CLASSES) | {"sessions"} <= set(overdue_after(filled, later))
    with clock.travel(clock.now() + later * DAY):
        two_nights(filled)
        assert {k: v for k, v in overdue_after(filled, 0).items() if k != "audit"} == {}
        with filled.app_context(), force_scope(HERTS):
            for model in (Case, Person, RecordEvent, Notice, PortalSession, BreakGlass, Message):
                assert count(model) == 0, model
            assert count(AuditEntry, AuditEntry.action == "cases_removed") == 2


@requirement("G13")
@pytest.mark.parametrize("name", CLASSES)
def test_each_class_stays_to_its_day_and_goes_after_it(filled: Flask, name: str) -> None:
    """One day before, it is there; a day after, it goes, and what is kept for longer stays."""
    days = getattr(Retention(), name)
    start = clock.now()
    with clock.travel(start + (days - 1) * DAY):
        two_nights(filled)
        with filled.app_context(), force_scope(HERTS):
            before = {c: count(*there(c)) for c in CLASSES if getattr(Retention(), c) >= days}
    with clock.travel(start + (days + 2) * DAY):
        two_nights(filled)
        with filled.app_context(), force_scope(HERTS):
            after = {c: count(*there(c)) for c in before}
    assert all(before.values()), before
    gone = {c for c in before if not after[c]}
    assert gone == {c for c in before if getattr(Retention(), c) == days}


def there(name: str) -> tuple[Any, ...]:
    """The rows of a class, overdue or not."""
    wheres: dict[str, Callable[[], Any]] = {
        "closed_cases": lambda: (Case, Case.stage == "closed"),
        "quiet_cases": lambda: (Case, Case.stage != "closed"),
        "event_bodies": lambda: (
            RecordEvent, RecordEvent.status != "parked", RecordEvent.body_sealed.is_not(None)),
        "parked_events": lambda: (RecordEvent, RecordEvent.status == "parked"),
        "notices": lambda: (Notice,),
        "access_reasons": lambda: (BreakGlass,),
    }
    found: tuple[Any, ...] = wheres[name]()
    return found


@requirement("G13")
def test_a_force_says_how_long(filled: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host(filled).get(HERTS).force.__dict__["retention"], "__dict__",
                        Retention(closed_cases=3).__dict__)
    assert overdue_after(filled, 4)["closed_cases"] == 1
    monkeypatch.undo()
    assert "closed_cases" not in overdue_after(filled, 4)


def test_an_event_is_known_again_after_its_body_is_gone(filled: Flask) -> None:
    first = recorded("41/3/24", people=[person(3)])
    take(filled, first)
    with clock.travel(clock.now() + 92 * DAY):
        two_nights(filled)
        with filled.app_context(), force_scope(HERTS):
            (result,) = take_in(host(filled).get(HERTS).force, "niche", [first])
            assert result.status == "repeated"


def test_an_operator_sees_what_is_overdue_and_removes_it_by_hand(filled: Flask) -> None:
    def counts(*words: str) -> Any:
        answer = filled.test_cli_runner().invoke(
            root, ["cases", "overdue", "--force", HERTS, "--json", *words])
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.output)["classes"]

    assert not any(counts().values())
    with clock.travel(clock.now() + 100 * DAY):
        assert counts()["notices"] > 0
        assert counts("--remove")["notices"] > 0
        assert counts()["notices"] == 0


def test_what_was_just_removed_is_not_missed_by_its_letter(filled: Flask) -> None:
    """A job that comes too late for its row does nothing."""
    jobs.run(filled, "send_notice", HERTS, notice_id=str(uuid7()))


# --- a clock that is wrong ----------------------------------------------------------------------


@audited("overdue_removed", "retention_waited")
@requirement("G13")
def test_a_clock_that_leaps_by_years_erases_nothing_before_somebody_could_look_at_it(
    filled: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    there_now, start = everything(filled), clock.now()
    jobs.run(filled, "retention_remove_overdue", HERTS)
    with clock.travel(start + 3000 * DAY):
        write_something(filled)  # people go on working while the clock is wrong
        with clock.travel(clock.now() + DAY / 2):
            jobs.run(filled, "retention_remove_overdue", HERTS)
    assert everything(filled) == there_now
    assert "retention_waits_for_the_clock" in capfd.readouterr().err
    with clock.travel(start + DAY):  # the clock was put right
        jobs.run(filled, "retention_remove_overdue", HERTS)
    assert everything(filled) == there_now


def test_a_clock_that_stays_as_it_is_was_right(filled: Flask) -> None:
    with clock.travel(clock.now() + 3000 * DAY):
        two_nights(filled)
    assert everything(filled)[Case] == 0


def test_every_night_is_written_down_so_that_a_gap_shows(filled: Flask) -> None:
    start = clock.now()
    for night in range(20):
        with clock.travel(start + night * DAY):
            jobs.run(filled, "retention_remove_overdue", HERTS)
    with filled.app_context(), force_scope(HERTS):
        assert count(AuditEntry, AuditEntry.action == "overdue_removed") == 20
        assert count(AuditEntry, AuditEntry.action == "retention_waited") == 0


def everything(app: Flask) -> dict[Any, int]:
    with app.app_context(), force_scope(HERTS):
        return {one: count(one) for one in (Case, Person, RecordEvent, Notice, BreakGlass, Message)}


def write_something(app: Flask) -> None:
    with app.app_context(), force_scope(HERTS):
        audit.write(CoreAction.CASES_LISTED, count=1)
        db.session.commit()


# --- jobs ---------------------------------------------------------------------------------------


@requirement("G13")
def test_a_job_that_failed_for_good_goes_after_a_month(app: Flask, settings: Any) -> None:
    """It holds ids of people and cases, and its force may be erased by then."""
    with app.app_context(), force_scope(HERTS):
        for days in ("29", "31"):
            jobs.defer("send_notice", notice_id=days)
        jobs.defer("send_notice", notice_id="still to come")
        db.session.commit()
    with without_walls(settings.owner_database_url) as connection:
        connection.execute(sa.text(
            "UPDATE procrastinate_jobs SET status = 'failed' WHERE args->>'notice_id' ~ '^[0-9]'"))
        connection.execute(sa.text(
            "UPDATE procrastinate_events e SET at = now() - ((j.args->>'notice_id') || ' days')::interval "
            "FROM procrastinate_jobs j WHERE j.id = e.job_id AND j.status = 'failed'"))

    async def removed() -> None:
        url = installation(app).settings.database_url
        async with jobs.worker_app(app, url, [HERTS]).open_async() as queue:
            await jobs.remove_failed(SimpleNamespace(app=queue), 0)

    asyncio.run(removed())
    with without_walls(settings.owner_database_url) as connection:
        left = connection.execute(sa.text("SELECT args->>'notice_id' FROM procrastinate_jobs"))
        assert sorted(left.scalars()) == ["29", "still to come"]


# --- what waits to be understood ------------------------------------------------------------------


def test_operators_are_warned_in_the_nights_before_waiting_events_go(
    filled: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    """The sender was told 202: it is not to be lost without a word."""
    start = clock.now()

    def night(day: int) -> tuple[bool, int]:
        with clock.travel(start + day * DAY):
            jobs.run(filled, "retention_remove_overdue", HERTS)
        with filled.app_context(), force_scope(HERTS):
            left = count(RecordEvent, RecordEvent.status == "parked")
        return "parked_events_go_soon" in capfd.readouterr().err, left

    for day in (330, 334, 336, 340, 346, 352, 358, 364):
        assert night(day) == (day > 335, 1), day
    assert night(366) == (False, 0)
