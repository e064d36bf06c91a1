"""When a change of contact is made or lapses, and who hears of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from core.audit.models import AuditEntry
from core.base import clock
from core.cases import people
from core.cases.models import Person
from core.intake.models import RecordEvent
from core.notices.models import Notice
from core.storage import prepared
from core.storage.db import db, read, session_connection
from core.web import accounts
from plugins.your_account import changes, on_case
from plugins.your_account.models import Change
from tests.rows import case, person, staff

NOW = datetime(2024, 6, 12, 12, 25, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))


# --- another email or phone ---------------------------------------------------------------------


def change(who: Person, state: str = "waiting", **more: Any) -> Change:
    made = Change(**{
        "id": uuid4(), "person_id": who.id, "contact": "email", "value": "new@example.org",
        "old": "old@example.org", "state": state, "asked_by": "person", "asked_at": NOW, "due_at": NOW,
        **more})
    db.session.add(made)
    db.session.flush()
    return made


def is_there(asked: tuple[Any, dict[str, Any]]) -> bool:
    statement, values = asked
    return read(statement, **values).first() is not None


def test_the_times_are_those_that_people_are_told() -> None:
    assert (changes.HOLD, changes.LAPSES_AFTER, changes.SHOWN_FOR, changes.ASKS_A_DAY) == (
        DAY, 14 * DAY, 30 * DAY, 4)
    assert set(changes.OPEN) == {"asked", "waiting"}
    assert set(changes.HOW) == {"in_person", "called_back", "video"}


@pytest.mark.parametrize(("state", "due", "asked", "then"), [
    ("waiting", NOW, NOW, "done"), ("waiting", NOW + SECOND, NOW, "waiting"),
    ("waiting", NOW - DAY, NOW, "done"),
    ("asked", NOW - DAY, NOW - 14 * DAY, "asked"), ("asked", NOW, NOW - 14 * DAY - SECOND, "lapsed"),
    ("asked", NOW, NOW, "asked"), ("waiting", NOW + DAY, NOW - 15 * DAY, "waiting"),
    ("stopped", NOW, NOW - 15 * DAY, "stopped"), ("done", NOW, NOW - 15 * DAY, "done")])
def test_what_waited_long_enough_is_done_and_what_nobody_confirmed_lapses(
    who: Person, state: str, due: datetime, asked: datetime, then: str
) -> None:
    one = change(who, state, due_at=due, asked_at=asked, ended_at=None)
    assert is_there(changes.any_due()) is (then != state), "else nobody would run it"
    changes.run_due()
    assert one.state == then
    assert one.ended_at == (NOW if then != state else None)
    assert who.email == ("new@example.org" if then == "done" and state != "done" else "old@example.org")


def test_each_of_several_changes_of_several_people_has_its_own_time(who: Person) -> None:
    other = person(case(staff("CID")), "P2", email="old@example.org")
    made = [change(who, due_at=NOW), change(who, due_at=NOW + DAY, contact="phone", old="07700 900001",
                                            value="07700 900009"), change(other, due_at=NOW - HOUR),
            change(other, "asked", contact="phone", asked_at=NOW - 14 * DAY)]
    changes.run_due()
    assert [one.state for one in made] == ["done", "waiting", "done", "asked"]
    with clock.travel(NOW + DAY):
        changes.run_due()
    assert (made[1].state, who.phone, who.email, other.email) == (
        "done", "07700 900009", "new@example.org", "new@example.org")


def test_whose_changes_are_due_are_held_in_one_order(force: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each person once, however many changes of theirs are due, and whoever's came first."""
    everybody = [person(case(staff("CID")), f"P{n}", email="old@example.org") for n in range(6)]
    for one in reversed(everybody):
        change(one)
        change(one, "asked", contact="phone", asked_at=NOW - 15 * DAY)
    asked_for: list[UUID] = []
    real = changes.held
    monkeypatch.setattr(changes, "held", lambda who: asked_for.append(who) or real(who))
    # Else PostgreSQL may sort them to find each once, and they come in order by chance.
    prepared.tell(session_connection()[0], "SET LOCAL enable_sort = off", {})
    changes.run_due()
    assert asked_for == sorted(one.id for one in everybody)


