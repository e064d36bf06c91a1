"""What the nightly job takes away: every state of every class, the day before, on and after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from core import audit
from core.audit.chain import Chainer
from core.audit.models import AuditEntry, AuditLink
from core.base import clock
from core.cases.models import Case, Person, PortalSession, Staff
from core.force.parts import Retention
from core.force.vocabulary import STAGES
from core.intake.models import RecordEvent
from core.notices.models import Notice
from core.retention import retention
from core.storage.db import db, force_scope, read
from plugins.oversight.models import BreakGlass
from tests.conftest import HERTS
from tests.security.checklist import requirement

retention.take_declared()  # as when the job is declared, before the tables below are asked for
UNTIL = datetime(2024, 6, 12, 2, 41, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LONG_AGO = UNTIL - timedelta(days=5000)
AGES = {"before": UNTIL - SECOND, "on": UNTIL, "after": UNTIL + SECOND}
CASE, PERSON, STAFF = uuid4(), uuid4(), uuid4()


def case(stage: str, at: datetime, **more: Any) -> Case:
    key = f"{stage}{at:%S}"
    return Case(**{
        "crime_reference": key, "reference_key": key, "crime_type": "bicycle-theft", "district": "watford",
        "flags": [], "service_level": "standard", "reported_at": at - timedelta(days=900),
        "offered": True, "offered_reason": "offered", "stage": stage, "latest_at": at, **more})


def event(status: str, at: datetime, body: str | None = "{}") -> RecordEvent:
    return RecordEvent(
        source="niche", event_key=uuid4().bytes, type="other", subject_key="41999",
        happened_at=UNTIL - timedelta(days=900), received_at=at, digest=b"d", body=body, status=status)


def notice(state: str, at: datetime) -> Notice:
    return Notice(kind="entry", cause_id=uuid4(), state=state, due_at=at, tries=0, case_id=CASE,
                  made_at=UNTIL - timedelta(days=900), staff_id=STAFF)


def glass(verdict: str | None, at: datetime) -> BreakGlass:
    return BreakGlass(case_id=CASE, staff_id=STAFF, reason="court", words="w", ends_at=at, verdict=verdict,
                      opened_at=UNTIL - timedelta(days=900))


def visit(whose: str, at: datetime) -> PortalSession:
    return PortalSession(token_hash=uuid4().bytes, made_at=UNTIL - timedelta(days=900), seen_at=UNTIL,
                         ends_at=at, notes={}, **{whose: PERSON if whose == "person_id" else STAFF})


# Each class: how a row of a state and an age is made; which states go once they are old; which never.
TABLE: dict[str, tuple[Callable[[Any, datetime], Any], list[Any], list[Any]]] = {
    "closed_cases": (case, ["closed"], [one for one in STAGES if one != "closed"]),
    "quiet_cases": (case, [one for one in STAGES if one != "closed"], ["closed"]),
    "event_bodies": (event, ["accepted", "conflict"], ["parked"]),
    "parked_events": (event, ["parked"], ["accepted", "conflict"]),
    "notices": (notice, ["sent", "failed", "withheld"], ["due"]),
    "access_reasons": (glass, [None, "fine", "look_into"], []),
    "sessions": (visit, ["person_id", "staff_id"], []),
}


@pytest.fixture
def force(app: Flask) -> Iterator[None]:
    """The force in scope, at the moment that is the end of every class, with somebody on a case."""
    with clock.travel(UNTIL), app.app_context(), force_scope(HERTS):
        db.session.add(Staff(id=STAFF, record_id="O1", role="officer"))
        db.session.add(Person(id=PERSON, source="niche", record_id="P1", language="en", made_up=False))
        db.session.add(case("recorded", UNTIL + timedelta(days=9), id=CASE, crime_reference="kept",
                            reference_key="kept"))
        db.session.flush()
        yield


def test_every_class_has_its_table() -> None:
    assert retention.OVERDUE.keys() == {*TABLE, "audit"} == {*Retention.model_fields, "sessions"}


@requirement("G13")
@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("name", TABLE)
def test_what_is_old_and_done_with_goes_and_all_else_stays(name: str) -> None:
    make, gone, kept = TABLE[name]
    rows = {(state, age): make(state, at) for state in (*gone, *kept) for age, at in AGES.items()}
    db.session.add_all(rows.values())
    db.session.commit()
    ids = {row.id: place for place, row in rows.items()}
    overdue = {(state, "before") for state in gone}
    found = read(retention._oldest(name, 99), until=UNTIL).scalars()
    assert {ids[one] for one in found} == overdue
    assert read(retention.COUNTS[name], until=UNTIL).scalar_one() == len(overdue)
    if name in retention.REMOVE:
        assert retention.REMOVE[name](UNTIL) == len(overdue)
        assert retention.REMOVE[name](UNTIL) == 0
        left = {ids[one] for one in db.session.scalars(sa.select(retention.OVERDUE[name][0].id))
            if one in ids}
        assert left == set(rows) if name == "event_bodies" else left == set(rows) - overdue


@requirement("G13")
@pytest.mark.usefixtures("force")
def test_of_an_event_only_the_body_goes() -> None:
    rows = [event(status, UNTIL - SECOND) for status in ("accepted", "conflict", "parked")]
    db.session.add_all([*rows, event("accepted", UNTIL - SECOND, body=None)])
    db.session.commit()
    assert retention.REMOVE["event_bodies"](UNTIL) == 2
    db.session.expire_all()
    assert {one.status: one.body for one in db.session.scalars(sa.select(RecordEvent)) if one.id in {
        row.id for row in rows}} == {"accepted": None, "conflict": None, "parked": "{}"}
    assert {one.digest for one in db.session.scalars(sa.select(RecordEvent))} == {b"d"}


@requirement("G13")
@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("name", ["closed_cases", "quiet_cases"])
def test_the_oldest_cases_go_first_and_the_others_stay(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stages = {"closed_cases": "closed", "quiet_cases": "investigating"}
    days = getattr(Retention(), name)
    at = {key: clock.now() - timedelta(days=age) for key, age in
          (("older", days + 9), ("old", days + 1), ("young", days - 1))}
    rows = {(stage, key): case(stage, moment, crime_reference=f"{stage}-{key}",
                               reference_key=f"{stage}-{key}")
            for stage in stages.values() for key, moment in at.items()}
    db.session.add_all(rows.values())
    db.session.commit()
    first = read(retention.SOME[name], until=retention.until_of(name)).scalars().all()
    mine = stages[name]
    assert first == [rows[mine, "older"].id, rows[mine, "old"].id]
    assert retention._remove_cases(name) == 2
    left = set(db.session.scalars(sa.select(Case.id)))
    assert left == {CASE, *(row.id for place, row in rows.items() if place not in {
        (mine, "older"), (mine, "old")})}


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("name", [*Retention.model_fields])
def test_how_long_is_said_in_days_by_the_force(name: str) -> None:
    assert retention.until_of(name) == UNTIL - timedelta(days=getattr(Retention(), name))


@pytest.mark.usefixtures("force")
def test_a_session_is_kept_to_its_end_and_no_longer() -> None:
    assert retention.until_of("sessions") == UNTIL


@pytest.mark.usefixtures("force")
def test_links_of_the_audit_are_overdue_by_the_day_of_their_row() -> None:
    db.session.add_all(AuditLink(
        id=UUID(int=number), number=number, at=at, action="a", mac=b"m", previous=b"p", link=bytes([number]),
        key_id=b"k", linked_at=UNTIL - timedelta(days=900)) for number, at in enumerate(AGES.values(), 1))
    db.session.flush()
    assert read(retention._oldest("audit", 99), until=UNTIL).scalars().all() == [UUID(int=1)]
    db.session.rollback()


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("name", TABLE)
def test_what_was_removed_stays_removed_whatever_happens_next(name: str) -> None:
    """Each class commits by itself."""
    make, gone, _ = TABLE[name]
    row = make(gone[0], LONG_AGO)
    db.session.add(row)
    db.session.commit()
    row_id = row.id
    found = retention.remove_overdue()
    db.session.rollback()
    assert {one: many for one, many in found.items() if many} == {name: 1}
    assert retention.overdue()[name] == 0
    left = db.session.get(retention.OVERDUE[name][0], (HERTS, row_id), populate_existing=True)
    assert (left is None) is (name != "event_bodies")


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("name", retention.REMOVE)
def test_what_went_stays_gone_when_the_next_class_cannot_go(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: datetime) -> int:
        raise ZeroDivisionError

    make, gone, _ = TABLE[name]
    db.session.add(make(gone[0], LONG_AGO))
    db.session.commit()
    monkeypatch.setattr(retention, "REMOVE", {name: retention.REMOVE[name], "next": broken})
    with pytest.raises(ZeroDivisionError):
        retention.remove_overdue()
    db.session.rollback()
    assert retention.overdue()[name] == 0


@pytest.mark.usefixtures("force")
def test_how_many_rows_of_the_audit_went_is_told() -> None:
    for days in (6000, 5000, 1):
        with clock.travel(UNTIL - timedelta(days=days)):
            audit.write("cases_listed", count=1)
        db.session.commit()
        Chainer().link_new(HERTS)
    assert retention.remove_overdue()["audit"] == 2
    assert retention.remove_overdue()["audit"] == 0


# --- a clock that may have leapt ----------------------------------------------------------------

HOUR = timedelta(hours=1)
LEAPS: list[tuple[str, list[timedelta], bool]] = [
    ("nothing was ever written", [], False),
    ("only just now", [HOUR], False),
    ("last night", [24 * HOUR], False),
    ("last night and long ago", [24 * HOUR, 900 * 24 * HOUR], False),
    ("a week ago and long ago", [7 * 24 * HOUR, 900 * 24 * HOUR], False),
    ("just inside eight days, and long ago", [8 * 24 * HOUR, 900 * 24 * HOUR], False),
    ("just outside eight days", [8 * 24 * HOUR + SECOND], True),
    ("long ago", [900 * 24 * HOUR], True),
    ("long ago and just now", [900 * 24 * HOUR, HOUR], True),
    ("long ago and twenty hours ago", [900 * 24 * HOUR, 20 * HOUR], True),
    ("long ago and a second more than twenty hours ago", [900 * 24 * HOUR, 20 * HOUR + SECOND], False),
]


@requirement("G13")
@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("when", "ages", "leapt"), LEAPS, ids=[one[0] for one in LEAPS])
def test_a_gap_of_eight_days_with_something_before_it_is_a_leap(
    when: str, ages: list[timedelta], leapt: bool
) -> None:
    for age in ages:
        with clock.travel(UNTIL - age):
            audit.write("cases_listed", count=1)
    with clock.travel(UNTIL - 24 * HOUR):  # what stands on a case is no row of a night
        audit.write("case_shown", case_id=UUID(int=9))
    db.session.flush()
    assert retention.clock_may_have_leapt() is leapt
    db.session.rollback()
    assert db.session.scalars(sa.select(AuditEntry)).all() == []


@requirement("G13")
@pytest.mark.usefixtures("force")
def test_after_a_leap_nothing_goes_that_night_and_the_audit_says_so() -> None:
    with clock.travel(UNTIL - 900 * 24 * HOUR):
        audit.write("cases_listed", count=1)
    db.session.commit()
    assert not retention.every_night()
    db.session.rollback()
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.at)).all()
    assert actions == ["cases_listed", "retention_waited"]


@pytest.mark.usefixtures("force")
def test_every_night_the_audit_says_what_went() -> None:
    make, gone, _ = TABLE["notices"]
    db.session.add(make(gone[0], LONG_AGO))
    db.session.commit()
    retention.every_night()
    db.session.rollback()
    told = db.session.scalars(sa.select(AuditEntry)).one()
    assert (told.action, told.fields) == ("overdue_removed", {"rows": {"notices": 1}})
