"""Opening a case with a reason, what reviewers are shown, and what counts as unusual."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from core import audit
from core.audit import trail
from core.audit.models import AuditEntry
from core.base import clock
from core.notices.models import Notice
from core.plugin_host.host import the_force
from core.storage.db import db, force_scope
from plugins.oversight import break_glass, unusual
from plugins.oversight.break_glass import (
    LEAST_WORDS,
    MOST_WORDS,
    REASONS,
    VERDICTS,
    ReasonProblem,
    checked,
)
from plugins.oversight.models import BreakGlass
from plugins.oversight.unusual import Seen
from tests.conftest import HERTS
from tests.rules.rows import case, member, person, staff

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WORDS = "I look after it today."


# --- giving a reason ----------------------------------------------------------------------------


def test_the_numbers_are_those_that_officers_are_told() -> None:
    assert (LEAST_WORDS, MOST_WORDS) == (20, 500)
    assert set(REASONS) == {"covering", "linked", "asked_for", "complaint", "court", "danger", "other"}
    assert set(VERDICTS) == {"fine", "look_into"}
    assert break_glass.SHOWN_FOR == unusual.SHOWN_FOR == timedelta(days=90)
    assert break_glass.MOST_SHOWN == 200


@pytest.mark.parametrize(("words", "problem"), [
    ("abcdef" * 3 + "a", "too_short"), ("abcdef" * 3 + "ab", None),
    ("   " + "abcdef" * 3 + "  ", "too_short"),
    ("abcde" * 4, "too_short"), ("AbcdeaBCDE" * 2, "too_short"), ("abcdef" * 4, None),
    ("abcdef" * 83 + "ab", None), ("abcdef" * 83 + "abc", "too_long"), ("abcdef" * 4 + "\x07", "unreadable"),
    ("", "too_short")])
@pytest.mark.parametrize("reason", ["court", "", "curious"])
def test_a_reason_is_one_of_the_list_with_a_sentence(words: str, problem: str | None, reason: str) -> None:
    expected = ({} if reason in REASONS else {"reason": "missing"}) | ({"words": problem} if problem else {})
    if not expected:
        assert checked(reason, words) == words.strip()
        return
    with pytest.raises(ReasonProblem) as found:
        checked(reason, words)
    assert found.value.problems == expected


@pytest.mark.usefixtures("force")
def test_a_reason_opens_for_as_long_as_the_force_says_and_is_kept_as_it_was_given() -> None:
    lead, mine, boss = staff("A"), staff("B"), staff("A", "supervisor", email="boss@example.org")
    other = staff("B", "supervisor", email="other@example.org")
    one = case(lead, key="41124")
    me = member(mine.id, "officer", "B")
    assert break_glass.open_case(me, "41/1/24", "court", f"  {WORDS}\r\nAnd more. ") == one.id
    row = db.session.scalars(sa.select(BreakGlass)).one()
    assert (row.case_id, row.staff_id, row.reason, row.words, row.opened_at, row.verdict) == (
        one.id, mine.id, "court", f"{WORDS}\nAnd more.", NOW, None)
    assert row.ends_at - row.opened_at == the_force().oversight.break_glass_minutes * MINUTE == HOUR
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.case_id, entry.fields) == ("break_glass_opened", one.id, {
        "break_glass": str(row.id), "reason": "court", "minutes": 60})
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.kind, notice.cause_id, notice.case_id, notice.staff_id, notice.person_id) == (
        "break_glass", row.id, one.id, boss.id, None)
    assert other.id != boss.id


@pytest.mark.usefixtures("force")
def test_who_has_to_do_with_a_case_opens_nothing_and_who_has_it_open_gives_a_new_reason() -> None:
    lead, mine = staff("A"), staff("B")
    one = case(lead, key="41124")
    assert break_glass.open_case(member(lead.id, "officer", "A"), "41/1/24", "court", WORDS) == one.id
    assert db.session.scalars(sa.select(BreakGlass)).all() == []
    me = member(mine.id, "officer", "B")
    for _ in range(2):
        assert break_glass.open_case(me, "41/1/24", "linked", WORDS) == one.id
    assert len(db.session.scalars(sa.select(BreakGlass)).all()) == 2
    assert break_glass.open_case(me, "41/9/24", "linked", WORDS) is None
    last = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.action, last.case_id, last.fields) == ("break_glass_found_nothing", None,
        {"reason": "linked"})


@pytest.mark.usefixtures("force")
def test_an_officer_finds_the_case_however_its_reference_is_written_and_no_other() -> None:
    lead, mine = staff("A"), staff("B")
    short = case(lead, key="411516", crime_reference="41/15/16")
    case(lead, key="411517", crime_reference="41/15/17")
    me = member(mine.id, "officer", "B")
    for typed in ("41/15/16", "41/15/2016", "41/l5/16", "41 IS 16", "41/0015/16", "41/000015/2016"):
        assert break_glass.open_case(me, typed, "linked", WORDS) == short.id, typed
    for typed in ("41/15/18", "41/16/16", "41/1516/16", "15/16", ""):
        assert break_glass.open_case(me, typed, "linked", WORDS) is None, typed


def opened(by: Any, of: Any, at: datetime = NOW, ends: datetime | None = None, **more: Any) -> BreakGlass:
    row = BreakGlass(id=uuid4(), case_id=of.id, staff_id=by.id, reason="court", words="w", opened_at=at,
                     ends_at=ends or at + HOUR, **more)
    db.session.add(row)
    db.session.flush()
    return row


@pytest.mark.usefixtures("force")
def test_ending_ends_ones_own_open_reasons_of_this_case_now_and_no_others() -> None:
    mine, other = staff("B"), staff("C")
    one, two = case(staff("A")), case(staff("A"))
    rows = {"mine": opened(mine, one), "mine too": opened(mine, one, NOW - MINUTE),
            "over": opened(mine, one, NOW - 2 * HOUR), "just over": opened(mine, one, NOW - HOUR),
            "of another case": opened(mine, two), "of somebody else": opened(other, one)}
    before = {name: row.ends_at for name, row in rows.items()}
    me = member(mine.id, "officer", "B")
    assert break_glass.end(me, one.id) is True
    assert break_glass.end(me, one.id) is False
    db.session.commit()
    db.session.expire_all()
    after = {name: db.session.get(BreakGlass, (HERTS, row.id)).ends_at for name, row in rows.items()}
    assert after == {**before, "mine": NOW, "mine too": NOW}
    ended = db.session.scalars(sa.select(AuditEntry)).all()
    assert [(e.action, e.case_id) for e in ended] == [("break_glass_ended", one.id)]


# --- reviewing ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("force")
def test_what_nobody_reviewed_stands_first_the_newest_first_and_none_is_older_than_ninety_days(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    boss, mine, one = staff("A", "supervisor"), staff("B", name="Pat"), case(staff("A"), key="41124")
    rows = {days: opened(mine, one, NOW - days * DAY) for days in (1, 3, 89)}
    done = {days: opened(mine, one, NOW - days * DAY, verdict="fine") for days in (0, 2)}
    opened(mine, one, NOW - 90 * DAY)
    kept = opened(mine, one, NOW - 90 * DAY + timedelta(seconds=1))
    opened(boss, one)
    elsewhere = opened(staff("C"), case(staff("D")))
    me = member(boss.id, "supervisor", "A")
    found = [row.id for row in break_glass.to_review(me)]
    assert found == [rows[1].id, rows[3].id, rows[89].id, kept.id, done[0].id, done[2].id]
    assert elsewhere.id in {row.id for row in break_glass.to_review(member(uuid4(), "force_admin", None))}
    monkeypatch.setattr(break_glass, "MOST_SHOWN", 2)
    assert [row.id for row in break_glass.to_review(me)] == found[:2]


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_review_is_kept_with_who_and_when(verdict: str) -> None:
    boss, one = staff("A", "supervisor"), case(staff("A"))
    row, other = opened(staff("B"), one), opened(staff("B"), one)
    me = member(boss.id, "supervisor", "A")
    assert break_glass.review(me, row.id, verdict) is True
    db.session.commit()
    db.session.expire_all()
    now = db.session.get(BreakGlass, (HERTS, row.id))
    assert (now.verdict, now.reviewed_at, now.reviewer_id) == (verdict, NOW, boss.id)
    assert db.session.get(BreakGlass, (HERTS, other.id)).verdict is None
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.fields) == (
        "break_glass_reviewed", {"break_glass": str(row.id), "verdict": verdict})


@pytest.mark.usefixtures("force")
def test_a_verdict_that_is_none_and_a_row_that_is_not_theirs_change_nothing() -> None:
    boss, one = staff("Z", "supervisor"), case(staff("A"))
    row = opened(staff("B"), one)
    with pytest.raises(ValueError, match="maybe"):
        break_glass.review(member(boss.id, "supervisor", "A"), row.id, "maybe")
    assert break_glass.review(member(boss.id, "supervisor", "Z"), row.id, "fine") is False
    assert break_glass.review(member(boss.id, "supervisor", "A"), uuid4(), "fine") is False
    db.session.expire_all()
    assert db.session.get(BreakGlass, (HERTS, row.id)).verdict is None
    assert db.session.scalars(sa.select(AuditEntry)).all() == []


# --- what is unusual ----------------------------------------------------------------------------


def views(many: int, *, apart: timedelta = timedelta(seconds=1), reason: bool = False) -> list[Seen]:
    return [Seen(UUID(int=number + 1), NOW + number * apart, reason) for number in range(many)]


@pytest.mark.parametrize(("seen", "in_vain", "expected"), [
    ([], 0, {}), (views(40), 0, {}), (views(41), 0, {"many_in_an_hour": 41}), (views(41) * 3, 0, {
        "many_in_an_hour": 41}), (views(150, apart=5 * MINUTE), 0, {}),
    (views(151, apart=5 * MINUTE), 0, {"many_in_a_day": 151}), (views(2, reason=True), 0, {}),
    (views(3, reason=True), 0, {"many_reasons": 3}), (views(2, reason=True), 1, {"many_reasons": 3}),
    (views(1, reason=True) * 5, 0, {}), ([], 2, {}), ([], 3, {"many_reasons": 3}), (views(9), 2, {})],
    ids=range(13))
def test_each_limit_of_looking_by_its_number(
    portal: Flask, seen: list[Seen], in_vain: int, expected: dict[str, int]
) -> None:
    with portal.app_context(), force_scope(HERTS):
        limits = the_force().oversight
        assert (limits.cases_in_an_hour, limits.cases_in_a_day, limits.reasons_in_a_day) == (40, 150, 3)
        assert dict(unusual._found(None, sorted(seen, key=lambda one: one.at), in_vain)) == expected


NAMES: list[tuple[str | None, dict[str, Any], bool, bool]] = [
    # the officer's name; the person's; own_name on a case that is theirs, and on one with a reason
    ("PC Amina Khan", {"given": "Amina", "family": "Khan"}, True, True),
    ("amina KHAN", {"given": "AMINA Jane", "family": "khan"}, True, True),
    ("Amina Khan-Jones", {"given": "Amina", "family": "Khan Jones"}, True, True),
    ("PC Amina Khan", {"given": "Ben", "family": "Khan"}, False, True),
    ("PC Amina Khan", {"given": None, "family": "Khan"}, False, True),
    ("PC Amina Khan", {"given": "Amina", "family": "Okoro"}, False, False),
    ("Khan Amina", {"given": "Amina", "family": "Khan"}, False, False),
    ("PC Amina Khan", {"given": "Amina", "family": None}, False, False),
    ("PC Khan", {"given": "Amina", "family": "PC Amina Khan"}, False, False),
    (None, {"given": "Amina", "family": "Khan"}, False, False),
]


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("name", "who", "theirs", "with_reason"), NAMES)
def test_an_own_name_is_the_full_one_or_on_a_case_of_others_the_family_name(
    name: str | None, who: dict[str, Any], theirs: bool, with_reason: bool
) -> None:
    mine, one = staff("A", name=name), case(staff("B"))
    person(one, **who)
    for reason, expected in ((False, theirs), (True, with_reason)):
        found = dict(unusual._themselves(mine, [Seen(one.id, NOW, reason)] * 2))
        assert found == ({"own_name": 1} if expected else {})


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("email", "theirs", "same"), [
    ("a@example.org", " A@Example.ORG", True), ("a@example.org", "b@example.org", False),
    (None, None, False), ("a@example.org", None, False), (None, "a@example.org", False)])
def test_an_own_email_is_one_however_it_is_written(email: str | None, theirs: str | None, same: bool) -> None:
    mine, one, two = staff("A", email=email), case(staff("B")), case(staff("B"))
    person(one, "P1", email=theirs)
    person(two, "P2", email=theirs)
    seen = [Seen(one.id, NOW, False), Seen(two.id, NOW, False)]
    assert dict(unusual._themselves(mine, seen)) == ({"own_email": 2} if same else {})


@pytest.mark.usefixtures("force")
def test_what_was_told_is_read_as_it_was_told_newest_first() -> None:
    who, other = uuid4(), uuid4()
    for minutes, one, kind in ((0, who, "own_name"), (1, other, "many_reasons")):
        with clock.travel(NOW + minutes * MINUTE):
            audit.write("unusual_viewing", staff=str(one), kind=kind, day="2024-06-12", count=minutes + 3)
    assert unusual.alerts_since(NOW) == [
        unusual.Alert(other, "many_reasons", "2024-06-12", 4, NOW + MINUTE),
        unusual.Alert(who, "own_name", "2024-06-12", 3, NOW)]
    assert [one.staff_id for one in unusual.alerts_since(NOW + timedelta(seconds=1))] == [other]
    assert unusual.alerts_since(NOW + 2 * MINUTE) == []


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("at", "days"), [
    (datetime(2024, 6, 12, 12, tzinfo=UTC), ["2024-06-12"]),
    (datetime(2024, 6, 11, 23, 0, tzinfo=UTC), ["2024-06-11", "2024-06-12"]),  # midnight in London
    (datetime(2024, 6, 11, 23, 29, tzinfo=UTC), ["2024-06-11", "2024-06-12"]),
    (datetime(2024, 6, 11, 23, 30, tzinfo=UTC), ["2024-06-12"]),
    (datetime(2024, 6, 11, 22, 59, tzinfo=UTC), ["2024-06-11"])])
def test_the_day_before_is_looked_at_for_half_an_hour_more(
    at: datetime, days: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[tuple[str, datetime, datetime]] = []
    monkeypatch.setattr(unusual, "_look_at_day", lambda *what: looked.append(what))
    with clock.travel(at):
        unusual.look()
    assert [day for day, _, _ in looked] == days
    for day, since, until in looked:
        assert f"{since:%Y-%m-%dT%H:%M:%S}" == f"{day}T00:00:00"
        assert since.astimezone(UTC).hour == 23  # British Summer Time
        assert until.astimezone(UTC) - since.astimezone(UTC) == DAY


@pytest.mark.usefixtures("force")
def test_only_staff_who_looked_that_day_are_found_and_each_kind_once() -> None:
    """The edges of a day, and what is no looking by staff."""
    since, until = NOW.replace(hour=0), NOW.replace(hour=0) + DAY
    mine, other = staff("A", name="PC Amina Khan"), staff("A", name="PC Amina Khan")
    one = case(staff("B"))
    person(one, given="Amina", family="Khan")

    def looks(who: UUID, at: datetime, action: str = "case_seen", actor: str = "staff") -> None:
        with clock.travel(at):
            fields = {"viewer": "officer",
                "relation": "unit"} if action == "case_seen" else {"reason": "court"}
            row = trail._row(actor, who, action, one.id if action == "case_seen" else None, fields)
            trail.insert_many(AuditEntry, [row])

    looks(mine.id, since - timedelta(seconds=1))
    looks(mine.id, until)
    looks(mine.id, NOW, actor="person")
    unusual._look_at_day("2024-06-12", since, until)
    assert unusual.alerts_since(since) == []
    looks(mine.id, since)
    looks(other.id, until - timedelta(seconds=1))
    for _ in range(3):
        looks(other.id, NOW, "break_glass_found_nothing")
        looks(mine.id, until, "break_glass_found_nothing")
        looks(mine.id, NOW, "break_glass_found_nothing", actor="visitor")
    for _ in range(2):
        unusual._look_at_day("2024-06-12", since, until)
    told = {(one.staff_id, one.kind, one.count, one.day) for one in unusual.alerts_since(since)}
    assert told == {(mine.id, "own_name", 1, "2024-06-12"), (other.id, "own_name", 1, "2024-06-12"),
                    (other.id, "many_reasons", 3, "2024-06-12")}
    assert len(unusual.alerts_since(since)) == 3
    assert len(db.session.scalars(sa.select(Notice).where(Notice.kind == "unusual_viewing")).all()) == 3
    unusual._look_at_day("2024-06-13", since, until)
    assert len(unusual.alerts_since(since)) == 6  # another day is told anew
