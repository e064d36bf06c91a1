"""The audit by its values: what is signed, byte for byte; when it is cut; and when its check complains."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask_login import login_user

from core import audit
from core.audit import AuditAction, CoreAction, chain, trail
from core.audit.chain import KEPT_AT_LEAST, Chainer, KeptLonger
from core.audit.check import HEADS_OVERDUE, NOT_LINKED, Broken, check, count_links
from core.audit.export import Head, head_of, mail_again, not_mailed
from core.audit.models import AuditEntry, AuditHead, AuditLink
from core.base import audit_actions, clock
from core.base.scope import scope_of
from core.storage import db, force_scope, opened
from core.web.visitor import Visitor
from tests.conftest import HERTS
from tests.core.audit.chains import cut
from tests.security.checklist import requirement

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def write(many: int = 1, at: datetime = NOW) -> None:
    with clock.travel(at):
        for count in range(many):
            audit.write(CoreAction.CASES_LISTED, count=count)
        db.session.commit()


def link() -> int:
    return Chainer().link_new(HERTS)


def numbers() -> list[int]:
    return list(db.session.scalars(sa.select(AuditLink.number).order_by(AuditLink.number)))


# --- what is signed -----------------------------------------------------------------------------


ROW = {"id": UUID(int=1), "at": NOW, "action": "case_seen", "actor": "staff", "actor_id": UUID(int=2),
       "case_id": UUID(int=3), "fields": {"viewer": "officer", "relation": "lead"}, "mac": b"\x01\xff"}


@requirement("G8")
def test_the_bytes_that_are_signed_stay_what_they_are(portal: Flask) -> None:
    """Rows of years ago are checked by them: whoever changes this makes all of them look forged."""
    with portal.app_context(), force_scope(HERTS):
        assert trail.canonical(ROW) == (
            b'["hertfordshire","00000000000000000000000000000001","2024-06-12T12:00:00+00:00","case_seen",'
            b'"staff","00000000000000000000000000000002","00000000000000000000000000000003",'
            b'{"relation":"lead","viewer":"officer"}]')
        nobody = {**ROW, "actor_id": None, "case_id": None, "fields": {}}
        assert trail.canonical(nobody).endswith(b'"case_seen","staff",null,null,{}]')
        assert chain.canonical(7, b"\x0a\x0b", ROW) == (
            b'["hertfordshire",7,"0a0b","00000000000000000000000000000001","2024-06-12T12:00:00+00:00",'
            b'"case_seen","01ff"]')


@pytest.mark.usefixtures("force")
def test_a_row_holds_who_did_what_when_and_to_which_case() -> None:
    made = trail._row("staff", UUID(int=2), CoreAction.CASE_SEEN, UUID(int=3), {"viewer": "officer"})
    assert {name: made[name] for name in ("at", "action", "actor", "actor_id", "case_id", "fields")} == {
        "at": NOW, "action": "case_seen", "actor": "staff", "actor_id": UUID(int=2), "case_id": UUID(int=3),
        "fields": {"viewer": "officer"}}
    assert made["id"].version == 7


@pytest.mark.parametrize(("visitor", "actor"), [
    (None, ("visitor", None)), (Visitor(UUID(int=1), None), ("person", UUID(int=1))),
    (Visitor(None, UUID(int=2)), ("staff", UUID(int=2))), (Visitor(UUID(int=1), UUID(int=2)), (
        "person", UUID(int=1)))])
def test_who_acts_is_who_is_signed_in_else_a_visitor_and_without_a_request_the_system(
    app: Flask, visitor: Visitor | None, actor: tuple[str, UUID | None]
) -> None:
    with app.app_context(), force_scope(HERTS):
        assert trail._actor() == ("system", None)
    with scope_of(HERTS), app.test_request_context(f"/{HERTS}/"):
        if visitor:
            login_user(visitor)
        assert trail._actor() == actor


@pytest.mark.parametrize(("action", "fields"), [
    ("snooped", {}), ("case_seen", {}), ("case_seen", {"viewer": "person"}),
    (CoreAction.CASE_SEEN, {"words": "x"}), (CoreAction.CASE_SEEN, {"viewer": "person", "words": "x"}),
    (CoreAction.CASE_SHOWN, {"reason": "x"})])
@pytest.mark.usefixtures("force")
def test_what_is_not_declared_is_not_written(action: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(audit.UndeclaredAudit, match=action):
        audit.write(action, **fields)
    audit.write(CoreAction.CASE_SEEN)  # fewer fields are fine


def test_a_plugins_action_is_declared_once_and_again_only_as_it_was() -> None:
    def declare(*fields: str, name: str = "RulesAction") -> type[AuditAction]:
        return AuditAction(name, {"TESTED": ("rules_tested", *fields)}, module=__name__)  # type: ignore[return-value]

    try:
        assert [one.fields for one in declare("one", "two")] == [{"one", "two"}]
        assert [one.fields for one in declare("two", "one")] == [{"one", "two"}]
        for fields in (("one",), ("one", "two", "three"), ()):
            with pytest.raises(audit.UndeclaredAudit, match="rules_tested"):
                declare(*fields)
        with pytest.raises(audit.UndeclaredAudit, match=r"RulesAction with one, two"):
            declare("one", "two", name="ActionOfAnother")
    finally:
        del audit_actions.DECLARED["rules_tested"]


@pytest.mark.usefixtures("force")
def test_what_is_written_is_the_text_of_the_action_and_nothing_of_its_name() -> None:
    """Rows, exports and the bytes that are signed hold texts, as they did before actions had names."""
    for action in audit_actions.DECLARED.values():
        row = trail._row("system", None, action, None, {})
        assert type(row["action"]) is str and row["action"] == action.value
        assert f'"{action.value}"'.encode() in trail.canonical(row)


@pytest.mark.usefixtures("force")
def test_a_row_that_cannot_be_written_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(trail, "insert_many", fail)
    with pytest.raises(audit.NotAudited):
        audit.write(CoreAction.CASE_SEEN, viewer="person")
    assert not db.session().info.get("audited")


# --- the chain ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("force")
def test_links_are_numbered_from_one_each_made_over_the_one_before() -> None:
    write(3)
    assert (link(), link()) == (3, 0)
    write(2)
    assert link() == 2
    rows = db.session.scalars(sa.select(AuditLink).order_by(AuditLink.number)).all()
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert [row.previous for row in rows] == [b"", *(row.link for row in rows[:-1])]
    assert {row.linked_at for row in rows} == {NOW}
    head = db.session.scalars(sa.select(AuditHead)).one()
    assert (head.number, head.link, head.at, head.mailed) == (5, rows[-1].link, NOW, 0)
    assert head_of(HERTS) == Head(HERTS, 5, rows[-1].link, NOW)
    assert count_links() == 5


@pytest.mark.usefixtures("force")
def test_many_rows_are_linked_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "MANY", 2)
    write(5)
    assert link() == 5
    assert numbers() == [1, 2, 3, 4, 5]
    assert check([]).ok


@requirement("G13", "G8")
@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("days", "seconds", "may"), [(365, 1, True), (365, 0, True), (364, 86399, False)])
def test_the_audit_is_kept_for_a_year_at_least(days: int, seconds: int, may: bool) -> None:
    assert KEPT_AT_LEAST == 365 * DAY
    write(2, NOW - 400 * DAY)
    link()
    until = NOW - days * DAY - seconds * SECOND
    if may:
        assert cut(until) == 2
    else:
        with pytest.raises(KeptLonger, match="365 days"):
            cut(until)
        assert numbers() == [1, 2]


@requirement("G8")
@pytest.mark.usefixtures("force")
def test_only_what_is_older_goes_the_oldest_first_and_the_cut_says_where() -> None:
    until = NOW - 400 * DAY
    for at in (until - 2 * DAY, until - SECOND, until, until - DAY, NOW):
        write(1, at)
        link()
    links = dict(db.session.execute(sa.select(AuditLink.number, AuditLink.link)).all())
    assert cut(until, most=1) == 1
    assert numbers() == [2, 3, 4, 5]
    assert cut(until, most=9) == 1
    assert numbers() == [3, 4, 5]  # what comes after the first one that is kept stays, however old
    assert cut(until) == 0
    cuts = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "audit_cut").order_by(
        AuditEntry.id)).all()
    assert [cut.fields for cut in cuts] == [
        {"through": n, "link": links[n].hex(), "until": until.isoformat()} for n in (1, 2)]
    assert len(db.session.scalars(sa.select(AuditEntry.id)).all()) == 3 + 2
    link()
    found = check([])
    assert (found.ok, found.removed, found.linked) == (True, 2, 5)


@pytest.mark.usefixtures("force")
def test_where_nothing_is_linked_nothing_is_removed() -> None:
    assert cut(NOW - 400 * DAY) == 0
    write(1, NOW - 500 * DAY)
    assert cut(NOW - 400 * DAY) == 0
    link()
    assert cut(NOW - 400 * DAY) == 1
    assert numbers() == []


# --- the check ----------------------------------------------------------------------------------


@requirement("G8")
@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("ago", "broken"), [(NOT_LINKED, None), (NOT_LINKED + SECOND, "not linked")])
def test_a_row_that_stays_unlinked_for_an_hour_is_a_fault(ago: timedelta, broken: str | None) -> None:
    assert timedelta(hours=1) == NOT_LINKED
    write(1, NOW - ago)
    write(1)
    found = check([])
    assert (found.unlinked, found.oldest_unlinked, found.linked) == (2, NOW - ago, 0)
    assert (found.broken and found.broken.what) == broken
    assert found.ok is (broken is None)


@requirement("G8")
@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("ago", "must", "heads", "broken"), [
    (HEADS_OVERDUE, True, 0, None), (HEADS_OVERDUE + SECOND, True, 0, "not told"),
    (HEADS_OVERDUE + SECOND, False, 0, None), (HEADS_OVERDUE + SECOND, True, 1, None)])
def test_heads_that_must_be_told_and_were_not_are_a_fault_after_ten_minutes(
    ago: timedelta, must: bool, heads: int, broken: str | None
) -> None:
    assert timedelta(minutes=10) == HEADS_OVERDUE
    write(1, NOW - ago)
    link()
    head = head_of(HERTS)
    assert head
    found = check([head, Head("elsewhere", 9, b"x", NOW)][: 2 * heads], must_be_told=must)
    assert (found.broken and found.broken.what) == broken
    assert (found.heads, found.linked, found.force) == (heads, 1, HERTS)


@requirement("G8")
@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("number", "right", "what"), [
    (1, True, None), (2, True, None), (1, False, "chain rebuilt"), (2, False, "chain rebuilt"),
    (3, False, "tail cut"), (9, False, "tail cut")])
def test_every_head_that_was_told_must_fit(number: int, right: bool, what: str | None) -> None:
    write(2)
    link()
    links = dict(db.session.execute(sa.select(AuditLink.number, AuditLink.link)).all())
    told = Head(HERTS, number, links[number] if right else b"other", NOW)
    found = check([told, Head("elsewhere", 1, b"x", NOW)])
    assert (found.broken and found.broken.what) == what
    if what:
        assert found.broken and found.broken.number == min(number, 3)
        assert "12 June 2024" in found.broken.why


def test_a_fault_is_said_with_what_is_known_of_the_row() -> None:
    row = Broken("changed", "why", 3, UUID(int=5), NOW, "case_seen")
    assert str(row) == f"changed: row 3, {UUID(int=5)}, 2024-06-12T12:00:00+00:00, case_seen: why"
    assert str(Broken("inserted", "why")) == "inserted: a row without a place in the chain: why"


@pytest.mark.usefixtures("force")
def test_a_head_goes_by_email_once_and_again_only_if_the_letter_failed() -> None:
    assert (head_of(HERTS), not_mailed(HERTS)) == (None, None)
    write(2)
    link()
    head = head_of(HERTS)
    assert (not_mailed(HERTS), not_mailed(HERTS)) == (head, None)
    assert head
    mail_again([head])
    assert not_mailed(HERTS) == head
    write()
    link()
    newer = not_mailed(HERTS)
    assert newer and newer.number == 3


# --- nothing leaves unaudited -------------------------------------------------------------------


@requirement("D9")
@pytest.mark.parametrize(("open_", "write_", "end", "missing"), [
    (False, False, "commit", False), (True, False, "commit", True), (True, True, "commit", False),
    (True, True, "rollback", True), (True, True, None, True), (False, True, "commit", False)])
def test_what_was_opened_leaves_only_with_a_row_that_is_committed(
    app: Flask, open_: bool, write_: bool, end: str | None, missing: bool
) -> None:
    with scope_of(HERTS), app.test_request_context(f"/{HERTS}/"):
        if open_:
            opened.opened("person")
        if write_:
            audit.write(CoreAction.CASE_SEEN, viewer="person")
        if end:
            getattr(db.session, end)()
        assert opened.is_missing() is missing
        db.session.rollback()


def test_staff_are_nobodys_case_and_without_a_request_nothing_is_noted(app: Flask) -> None:
    with scope_of(HERTS), app.test_request_context(f"/{HERTS}/"):
        opened.opened("staff")
        assert opened.is_missing() is False
        opened.opened("crime_case")
        assert opened.is_missing() is True
        assert g.tmc_opened is True
    with app.app_context(), force_scope(HERTS):
        opened.opened("person")
        assert "tmc_opened" not in g
