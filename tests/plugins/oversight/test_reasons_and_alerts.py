"""Opening a case with a reason, what reviewers are shown, and what counts as unusual."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from core.audit.models import AuditEntry
from core.notices.models import Notice
from core.plugin_host.host import the_force
from core.storage.db import db
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
from tests.conftest import HERTS
from tests.rows import case, member, staff

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