HEARD: dict[str, tuple[Callable[[Person], Any], int]] = {
    "she asks": (lambda who: changes.ask(who.id, "email", "new@example.org"), 1),
    "it is made": (lambda who: changes.enter(who.id, "email", "new@example.org", how="video"), 1),
    "she stops it": (lambda who: changes.stop(change(who), by="person"), 1),
    "an officer stops it": (lambda who: changes.stop(change(who), by="officer"), 0),
    "it lapses": (lambda who: [change(who, "asked", asked_at=NOW - 15 * DAY), changes.run_due()], 0),
}


@pytest.mark.parametrize("what", HEARD)
def test_officers_hear_of_what_she_does_and_of_every_change_that_is_made(who: Person, what: str) -> None:
    act, letters = HEARD[what]
    act(who)
    heard = sa.select(Notice.id).where(Notice.staff_id.is_not(None), Notice.kind == "person_account")
    assert len(db.session.scalars(heard).all()) == letters


def test_a_change_that_is_made_is_one_record_event_with_its_id_and_is_made_once(who: Person) -> None:
    one = change(who)
    for _ in range(2):
        one.state, one.ended_at = "waiting", None
        who.email = "old@example.org"
        changes.run_due()
    assert db.session.scalars(sa.select(RecordEvent.id)).all() == [one.id]


def test_if_the_record_system_was_quicker_its_word_stands(who: Person) -> None:
    one = change(who, old="older@example.org")
    changes.run_due()
    assert (one.state, one.ended_at, who.email) == ("lapsed", NOW, "old@example.org")


@pytest.mark.parametrize(("care", "asked", "due"), [
    (False, NOW, NOW), (True, NOW, NOW + DAY), (False, NOW - HOUR, NOW - HOUR),
    (True, NOW - HOUR, NOW + 23 * HOUR)])
def test_where_care_is_needed_a_change_waits_a_day_from_when_it_was_asked_for(
    force: None, care: bool, asked: datetime, due: datetime
) -> None:
    amina = person(case(staff("CID"), service_level="enhanced" if care else "standard"))
    assert changes._earliest(amina, asked) == due


@pytest.mark.parametrize("care", [False, True])
@pytest.mark.parametrize("by", ["ask", "enter"])
def test_a_change_is_kept_with_all_that_is_known_of_it(force: None, care: bool, by: str) -> None:
    amina = person(case(staff("CID"), service_level="enhanced" if care else "standard"),
        email="old@example.org")
    if by == "enter":
        made = changes.enter(amina.id, "email", " new@example.org ", how="video")
    else:
        made = changes._new(amina.id, "email", "new@example.org", state="asked", by="person")
    done = by == "enter" and not care
    assert (made.contact, made.value, made.old, made.asked_at, made.due_at) == (
        "email", "new@example.org", "old@example.org", NOW, NOW + DAY if care else NOW)
    assert (made.state, made.asked_by, made.how) == (
        ("done" if done else "waiting", "officer", "video") if by == "enter" else ("asked", "person", None))
    assert made.ended_at == (NOW if done else None)


def test_a_newer_change_stops_the_one_before_of_the_same_contact_only(who: Person) -> None:
    email, phone = change(who, "asked"), change(who, contact="phone")
    ended = change(who, "done", ended_at=NOW - DAY)
    changes._new(who.id, "email", "third@example.org", state="asked", by="person")
    assert [(one.state, one.ended_at) for one in (email, phone, ended)] == [
        ("stopped", NOW), ("waiting", None), ("done", NOW - DAY)]


@pytest.mark.parametrize("by", ["person", "officer"])
@pytest.mark.parametrize(("asked_by", "stopped_by"),
    [("person", {"person", "officer"}), ("officer", {"person"})])
