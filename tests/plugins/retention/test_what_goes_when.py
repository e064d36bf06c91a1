"""What the nightly job takes away: every state of every class, the day before, on and after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core import audit
from core.audit import CoreAction
from core.audit.chain import Chainer
from core.audit.models import AuditEntry, AuditLink
from core.base import clock
from core.cases.models import Case, Person, Staff
from core.force.parts import Retention
from core.intake.models import RecordEvent
from core.storage import Kept
from core.storage.db import db, force_scope, read
from plugins.record_feed.models import RecordFeedKey
from plugins.retention import nightly, retention
from tests.conftest import HERTS
from tests.plugins.retention.old_rows import (
    AGES,
    CASE,
    LONG_AGO,
    PERSON,
    SECOND,
    STAFF,
    TABLE,
    UNTIL,
    case,
    event,
)
from tests.security.checklist import requirement


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


def removed(name: str, until: datetime) -> int:
    """How many rows of the class are gone from now on, as the nightly job has it."""
    count = 0
    for many in retention.parts(retention.classes()[name], until):
        db.session.commit()
        count += many
    return count


@pytest.mark.usefixtures("force")
def test_every_class_has_its_table() -> None:
    assert retention.classes().keys() == {*TABLE, "audit"} == {*Retention.model_fields, "sessions"}


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
    found = read(retention.oldest(retention.classes()[name], 99), until=UNTIL).scalars()
    assert {ids[one] for one in found} == overdue
    assert read(retention.counting(retention.classes()[name]), until=UNTIL).scalar_one() == len(overdue)
    assert removed(name, UNTIL) == len(overdue)
    assert removed(name, UNTIL) == 0
    model = retention.classes()[name].model
    left = {ids[one] for one in db.session.scalars(sa.select(model.id)) if one in ids}
    assert left == set(rows) if name == "event_bodies" else left == set(rows) - overdue


@requirement("G13")
@pytest.mark.usefixtures("force")
def test_of_an_event_only_the_body_goes() -> None:
    rows = [event(status, UNTIL - SECOND) for status in ("accepted", "conflict", "parked")]
    db.session.add_all([*rows, event("accepted", UNTIL - SECOND, body=None)])
    db.session.commit()
    assert removed("event_bodies", UNTIL) == 2
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
    one = retention.classes()[name]
    first = read(retention.oldest(one, one.many), until=one.until).scalars().all()
    mine = stages[name]
    assert first == [rows[mine, "older"].id, rows[mine, "old"].id]
    assert removed(name, one.until) == 2
    left = set(db.session.scalars(sa.select(Case.id)))
    assert left == {CASE, *(row.id for place, row in rows.items() if place not in {
        (mine, "older"), (mine, "old")})}


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("name", [*Retention.model_fields])
def test_how_long_is_said_in_days_by_the_force(name: str) -> None:
    assert retention.classes()[name].until == UNTIL - timedelta(days=getattr(Retention(), name))


@pytest.mark.usefixtures("force")
def test_a_session_is_kept_to_its_end_and_no_longer() -> None:
    assert retention.classes()["sessions"].until == UNTIL


@pytest.mark.usefixtures("force")
def test_links_of_the_audit_are_overdue_by_the_day_of_their_row() -> None:
    db.session.add_all(AuditLink(
        id=UUID(int=number), number=number, at=at, action="a", mac=b"m", previous=b"p", link=bytes([number]),
        key_id=b"k", linked_at=UNTIL - timedelta(days=900)) for number, at in enumerate(AGES.values(), 1))
    db.session.flush()
    links = retention.oldest(retention.classes()["audit"], 99)
    assert read(links, until=UNTIL).scalars().all() == [UUID(int=1)]
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
    found = nightly.remove_overdue(db.session.commit)
    db.session.rollback()
    assert {one: many for one, many in found.items() if many} == {name: 1}
    assert retention.overdue()[name] == 0
    left = db.session.get(retention.classes()[name].model, (HERTS, row_id), populate_existing=True)
    assert (left is None) is (name != "event_bodies")


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("name", TABLE)
def test_what_went_stays_gone_when_the_next_class_cannot_go(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: datetime) -> int:
        raise ZeroDivisionError

    make, gone, _ = TABLE[name]
    db.session.add(make(gone[0], LONG_AGO))
    db.session.commit()
    one = retention.classes()[name]
    after = retention.Overdue(one.model, Kept("next", since=one.kept.since, days=0, remove=broken))
    monkeypatch.setattr(retention, "classes", lambda: {name: one, "next": after})
    with pytest.raises(ZeroDivisionError):
        nightly.remove_overdue(db.session.commit)
    db.session.rollback()
    assert retention.overdue()[name] == 0


@pytest.mark.usefixtures("force")
def test_how_many_rows_of_the_audit_went_is_told() -> None:
    for days in (6000, 5000, 1):
        with clock.travel(UNTIL - timedelta(days=days)):
            audit.write(CoreAction.CASES_LISTED, count=1)
        db.session.commit()
        Chainer().link_new(HERTS)
    assert nightly.remove_overdue(db.session.commit)["audit"] == 2
    assert nightly.remove_overdue(db.session.commit)["audit"] == 0


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("name", TABLE)
def test_the_rules_commit_nothing(name: str) -> None:
    """Whoever goes through the parts does: the job, or the command."""
    make, gone, _ = TABLE[name]
    db.session.add(make(gone[0], LONG_AGO))
    db.session.commit()
    assert sum(part[name] for part in retention.removal()) == 1
    assert retention.overdue()[name] == 0
    db.session.rollback()
    assert retention.overdue()[name] == 1


@pytest.mark.usefixtures("force")
def test_no_part_takes_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MANY_CASES", 2)
    monkeypatch.setattr(retention, "MANY", 3)
    for name in ("closed_cases", "notices"):
        make, gone, _ = TABLE[name]
        db.session.add_all(make(gone[0], LONG_AGO + number * SECOND) for number in range(7))
    db.session.commit()
    sizes = {"closed_cases": list[int](), "notices": list[int]()}
    for part in retention.removal():
        db.session.commit()
        for name in sizes.keys() & part.keys():
            sizes[name].append(part[name])
    assert sizes == {"closed_cases": [2, 2, 2, 1, 0], "notices": [3, 3, 1, 0]}


@pytest.mark.usefixtures("force")
def test_what_a_plugin_keeps_goes_by_the_days_that_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RecordFeedKey, "__kept__", (
        Kept("ended_keys", since="ended_at", days=30, emptied=("secret_sealed",),
             which=lambda key: key.secret_sealed.is_not(None)),
        Kept("ended_senders", since="ended_at", days=60)))
    for days in (10, 29, 31, 59, 61):
        db.session.add(RecordFeedKey(source=f"ended {days}", secret="s", made_at=LONG_AGO,
                                     ended_at=UNTIL - timedelta(days=days)))
    db.session.add(RecordFeedKey(source="in use", secret="s", made_at=LONG_AGO))
    db.session.commit()
    assert (retention.overdue()["ended_keys"], retention.overdue()["ended_senders"]) == (3, 1)
    gone = nightly.remove_overdue(db.session.commit)
    assert (gone["ended_keys"], gone["ended_senders"]) == (3, 1)
    db.session.expire_all()
    assert {one.source: one.secret for one in db.session.scalars(sa.select(RecordFeedKey))} == {
        "ended 10": "s", "ended 29": "s", "ended 31": None, "ended 59": None, "in use": "s"}


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
            audit.write(CoreAction.CASES_LISTED, count=1)
    with clock.travel(UNTIL - 24 * HOUR):  # what stands on a case is no row of a night
        audit.write(CoreAction.CASE_SHOWN, case_id=UUID(int=9))
    db.session.flush()
    assert retention.clock_may_have_leapt() is leapt
    db.session.rollback()
    assert db.session.scalars(sa.select(AuditEntry)).all() == []


@requirement("G13")
@pytest.mark.usefixtures("force")
def test_after_a_leap_nothing_goes_that_night_and_the_audit_says_so() -> None:
    with clock.travel(UNTIL - 900 * 24 * HOUR):
        audit.write(CoreAction.CASES_LISTED, count=1)
    db.session.commit()
    assert not nightly.every_night()
    db.session.rollback()
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.at)).all()
    assert actions == ["cases_listed", "retention_waited"]


@pytest.mark.usefixtures("force")
def test_every_night_the_audit_says_what_went() -> None:
    make, gone, _ = TABLE["notices"]
    db.session.add(make(gone[0], LONG_AGO))
    db.session.commit()
    nightly.every_night()
    db.session.rollback()
    told = db.session.scalars(sa.select(AuditEntry)).one()
    assert (told.action, told.fields) == ("overdue_removed", {"rows": {"notices": 1}})
