"""How long a visit lasts, who is signed in, and what is kept of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask, session

from core.audit.models import AuditEntry
from core.base import clock
from core.cases import visits
from core.cases.models import Person, PortalSession, Staff
from core.cases.visits import IDLE_VISITOR
from core.plugin_host.host import installed, the_force
from core.storage.db import db, force_scope
from core.web import sessions
from core.web.sessions import (
    ABSOLUTE,
    PROOF_LASTS,
    THROUGH_LOCK,
    TOUCH_EVERY,
    AccessLocked,
    ServerSession,
)
from tests.conftest import HERTS
from tests.core.cases.kept_visits import DAY, HOUR, MINUTE, NOW, SECOND, left, row
from tests.rows import case, person, staff


def test_the_times_are_those_that_are_promised(portal: Flask) -> None:
    assert (ABSOLUTE, IDLE_VISITOR, TOUCH_EVERY, PROOF_LASTS) == (
        12 * HOUR, 60 * MINUTE, MINUTE, 10 * MINUTE)
    with portal.app_context(), force_scope(HERTS):
        times = the_force().visits
        assert (times.hours, times.people_idle, times.staff_idle) == (12, 20, 30)
        assert visits.idle_limit(times, None, None) == HOUR
        assert visits.idle_limit(times, uuid4(), None) == 20 * MINUTE


@pytest.mark.usefixtures("request_of_a_browser")
def test_people_and_staff_each_have_the_time_that_the_force_says(monkeypatch: pytest.MonkeyPatch) -> None:
    force = the_force()
    times = force.visits.model_copy(update={"people_idle": 7, "staff_idle": 9, "hours": 3})
    monkeypatch.setitem(vars(force), "visits", times)
    assert visits.idle_limit(times, uuid4(), None) == 7 * MINUTE
    assert visits.idle_limit(times, None, uuid4()) == 9 * MINUTE
    assert visits.idle_limit(times, None, None) == HOUR
    opened = ServerSession()
    sessions.begin(opened, staff_id=staff("CID").id)
    assert db.session.scalars(sa.select(PortalSession.ends_at)).one() == NOW + 3 * HOUR


@pytest.mark.parametrize(("changed", "open_"), [
    ({}, True), ({"ends_at": NOW + SECOND}, True), ({"ends_at": NOW}, False),
    ({"ends_at": NOW - SECOND}, False),
    ({"seen_at": NOW - 20 * MINUTE + SECOND}, True), ({"seen_at": NOW - 20 * MINUTE}, False)])
def test_a_visit_is_open_to_its_end_and_for_as_long_as_something_is_pressed(
    who: Person, changed: dict[str, Any], open_: bool
) -> None:
    made = row(person_id=who.id, **changed)
    found = sessions.opened_by("token")
    if open_:
        assert (found.row_id, found.person_id, found.staff_id, found.seen_at, found.proved_at) == (
            made.id, who.id, None, made.seen_at, NOW)
        assert dict(found) == {"language": "cy", "more": 1}
    else:  # nothing but the language stays, so that the answer is at least in it
        assert (found.row_id, found.person_id, dict(found)) == (None, None, {"language": "cy"})
    nobody = sessions.opened_by("another")
    assert (nobody.row_id, dict(nobody), nobody.modified, nobody.ended) == (None, {}, False, False)
    assert [one.id for one in visits.visits_of(who.id)] == ([made.id] if open_ else [])


def test_a_visit_that_is_over_and_had_no_language_leaves_nothing(who: Person) -> None:
    row(person_id=who.id, ends_at=NOW, notes={"more": 1})
    assert dict(sessions.opened_by("token")) == {}


def test_the_visits_of_a_person_are_theirs_and_the_newest_is_first(who: Person) -> None:
    other = person(case(staff("CID")), "P2")
    for number, whose in enumerate((who, other, who)):
        row(person_id=whose.id, made_at=NOW - number * MINUTE, token_hash=bytes([number]),
            device=f"d{number}")
    assert [one.device for one in visits.visits_of(who.id)] == ["d0", "d2"]
    assert [one.device for one in visits.visits_of(other.id)] == ["d1"]


@pytest.mark.parametrize(("ago", "lately"), [(0, True), (599, True), (600, True), (601, False)])
@pytest.mark.usefixtures("request_of_a_browser")
def test_who_proved_who_they_are_is_believed_for_ten_minutes(ago: int, lately: bool) -> None:
    session.proved_at = NOW - ago * SECOND  # type: ignore[attr-defined]
    assert sessions.proved_lately() is lately
    assert sessions.began_since(NOW - ago * SECOND - SECOND) is True
    assert sessions.began_since(NOW - ago * SECOND) is False


@pytest.mark.usefixtures("request_of_a_browser")
def test_who_is_not_signed_in_has_proved_nothing() -> None:
    assert sessions.proved_lately() is False
    assert sessions.began_since(NOW - DAY) is False
    assert sessions.is_through_lock() is False


@pytest.mark.parametrize(("ago", "stale"), [(0, False), (60, False), (61, True)])
def test_a_visit_is_noted_once_a_minute(portal: Flask, ago: int, stale: bool) -> None:
    with clock.travel(NOW):
        opened = ServerSession()
        assert portal.session_interface._stale(opened) is False  # type: ignore[attr-defined]
        opened.seen_at = NOW - ago * SECOND
        assert portal.session_interface._stale(opened) is stale  # type: ignore[attr-defined]


@pytest.mark.parametrize("how", ["code", "passkey", "officer_code"])
def test_signing_in_makes_a_new_row_with_all_that_is_known(who: Person, how: str) -> None:
    before = row(notes={"language": "cy", "desk": 1})
    session.row_id = before.id  # type: ignore[attr-defined]
    session["language"], session["words"] = "cy", "typed before"
    one = case(staff("CID"))
    sessions.sign_in(person_id=who.id, language="en", case_id=one.id, how=how)
    assert dict(session) == {"language": "cy"}
    made = db.session.scalars(sa.select(PortalSession)).one()
    assert made.id != before.id
    assert made.token_hash == sessions.token_hash(session.new_token)  # type: ignore[attr-defined]
    assert (made.person_id, made.staff_id, made.made_at, made.seen_at, made.proved_at, made.ends_at) == (
        who.id, None, NOW, NOW, NOW, NOW + 12 * HOUR)
    assert "Firefox" in (made.device or "") and made.notes == {"language": "cy"}
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.case_id) == ("visit_began", one.id)
    assert entry.fields == {"how": how, "device": made.device, "person": str(who.id), "visit": str(made.id)}


@pytest.mark.usefixtures("request_of_a_browser")
def test_an_officer_who_signs_in_leaves_no_device_and_speaks_their_language() -> None:
    sessions.sign_in(staff_id=(mine := staff("CID")).id, language="cy")
    made = db.session.scalars(sa.select(PortalSession)).one()
    assert (made.staff_id, made.person_id, made.device, made.proved_at) == (mine.id, None, None, NOW)
    assert dict(session) == {"language": "cy"}
    assert db.session.scalars(sa.select(AuditEntry)).all() == []


@pytest.mark.usefixtures("request_of_a_browser")
def test_a_visitor_who_is_nobody_has_proved_nothing_and_a_row_for_twelve_hours() -> None:
    sessions.begin(ServerSession())
    made = db.session.scalars(sa.select(PortalSession)).one()
    assert (made.proved_at, made.device, made.ends_at) == (None, None, NOW + 12 * HOUR)


@pytest.mark.parametrize("by", ["person", "officer", None])
@pytest.mark.parametrize("how", ["code", "passkey", "officer_code"])
def test_through_a_lock_leads_an_officers_code_alone(who: Person, by: str | None, how: str) -> None:
    who.locked_by, who.locked_at = by, NOW
    db.session.flush()
    if by and how != "officer_code":
        with pytest.raises(AccessLocked):
            sessions.sign_in(person_id=who.id, how=how)
        assert left() == set()
        return
    sessions.sign_in(person_id=who.id, how=how)
    assert sessions.is_through_lock() is (by is not None)
    assert (THROUGH_LOCK in session) is (by is not None)


def test_ending_ends_whose_it_is_meant_for(who: Person) -> None:
    other = person(case(staff("CID")), "P2")
    here, there, theirs = (row(person_id=whose.id, token_hash=bytes([n]))
                           for n, whose in enumerate((who, who, other)))
    session.row_id, session["x"] = here.id, 1  # type: ignore[attr-defined]
    assert sessions.end_others(person_id=who.id) == 1
    assert left() == {here.id, theirs.id}
    row(person_id=who.id, token_hash=b"again")
    assert visits.end_all(person_id=who.id) == 2
    assert left() == {theirs.id}
    session.row_id = theirs.id  # type: ignore[attr-defined]
    sessions.end()
    assert (left(), dict(session), session.ended) == (set(), {}, True)  # type: ignore[attr-defined]
    assert there.id not in left()


@pytest.mark.parametrize(("ended", "signed_in", "slow", "gone", "meanwhile"), [
    (False, True, True, True, True), (True, True, True, True, False), (False, False, True, True, False),
    (False, True, False, True, False), (False, True, True, False, False)])
def test_a_slow_answer_is_held_back_if_its_visit_was_ended(
    who: Person, ended: bool, signed_in: bool, slow: bool, gone: bool, meanwhile: bool
) -> None:
    opened: Any = session
    opened.ended, opened.row_id = ended, uuid4() if gone else row(person_id=who.id).id
    opened.person_id = who.id if signed_in else None
    opened.opened_at -= 60 if slow else -60
    assert sessions.ended_meanwhile() is meanwhile


@pytest.mark.usefixtures("request_of_a_browser")
def test_old_visits_go_at_their_end_and_it_is_written_down() -> None:
    kept = row(ends_at=NOW, token_hash=b"1")
    row(ends_at=NOW - SECOND, token_hash=b"2")
    row(ends_at=NOW - DAY, token_hash=b"3")
    assert visits.remove_old() == 2
    assert left() == {kept.id}
    assert visits.remove_old() == 0
    assert [(e.action, e.fields) for e in db.session.scalars(sa.select(AuditEntry))] == [
        ("sessions_removed", {"count": 2})]


# --- what is kept of a visit as the answer leaves ------------------------------------------------


def answered(app: Flask, opened: ServerSession) -> list[str]:
    """The cookies that go with the answer."""
    answer, opened.at = app.response_class(), installed()
    app.session_interface.save_session(app, opened, answer)
    return answer.headers.getlist("Set-Cookie")


@pytest.mark.usefixtures("request_of_a_browser")
def test_what_a_page_did_not_commit_is_not_committed_with_its_visit(app: Flask) -> None:
    """A new visit, with more to remember than a cookie holds; and one that goes on."""
    opened = ServerSession()
    opened["remembered"] = "x" * 9000
    staff("CID")
    assert len(answered(app, opened)) == 1
    going_on = ServerSession(db.session.scalars(sa.select(PortalSession)).one())
    going_on["more"] = 2
    staff("CID")
    assert answered(app, going_on) == []
    db.session.rollback()
    assert db.session.scalars(sa.select(PortalSession.notes)).one() == {"remembered": "x" * 9000, "more": 2}
    assert db.session.scalars(sa.select(Staff.id)).all() == []


@pytest.mark.usefixtures("request_of_a_browser")
def test_of_a_visit_that_could_not_be_kept_no_cookie_tells(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise sa.exc.OperationalError("UPDATE", None, ConnectionError("gone"))

    opened = ServerSession()
    opened["remembered"] = "x" * 9000
    monkeypatch.setattr(sessions, "update_many", away)
    assert answered(app, opened) == []
    assert left() == set()
