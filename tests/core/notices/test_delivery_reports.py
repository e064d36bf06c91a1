"""What is known of a notice follows from all reports, in whatever order they come."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit.models import AuditEntry
from core.cases.models import Case, Person
from core.hookspecs import Channel, NoticeReport
from core.notices import delivery_report, known_of, listen, outbox, queue, reports
from core.notices.models import Notice
from core.storage.db import db
from tests.conftest import HERTS
from tests.rows import case, person, staff
from tests.security.audited import audited

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SENT, DELIVERED, READ, BOUNCED, FAILED = (
    NoticeReport.SENT, NoticeReport.DELIVERED, NoticeReport.READ, NoticeReport.BOUNCED, NoticeReport.FAILED)


@pytest.fixture
def who(force: None, monkeypatch: pytest.MonkeyPatch) -> tuple[Case, Person]:
    for name in ("defer", "defer_many"):
        monkeypatch.setattr(queue, name, lambda *given, **more: None)
    one = case(staff("CID"))
    return one, person(one, email="amina@example.org", phone="07700 900982")


@pytest.fixture
def heard(force: None) -> Iterator[list[tuple[UUID, UUID]]]:
    calls: list[tuple[UUID, UUID]] = []

    def listener(whom: Collection[tuple[UUID, UUID]]) -> None:
        calls.extend(whom)

    listen(listener)
    listen(listener)
    yield calls
    reports._listeners.get().remove(listener)


def notice(one: Case, to: Person, **more: Any) -> Notice:
    found = Notice(**{
        "id": uuid4(), "kind": "entry", "channel": "email", "cause_id": uuid4(), "case_id": one.id,
        "person_id": to.id, "state": "sent", "tries": 1, "made_at": NOW, "due_at": NOW, **more})
    db.session.add(found)
    db.session.flush()
    return found


def of_news(made: Notice) -> list[Notice]:
    found = db.session.scalars(sa.select(Notice).where(Notice.cause_id == made.cause_id).order_by(
        Notice.made_at, Notice.id == made.id))
    return [one for one in found if one.id != made.id]


def facts(one: Notice) -> tuple[Any, ...]:
    return (one.sent_at, one.delivered_at, one.read_at, one.bounced_at, one.failed_at, one.lost_reason,
            known_of(one))


@pytest.mark.parametrize(("given", "known"), [
    ([], None), ([SENT], SENT), ([SENT, DELIVERED], DELIVERED), ([DELIVERED], DELIVERED),
    ([SENT, DELIVERED, BOUNCED], BOUNCED), ([SENT, FAILED], FAILED), ([DELIVERED, FAILED], FAILED),
    ([SENT, BOUNCED, READ], READ), ([FAILED, READ], READ), ([SENT, DELIVERED, READ], READ), ([READ], READ)])
def test_who_has_read_it_has_it_and_what_came_back_counts_as_nothing(
    who: tuple[Case, Person], given: list[NoticeReport], known: NoticeReport | None
) -> None:
    made = notice(*who)
    for hours, state in enumerate(given):
        delivery_report(made.id, state, NOW + hours * HOUR)
    assert known_of(made) == known
    assert reports.is_lost(made) is (known in (BOUNCED, FAILED))
    assert made.state == "sent"


@settings(max_examples=200)
@given(data=st.data(), given_=st.lists(st.tuples(
    st.sampled_from(NoticeReport), st.integers(0, 3), st.sampled_from([None, "full", "gone"])), max_size=7))
def test_the_order_of_reports_and_their_number_change_nothing(
    data: st.DataObject, given_: list[tuple[NoticeReport, int, str | None]]
) -> None:
    other = data.draw(st.permutations(given_ + given_[:2]))
    results = []
    for order in (given_, other):
        one: Any = SimpleNamespace(**dict.fromkeys(
            [*(f"{state}_at" for state in NoticeReport), "lost_reason"]))
        for state, hours, why in order:
            at = NOW + hours * HOUR
            reports._keep(one, state, getattr(one, f"{state}_at"), at, why)
        results.append(facts(one))
    assert results[0] == results[1]


def test_the_first_moment_and_the_reason_of_the_first_loss_are_kept(who: tuple[Case, Person]) -> None:
    made = notice(*who)
    delivery_report(made.id, BOUNCED, NOW + 2 * HOUR, "gone")
    delivery_report(made.id, FAILED, NOW + HOUR, "full")
    delivery_report(made.id, BOUNCED, NOW + 3 * HOUR, "later")
    assert (made.bounced_at, made.failed_at, made.lost_reason) == (NOW + 2 * HOUR, NOW + HOUR, "full")


@audited("notice_bounced")
def test_a_bounce_stands_in_the_audit_once(who: tuple[Case, Person]) -> None:
    made = notice(*who)
    for hours in (2, 2, 1):
        delivery_report(made.id, BOUNCED, NOW + hours * HOUR, "gone")
    rows = db.session.scalars(sa.select(AuditEntry)).all()
    assert [(row.action, row.fields) for row in rows] == [("notice_bounced", {"kind": "entry"})]


def test_what_nobody_knows_or_cannot_be_is_refused(who: tuple[Case, Person]) -> None:
    with pytest.raises(LookupError):
        delivery_report(uuid4(), SENT, NOW)
    made = notice(*who)
    with pytest.raises(ValueError, match="lost"):
        delivery_report(made.id, "lost", NOW)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no time zone"):
        delivery_report(made.id, SENT, NOW.replace(tzinfo=None))
    assert known_of(made) is None


def test_a_late_report_of_a_case_that_was_erased_is_kept_and_told_to_nobody(
    who: tuple[Case, Person], heard: list[Any]
) -> None:
    made = notice(*who, case_id=None, person_id=None)
    delivery_report(made.id, BOUNCED, NOW, "gone")
    assert (known_of(made), heard, of_news(made)) == (BOUNCED, [], [])


def test_who_listens_hears_of_what_is_new_once(who: tuple[Case, Person], heard: list[Any]) -> None:
    made = notice(*who)
    for state in (SENT, SENT, READ):
        delivery_report(made.id, state, NOW)
    assert heard == [(who[0].id, who[1].id)] * 2


def test_a_report_is_not_kept_without_who_must_hear_of_it(who: tuple[Case, Person]) -> None:
    def fails(whom: Collection[tuple[UUID, UUID]]) -> None:
        raise RuntimeError("cannot reckon")

    made = notice(*who)
    listen(fails)
    try:
        with pytest.raises(RuntimeError):
            delivery_report(made.id, SENT, NOW)
    finally:
        reports._listeners.get().remove(fails)


# --- the next way ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [BOUNCED, FAILED])
@pytest.mark.parametrize(("kind", "record", "phone", "goes"), [
    ("entry", None, "07700 900982", True), ("message", None, "07700 900982", True),
    ("account", None, "07700 900982", False), ("code", None, "07700 900982", False),
    ("entry", '{"channels": ["email"]}', "07700 900982", False),
    ("entry", '{"channels": ["sms", "email"]}', "07700 900982", True),
    ("entry", '{"silent": true}', "07700 900982", False), ("entry", None, None, False),
    ("entry", None, "01992 555123", False)])
def test_news_that_was_lost_goes_by_text_where_that_is_safe(
    who: tuple[Case, Person], state: NoticeReport, kind: str, record: str | None, phone: str | None,
    goes: bool,
) -> None:
    one, amina = who
    amina.safe_contact, amina.phone = record, phone
    made = notice(one, amina, kind=kind)
    delivery_report(made.id, state, NOW, "gone")
    delivery_report(made.id, state, NOW, "gone")
    after = of_news(made)
    assert [(row.kind, row.channel, row.state, row.person_id) for row in after] == (
        [(kind, Channel.TEXT, "due", amina.id)] if goes else [])
    for row in after:  # and after that there is nothing more
        delivery_report(row.id, FAILED, NOW, "no such number")
    assert len(of_news(made)) == len(after)


def test_what_was_read_needs_no_other_way(who: tuple[Case, Person]) -> None:
    made = notice(*who)
    delivery_report(made.id, READ, NOW)
    delivery_report(made.id, BOUNCED, NOW, "gone")
    assert of_news(made) == []


@pytest.mark.parametrize("lost", [True, False])
def test_staff_can_send_again_what_came_back_and_not_what_arrived(
    who: tuple[Case, Person], lost: bool
) -> None:
    made = notice(*who)
    delivery_report(made.id, BOUNCED if lost else DELIVERED, NOW)
    if not lost:
        with pytest.raises(ValueError, match="sent already"):
            outbox.retry(made)
        return
    outbox.retry(made)
    assert (made.state, facts(made)) == ("due", (None,) * 7)


# --- pages ----------------------------------------------------------------------------------------


def test_only_the_notices_of_what_this_person_reads_are_read(who: tuple[Case, Person]) -> None:
    one, amina = who
    ben = person(one, "P2")
    made = notice(one, amina)
    others = [notice(one, amina), notice(one, ben, cause_id=made.cause_id),
              notice(one, amina, kind="account", cause_id=made.cause_id)]
    reports.read_news(one.id, amina.id, [made.cause_id])
    for row in (made, *others):
        db.session.refresh(row)
    assert made.read_at == NOW
    assert [row.read_at for row in others] == [None] * 3
    assert db.session.get(Notice, (HERTS, made.id)) is made
