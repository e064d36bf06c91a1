"""When a change of contact is made or lapses, how long officers' codes work, and what counts share."""

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
from plugins.sign_in import activation, codes, limits
from plugins.sign_in.models import Activation, Count
from plugins.your_account import changes, on_case
from plugins.your_account.models import Change
from tests.rows import case, person, staff

NOW = datetime(2024, 6, 12, 12, 25, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))


@pytest.fixture
def who(force: None) -> Person:
    return person(case(staff("CID")), email="old@example.org", phone="07700 900001")


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


# --- codes that officers hand over --------------------------------------------------------------


@pytest.mark.parametrize(("after", "opens"), [(0 * DAY, True), (7 * DAY - SECOND, True), (7 * DAY, False)])
def test_an_officers_code_opens_once_to_its_last_moment(who: Person, after: timedelta, opens: bool) -> None:
    code = activation.make(who.id, (one := case(staff("CID"))).id, staff("CID").id)
    typed = codes.typed_code(code)
    assert (len(code), code[5], len(typed)) == (11, "-", codes.HANDED_LENGTH)
    row = db.session.scalars(sa.select(Activation)).one()
    assert (row.case_id, row.made_at, row.ends_at, row.used_at) == (one.id, NOW, NOW + 7 * DAY, None)
    with clock.travel(NOW + after):
        assert activation.waiting_since(who.id) == (NOW if opens else None)
        assert activation.use(who.id, typed[::-1], locked_at=None) is False
        assert activation.use(uuid4(), typed, locked_at=None) is False
        assert activation.use(who.id, typed, locked_at=None) is opens
        assert row.used_at == (NOW + after if opens else None)
        assert activation.use(who.id, typed, locked_at=None) is False
        assert activation.waiting_since(who.id) is None


@pytest.mark.parametrize(("locked", "opens"), [(None, True), (NOW - SECOND, True), (NOW, False),
                                               (NOW + SECOND, False)])
def test_a_code_from_before_a_lock_opens_nothing(who: Person, locked: datetime | None, opens: bool) -> None:
    typed = codes.typed_code(activation.make(who.id, case(None).id, staff("CID").id))
    who.locked_at = locked
    db.session.flush()
    assert activation.waiting_since(who.id) == (NOW if opens else None)
    assert activation.use(who.id, typed, locked_at=locked) is opens


def test_a_new_code_and_a_withdrawal_end_what_was_not_used(who: Person) -> None:
    other = person(case(None), "P2")
    first, theirs = (codes.typed_code(activation.make(one.id, case(None).id, staff("CID").id))
                     for one in (who, other))
    second = codes.typed_code(activation.make(who.id, case(None).id, staff("CID").id))
    assert activation.use(who.id, first, locked_at=None) is False
    for times in (1, 1):
        activation.withdraw(who.id, UUID(int=7))
        assert activation.use(who.id, second, locked_at=None) is False
        withdrawn = db.session.scalars(sa.select(AuditEntry).where(
            AuditEntry.action == "sign_in_code_withdrawn")).all()
        assert [(e.case_id, e.fields) for e in withdrawn] == [(UUID(int=7), {"person": str(who.id)})] * times
    assert activation.use(other.id, theirs, locked_at=None) is True


@pytest.mark.parametrize(("after", "left"), [(7 * DAY, 1), (7 * DAY + SECOND, 0)])
def test_codes_past_their_end_go(who: Person, after: timedelta, left: int) -> None:
    activation.make(who.id, case(None).id, staff("CID").id)
    with clock.travel(NOW + after):
        activation.remove_old()
    assert len(db.session.scalars(sa.select(Activation.id)).all()) == left


def test_codes_have_the_length_and_signs_that_are_said() -> None:
    assert (codes.SENT_LENGTH, codes.HANDED_LENGTH, len(codes.ALPHABET)) == (6, 10, 26)
    assert not set(codes.ALPHABET) & set("OQILZSGB01")
    sent = {codes.new_sent_code() for _ in range(50)}
    handed = {codes.new_handed_code() for _ in range(50)}
    assert all(len(one) == 6 and one.isdigit() for one in sent) and len(sent) > 40
    assert all(len(one) == 10 and set(one) <= set(codes.ALPHABET) for one in handed) and len(handed) == 50
    assert codes.typed_code(" oqilzsgb-1 ") == "00112568" + "1"
    assert [codes.is_handed("x" * n) for n in (9, 10, 11)] == [False, True, False]


# --- counts -------------------------------------------------------------------------------------


def test_a_count_is_of_its_scope_key_and_window(force: None) -> None:
    assert [limits.count("a", b"k", HOUR) for _ in range(3)] == [1, 2, 3]
    assert (limits.count("b", b"k", HOUR), limits.count("a", b"l", HOUR),
        limits.count("a", b"k", DAY)) == (1, 1, 1)
    assert [limits.so_far("a", b"k", window) for window in (HOUR, DAY, MINUTE)] == [3, 1, 0]
    with clock.travel(NOW.replace(minute=59, second=59)):
        assert limits.count("a", b"k", HOUR) == 4
    with clock.travel(NOW.replace(hour=13, minute=0)):
        assert (limits.so_far("a", b"k", HOUR), limits.count("a", b"k", HOUR)) == (0, 1)
    limits.forget("a", b"k", HOUR)
    limits.forget("nothing", b"k", HOUR)
    assert (limits.so_far("a", b"k", HOUR), limits.so_far("a", b"k", DAY)) == (0, 1)


@pytest.mark.parametrize(("window", "since", "left"), [
    (timedelta(minutes=10), NOW.replace(minute=20), 300), (HOUR, NOW.replace(minute=0), 2100),
    (DAY, NOW.replace(hour=0, minute=0), 41700)])
def test_windows_begin_with_the_hour_and_the_day(
    force: None, window: timedelta, since: datetime, left: int
) -> None:
    assert (limits._since(window), limits._left(window)) == (since, left)
    with clock.travel(since):
        assert (limits._since(window), limits._left(window)) == (since, int(window.total_seconds()))


def test_tries_are_counted_for_any_24_hours_and_a_refused_one_is_not(force: None) -> None:
    def takes(hours: float, value: str = "who") -> bool:
        with clock.travel(NOW + timedelta(hours=hours)):
            [more] = limits.take("tries", [value], 2)
            return more

    assert [takes(0), takes(1), takes(2), takes(23.9)] == [True, True, False, False]
    assert takes(2, "another") is True
    # the hour in which one was taken is over 24 hours later; whole hours are counted
    assert takes(24.4) is False
    assert [takes(25), takes(25)] == [True, False]
    assert [takes(26), takes(26)] == [True, False]


@pytest.mark.parametrize(("ago", "kept"),
    [(2 * DAY - SECOND, True), (2 * DAY, True), (2 * DAY + SECOND, False)])
def test_counts_of_the_day_before_yesterday_go(force: None, ago: timedelta, kept: bool) -> None:
    db.session.add(Count(id=uuid4(), scope="a", key=b"k", since=NOW - ago, number=1))
    db.session.commit()
    limits.remove_old(db.session.commit)
    assert bool(read(sa.select(Count.id).where(limits.owned(Count))).all()) is kept


def test_a_key_is_of_its_value_and_its_day(force: None) -> None:
    assert limits.hashed("a") == limits.hashed("a") != limits.hashed("b")
    assert len(limits.hashed("a")) >= 16