def test_a_lock_stops_what_may_not_have_been_asked_by_the_person(
    who: Person, by: str, asked_by: str, stopped_by: set[str]
) -> None:
    one, over = change(who, asked_by=asked_by), change(who, "done", asked_by=asked_by)
    changes.stop_for_lock(who.id, by=by)
    assert one.state == ("stopped" if by in stopped_by else "waiting")
    assert over.state == "done"


def test_changes_that_have_not_ended_are_shown_the_oldest_first_and_to_their_person(who: Person) -> None:
    other = person(case(staff("CID")), "P2")
    made = {state: change(who, state, id=UUID(int=place), ended_at=None if place > 2 else NOW)
            for place, state in enumerate(("done", "stopped", "lapsed", "asked", "waiting"))}
    change(other)
    assert [one.state for one in changes.of_person(who.id)] == ["asked", "waiting"]
    assert changes.open_one(who.id, made["asked"].id) is made["asked"]
    assert changes.open_one(who.id, made["done"].id) is None
    assert changes.open_one(other.id, made["asked"].id) is None


@pytest.mark.parametrize(("state", "ago", "shown", "kept"), [
    ("done", DAY, True, True), ("done", 30 * DAY - SECOND, True, True), ("done", 30 * DAY, False, True),
    ("done", 30 * DAY + SECOND, False, False), ("stopped", DAY, False, True),
    ("stopped", 30 * DAY + SECOND, False, False)])
def test_officers_are_shown_for_a_month_what_the_record_system_may_not_know(
    who: Person, state: str, ago: timedelta, shown: bool, kept: bool
) -> None:
    one, waits = change(who, state, ended_at=NOW - ago), change(who)
    assert (one in changes.lately_done(who.id)) is shown
    assert is_there(changes.any_old()) is not kept
    changes.remove_old()
    assert set(db.session.scalars(sa.select(Change.id))) == {waits.id, *([one.id] if kept else [])}


@pytest.mark.parametrize(("many", "ago", "may"), [(3, HOUR, True), (4, HOUR, False), (4, DAY, True),
                                                  (4, DAY - SECOND, False)])
def test_four_changes_may_be_asked_for_in_a_day(
    who: Person, monkeypatch: pytest.MonkeyPatch, many: int, ago: timedelta, may: bool
) -> None:
    monkeypatch.setattr(accounts, "own_person", people.person)
    for _ in range(many):
        change(who, "stopped", asked_at=NOW - ago)
        change(who, "stopped", asked_at=NOW, asked_by="officer")
    if may:
        assert changes.ask(who.id, "email", "new@example.org").state == "asked"
    else:
        with pytest.raises(changes.AskedTooOften):
            changes.ask(who.id, "email", "new@example.org")


def test_confirming_says_how_and_is_written_down(who: Person) -> None:
    one = change(who, "asked")
    changes.confirm(one, how="called_back")
    assert (one.state, one.how, who.email) == ("done", "called_back", "new@example.org")
    done = [e.fields for e in db.session.scalars(sa.select(AuditEntry).where(
        AuditEntry.action == "your_account_contact"))]
    assert done == [{"did": "confirmed", "contact": "email", "person": str(who.id)}]


def test_who_is_on_a_case_is_told_with_lock_and_what_waits(who: Person) -> None:
    one = case(staff("CID"))
    amina = person(one, "P2", given="Amina", family="Khan", locked_by="person", locked_at=NOW)
    ben = person(one, "P3", family="Okoro", locked_at=NOW)
    cleo = person(one, "P4", given="Cleo")
    person(one, "P5", removed=True)
    change(amina, "asked")
    change(ben, "waiting")
    change(cleo, "stopped")
    assert on_case.people_of(one.id) == [
        on_case.OnCase(amina.id, "Amina Khan", "victim", NOW, "person", True),
        on_case.OnCase(ben.id, "Okoro", "victim", None, None, False),
        on_case.OnCase(cleo.id, "Cleo", "victim", None, None, False)]
    assert on_case.one_of(one.id, who.id) is None
    assert on_case.people_of(uuid4()) == []
