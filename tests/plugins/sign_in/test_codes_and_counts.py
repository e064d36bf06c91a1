"""How long officers' codes work, and what counts share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import Person
from core.storage.db import db, read
from plugins.sign_in import activation, codes, limits
from plugins.sign_in.models import Activation, Count
from tests.rows import case, person, staff

NOW = datetime(2024, 6, 12, 12, 25, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))


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
