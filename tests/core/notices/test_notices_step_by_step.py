"""One notice through the outbox: claimed, tried, waiting, given up; each by its numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from core.audit.models import AuditEntry
from core.base import clock
from core.hookspecs import News, NoticeRequest
from core.notices import outbox, outgoing, queue
from core.notices.letters import CODE_LASTS, Withhold
from core.notices.models import Notice
from core.notices.outgoing import CLOCKS_DIFFER, LEASE, MOST_TRIES, NO_REPEAT, Claimed, Tried
from core.notices.waits import UNSURE_TRIES
from core.storage.db import db
from tests.conftest import HERTS
from tests.rows import case, person, staff

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def later(force: None, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """The jobs that are asked for: (when, which notice)."""
    asked: list[tuple[Any, Any]] = []
    monkeypatch.setattr(queue, "defer", lambda name, at=None,
        **more: asked.append((at, more["notice_id"])))
    monkeypatch.setattr(queue, "defer_many", lambda name, rows, **more: asked.extend(
        (None, row["notice_id"]) for row in rows))
    return asked


def notice(**more: Any) -> Notice:
    found = Notice(**{
        "id": uuid4(), "kind": "entry", "cause_id": uuid4(), "state": "due", "tries": 0, "made_at": NOW,
        "due_at": NOW, "extra": "words", **more})
    db.session.add(found)
    db.session.commit()
    return found


def again(of: Notice) -> Notice:
    found = db.session.get(Notice, (HERTS, of.id), populate_existing=True)
    assert found
    return found


def written() -> list[tuple[str, dict[str, Any]]]:
    rows = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
    return [(row.action, row.fields) for row in rows]


def claimed(one: Notice, tries: int = 1, **more: Any) -> Claimed:
    """As the sender has it in hand."""
    one.tries, one.claimed_by = tries, 7
    for name, value in more.items():
        setattr(one, name, value)
    db.session.commit()
    return Claimed(one, one.id, tries, 7, False)


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(("state", "unsure", "due", "may"), [
    ("due", 0, NOW, True), ("due", 0, NOW - MINUTE, True), ("due", 0, NOW + CLOCKS_DIFFER, True),
    ("due", 0, NOW + CLOCKS_DIFFER + SECOND, False), ("sent", 0, NOW, False), ("failed", 0, NOW, False),
    ("withheld", 0, NOW, False), ("perhaps_sent", 1, NOW, True), ("perhaps_sent", 2, NOW, False)])
def test_what_is_due_is_claimed_for_a_while_and_nothing_else(
    state: str, unsure: int, due: datetime, may: bool
) -> None:
    one = notice(state=state, due_at=due, tries=3, unsure=unsure)
    found = outgoing._claim(one.id)
    assert (found is not None) is may
    now = again(one)
    assert (now.tries, now.due_at) == ((4, NOW + LEASE) if may else (3, due))
    if found:
        assert (found.id, found.tries, found.by, found.left) == (one.id, 4, now.claimed_by, False)
        retaken = outgoing._claim(one.id)  # as after a start: this process no longer has it in hand
        assert retaken and (retaken.tries, retaken.left) == (5, True)
    assert outgoing._claim(uuid4()) is None


@pytest.mark.parametrize(("kind", "after", "late"), [
    ("code", CODE_LASTS - SECOND, False), ("code", CODE_LASTS, True), ("entry", CODE_LASTS, False)])
def test_a_code_is_worth_sending_for_as_long_as_it_works(kind: str, after: timedelta, late: bool) -> None:
    one: Any = SimpleNamespace(kind=kind, made_at=NOW, tries=1)
    with clock.travel(NOW + after):
        assert outgoing._too_late(one) is late
        assert outgoing._worth_trying(one) is not late
        one.tries = MOST_TRIES - 1
        assert outgoing._worth_trying(one) is not late
        one.tries = MOST_TRIES
        assert outgoing._worth_trying(one) is False
    assert CODE_LASTS == 10 * MINUTE


def test_what_came_of_a_try_is_kept(later: list[Any]) -> None:
    sent, failed = notice(reason="before"), notice()
    outgoing._mark(claimed(sent), Tried(by="email"))
    outgoing._mark(claimed(failed), Tried(why="refused"))
    now = again(sent)
    assert (now.state, now.sent_at, now.reason, now.extra_sealed, now.claimed_by) == (
        "sent", NOW, None, None, None)
    now = again(failed)
    assert (now.state, now.sent_at, now.reason, now.extra_sealed, now.claimed_by) == (
        "failed", None, "refused", None, None)
    assert written() == [
        ("notice_sent", {"kind": "entry", "by": "email"}), ("notice_failed", {"kind": "entry"})]
    assert later == []


def test_what_may_go_later_waits_and_keeps_its_words(later: list[Any]) -> None:
    one = notice()
    outgoing._mark(claimed(one), Tried(why="busy", again=True))
    now = again(one)
    assert (now.state, now.reason, now.tries, now.extra, now.claimed_by) == ("due", "busy", 1, "words", None)
    assert timedelta(seconds=30) <= now.due_at - NOW <= timedelta(seconds=37.5)
    assert later == [(now.due_at, str(one.id))]
    assert written() == []


@pytest.mark.parametrize(("kind", "before", "state", "unsure", "waits"), [
    ("entry", 0, "perhaps_sent", 1, True), ("entry", 1, "perhaps_sent", 2, False),
    ("code", 0, "failed", 1, False)])
def test_what_was_perhaps_sent_is_repeated_once_and_a_code_never(
    later: list[Any], kind: str, before: int, state: str, unsure: int, waits: bool
) -> None:
    assert UNSURE_TRIES == 2
    one = notice(kind=kind)
    outgoing._mark(claimed(one, unsure=before), Tried(why="perhaps", again=True, unsure=True))
    now = again(one)
    assert (now.state, now.unsure, now.reason) == (
        state, unsure, "perhaps" + (NO_REPEAT if kind == "code" else ""))
    assert (now.extra is not None) is waits
    assert later == ([(now.due_at, str(one.id))] if waits else [])
    assert not waits or timedelta(seconds=30) <= now.due_at - NOW <= timedelta(seconds=37.5)
    assert [action for action, _ in written()] == [
        "notice_failed" if kind == "code" else "notice_perhaps_sent"]


def test_what_fails_after_it_was_perhaps_sent_says_so(later: list[Any]) -> None:
    one = notice()
    outgoing._mark(claimed(one, unsure=1, state="perhaps_sent"), Tried(why="refused"))
    assert (again(one).state, again(one).reason) == ("failed", "refused; before that, perhaps sent")


@pytest.mark.parametrize("other", [{"tries": 2}, {"claimed_by": 8}, {"claimed_by": None}, {"state": "sent"}])
def test_a_claim_that_another_took_over_changes_nothing(later: list[Any], other: dict[str, Any]) -> None:
    one = notice()
    mine = claimed(one)
    for name, value in other.items():
        setattr(again(one), name, value)
    db.session.commit()
    for tried in (Tried(by="email"), Tried(why="no"), Tried(why="busy", again=True)):
        outgoing._mark(mine, tried)
    outgoing._withheld(mine, Withhold("locked"))
    outgoing._withheld(mine, Withhold("at night", NOW + MINUTE))
    now = again(one)
    expected = {"state": "due", "tries": 1, "claimed_by": 7, "reason": None, "due_at": NOW, **other}
    assert {name: getattr(now, name) for name in expected} == expected
    assert (later, written()) == ([], [])


def test_a_safe_hour_that_is_waited_for_is_no_try(later: list[Any]) -> None:
    one = notice()
    outgoing._withheld(claimed(one, tries=3), Withhold("outside safe hours", NOW + MINUTE))
    now = again(one)
    assert (now.state, now.reason, now.tries, now.due_at, now.extra) == (
        "due", "outside safe hours", 2, NOW + MINUTE, "words")
    assert later == [(NOW + MINUTE, str(one.id))]


def test_what_must_not_go_is_withheld_with_the_reason(later: list[Any]) -> None:
    one = notice()
    outgoing._withheld(claimed(one), Withhold("locked"))
    now = again(one)
    assert (now.state, now.reason, now.extra_sealed) == ("withheld", "locked", None)
    assert written() == [("notice_withheld", {"kind": "entry", "why": "locked"})]
    assert later == []


def test_what_waits_for_more_than_a_minute_and_lost_its_job_gets_a_new_one(later: list[Any]) -> None:
    older, old = notice(due_at=NOW - 3 * MINUTE), notice(due_at=NOW - MINUTE - SECOND)
    repeat = notice(due_at=NOW - 2 * MINUTE, state="perhaps_sent", unsure=1)
    for more in ({"due_at": NOW - MINUTE}, {"due_at": NOW}, {"due_at": NOW + MINUTE}, {"state": "sent"},
                 {"state": "failed"}, {"state": "withheld"}, {"state": "perhaps_sent", "unsure": 2}):
        notice(**{"due_at": NOW - 3 * MINUTE, **more})
    outbox.sweep()
    assert later == [(None, str(older.id)), (None, str(repeat.id)), (None, str(old.id))]


@pytest.mark.parametrize(("state", "unsure", "waits"), [
    ("due", 0, True), ("perhaps_sent", 1, True), ("perhaps_sent", 2, False), ("sent", 0, False),
    ("failed", 1, False), ("withheld", 0, False)])
def test_what_is_still_to_be_sent(state: str, unsure: int, waits: bool) -> None:
    assert outbox.is_waiting(SimpleNamespace(state=state, unsure=unsure)) is waits  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "lane"), [("code", "codes"), ("entry", "letters"), ("account", "letters")])
def test_codes_have_a_lane_of_their_own(kind: str, lane: str) -> None:
    assert queue.lane_of(kind) == lane


@pytest.mark.parametrize(("promise", "expected"), [
    (lambda ids: outbox.tell_staff("break_glass", ids["cause"], ids["case"], [ids["staff"]]),
     {"kind": "break_glass", "staff_id": "staff", "case_id": "case"}),
    (lambda ids: outbox.tell_staff("unusual_viewing", ids["cause"], None, []), {"kind": "unusual_viewing"}),
    (lambda ids: outbox.promise_code(ids["person"], ids["case"], ids["cause"], "123456", "sms"),
     {"kind": "code", "person_id": "person", "case_id": "case", "channel": "sms", "extra": "123456"}),
    (lambda ids: outbox.promise_code(ids["person"], ids["case"], ids["cause"], "123456"),
     {"kind": "code", "person_id": "person", "case_id": "case", "extra": "123456"}),
    (lambda ids: outbox.promise_account(ids["person"], ids["case"], ids["cause"], "old@example.org"),
     {"kind": "account", "person_id": "person", "case_id": "case", "extra": "old@example.org"}),
    (lambda ids: outbox.promise_account(ids["person"], ids["case"], ids["cause"], channel="sms"),
     {"kind": "account", "person_id": "person", "case_id": "case", "channel": "sms"})], ids=range(6))
def test_a_notice_is_written_with_all_that_its_letter_needs_and_with_its_job(
    later: list[Any], promise: Any, expected: dict[str, str]
) -> None:
    lead = staff("CID")
    one = case(lead)
    ids = {"staff": lead.id, "case": one.id, "person": person(one).id, "cause": uuid4()}
    promise(ids)
    row = db.session.scalars(sa.select(Notice)).one()
    assert (row.cause_id, row.state, row.tries, row.made_at, row.due_at, row.sent_at, row.reason) == (
        ids["cause"], "due", 0, NOW, NOW, None, None)
    names = ("kind", "staff_id", "person_id", "case_id", "channel", "extra")
    wanted = {name: ids.get(value, value) for name, value in expected.items()}
    assert {name: getattr(row, name) for name in names} == {
        **dict.fromkeys(names), "channel": "email", **wanted}
    assert later == [(None, str(row.id))]


def test_what_two_plugins_ask_for_alike_is_written_once(
    later: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = case(staff("CID"))
    amina, ben = person(one, "P1"), person(one, "P2")
    same = NoticeRequest("entry", person_id=amina.id)
    answers = [[same, NoticeRequest("entry", person_id=ben.id)],
        [same, NoticeRequest("message", person_id=amina.id)]]
    installed = SimpleNamespace(force=None, hook=SimpleNamespace(notices_for=lambda force, news: answers))
    monkeypatch.setattr(outbox, "installed", lambda: installed)
    outbox.promise([News("entry", one.id, UUID(int=5), NOW, ())])
    rows = db.session.scalars(sa.select(Notice)).all()
    assert sorted((row.kind, str(row.person_id)) for row in rows) == sorted(
        [("entry", str(amina.id)), ("entry", str(ben.id)), ("message", str(amina.id))])
    assert {(row.cause_id, row.case_id) for row in rows} == {(UUID(int=5), one.id)}
    assert len(later) == 3
