"""How long a visit lasts, who is signed in, and what is known of a person here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask, session
from uuid6 import uuid7

from core.audit.models import AuditEntry
from core.base import clock
from core.cases import people, visits
from core.cases.models import Access, Person, PortalSession, Staff
from core.cases.safe_contact import SafeContact
from core.cases.visits import IDLE_VISITOR
from core.plugin_host.host import the_force
from core.storage.db import db, force_scope
from core.web import accounts, sessions
from core.web.sessions import (
    ABSOLUTE,
    PROOF_LASTS,
    THROUGH_LOCK,
    TOUCH_EVERY,
    AccessLocked,
    ServerSession,
)
from tests.conftest import HERTS
from tests.rules.rows import case, person, staff

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))


@pytest.fixture
def request_of_a_browser(app: Flask) -> Iterator[None]:
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"}
    with clock.travel(NOW), app.test_request_context(f"/{HERTS}/", headers=agent), force_scope(HERTS):
        yield


@pytest.fixture
def who(request_of_a_browser: None) -> Person:
    return person(case(staff("CID")))


def row(**more: Any) -> PortalSession:
    found = PortalSession(**{
        "id": uuid7(), "token_hash": sessions.token_hash("token"), "made_at": NOW, "seen_at": NOW,
        "ends_at": NOW + 12 * HOUR, "proved_at": NOW, "notes": {"language": "cy", "more": 1}, **more})
    db.session.add(found)
    db.session.flush()
    return found


def left() -> set[Any]:
    return set(db.session.scalars(sa.select(PortalSession.id)))


def test_the_times_are_those_that_are_promised(portal: Flask) -> None:
    assert (ABSOLUTE, IDLE_VISITOR, TOUCH_EVERY, PROOF_LASTS) == (
        12 * HOUR, 60 * MINUTE, MINUTE, 10 * MINUTE)
    with portal.app_context(), force_scope(HERTS):
        times = the_force().visits
        assert (times.hours, times.people_idle, times.staff_idle) == (12, 20, 30)
        assert visits.idle_limit(None, None) == HOUR
        assert visits.idle_limit(uuid4(), None) == 20 * MINUTE


@pytest.mark.usefixtures("request_of_a_browser")
def test_people_and_staff_each_have_the_time_that_the_force_says(monkeypatch: pytest.MonkeyPatch) -> None:
    force = the_force()
    times = force.visits.model_copy(update={"people_idle": 7, "staff_idle": 9, "hours": 3})
    monkeypatch.setitem(vars(force), "visits", times)
    assert visits.idle_limit(uuid4(), None) == 7 * MINUTE
    assert visits.idle_limit(None, uuid4()) == 9 * MINUTE
    assert visits.idle_limit(None, None) == HOUR
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


# --- people -------------------------------------------------------------------------------------


def test_the_cases_of_a_person_are_those_they_may_follow_latest_news_first(who: Person) -> None:
    first = db.session.scalars(sa.select(Access.case_id)).one()
    made = {name: case(staff("CID"), NOW + hours * HOUR, **more) for name, hours, more in (
        ("newest", 2, {}), ("new", 1, {}), ("hidden", 3, {"offered": False}), ("left", 4, {}))}
    for name, one in made.items():
        db.session.add(Access(case_id=one.id, person_id=who.id, role="victim", removed=name == "left"))
    person(case(staff("CID"), NOW + 9 * HOUR), "P2")
    db.session.flush()
    assert [one.id for one in people.cases_of(who.id)] == [made["newest"].id, made["new"].id, first]
    assert people.cases_of(uuid4()) == []


CARE: list[tuple[dict[str, Any], bool]] = [
    ({}, False), ({"flags": ["online"]}, False), ({"service_level": "enhanced"}, True),
    ({"flags": ["domestic-abuse"]}, True), ({"flags": ["never-heard-of"]}, True),
    ({"crime_type": "no-longer-there"}, True)]
WORDS: list[tuple[str | None, bool | None]] = [
    (None, None), ("named", False), (" Named ", False), ("neutral", True), ("discreet", True), ("x", True)]


@pytest.mark.usefixtures("request_of_a_browser")
@pytest.mark.parametrize(("words", "by_words"), WORDS)
@pytest.mark.parametrize(("of_case", "by_case"), CARE)
def test_words_decide_else_the_case_whether_letters_are_careful(
    words: str | None, by_words: bool | None, of_case: dict[str, Any], by_case: bool
) -> None:
    row = SimpleNamespace(**{"crime_type": "bicycle-theft", "service_level": "standard", "flags": [],
        **of_case})
    expected = by_case if by_words is None else by_words
    assert people.is_discreet(SafeContact(words=words), row) is expected


@pytest.mark.usefixtures("request_of_a_browser")
def test_one_case_that_needs_care_is_enough_and_who_is_on_none_needs_it() -> None:
    amina = person(case(staff("CID")))
    assert people.needs_care(amina) is False
    for more, removed, expected in (({"service_level": "enhanced"}, True, False),
                                    ({"flags": ["domestic-abuse"], "offered": False}, False, True)):
        db.session.add(Access(case_id=case(None, **more).id, person_id=amina.id, role="victim",
                              removed=removed))
        db.session.flush()
        assert people.needs_care(amina) is expected
    amina.chosen_contact = json.dumps({"words": "named"})
    assert people.needs_care(amina) is False
    nobody = person(case(staff("CID")), "P2", removed=True)
    assert people.needs_care(nobody) is True


@pytest.mark.parametrize(("chosen", "of_record", "spoken"), [
    (None, "en", "en"), (None, "cy", "cy"), ("cy", "en", "cy"), ("en", "cy", "en")])
def test_the_language_that_a_person_chose_here_comes_before_the_records(
    chosen: str | None, of_record: str, spoken: str
) -> None:
    assert people.language_of(SimpleNamespace(chosen_language=chosen, language=of_record)) == spoken


@pytest.mark.parametrize(("value", "clean"), [
    ("07700 900982", "07700 900982"), (" 07700 900982 ", "07700 900982"), ("+44 (0)7700-900982",) * 2,
    ("123456789",) * 2, ("12345678", None), ("+49 1234567890123",) * 2, ("1234567890123456", None),
    ("07700 900982 x1", None), ("07700.900982", None), ("", None), ("٠٧٧٠٠٩٠٠٩٨٢", None),
    ("07700\n900982", None), ("123456789012345", None), ("07700 9009822", None),
    ("01438 757000",) * 2, ("016977 2345",) * 2, ("0300 123 2040",) * 2, ("7946 0123", None), ("999", None),
    ("0033 6 12 34 56 78",) * 2, ("+353 85 012 3456",) * 2, ("+33 6 12 34 56 789", None),
    ("0800 FLOWERS", None), ("()()", None), ("+999 123456789", None)])
def test_a_number_has_the_figures_of_its_country_and_ordinary_signs(value: str, clean: str | None) -> None:
    if clean is None:
        with pytest.raises(ValueError):  # noqa: PT011 - a line break has another text than a number
            people.clean_contact("phone", value)
    else:
        assert people.clean_contact("phone", value) == clean


@pytest.mark.parametrize(("replaced", "name", "value", "was"), [
    (None, "email", "a@x.org", False), ("{}", "email", "a@x.org", False),
    ('{"email": ["a@x.org"]}', "email", "a@x.org", True),
    ('{"email": ["a@x.org"]}', "phone", "a@x.org", False),
    ('{"email": ["a@x.org"]}', "email", "b@x.org", False), ('{"email": [null]}', "email", None, False)])
def test_what_was_replaced_here(replaced: str | None, name: str, value: str | None, was: bool) -> None:
    assert people.was_replaced(replaced, name, value) is was


def test_a_lock_keeps_who_and_when_ends_every_visit_and_is_written_down(who: Person) -> None:
    row(person_id=who.id)
    assert people.lock_access(who.id, by="officer") == 1
    assert (who.locked_at, who.locked_by, left()) == (NOW, "officer", set())
    people.unlock_access(who.id, how="video")
    assert (who.locked_at, who.locked_by) == (NOW, None)  # what was given before never works again
    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(e.action, e.fields) for e in entries] == [
        ("access_locked", {"by": "officer", "person": str(who.id)}),
        ("access_unlocked", {"how": "video", "person": str(who.id)})]


@pytest.mark.parametrize(("locked", "proved", "may"), [
    (None, NOW, True), (NOW, None, False), (NOW, NOW - SECOND, False), (NOW, NOW, False),
    (NOW - SECOND, NOW, True), (NOW - HOUR, NOW - MINUTE, True)])
def test_who_was_in_when_access_was_locked_changes_nothing_more(
    who: Person, locked: datetime | None, proved: datetime | None, may: bool
) -> None:
    who.locked_at, who.locked_by = locked, "person" if locked else None
    db.session.flush()
    session.proved_at = proved  # type: ignore[attr-defined]
    if may:
        assert accounts.own_person(who.id).id == who.id
        accounts.choose_contact(who.id, SafeContact(silent=True), "cy")
        assert (json.loads(who.chosen_contact)["silent"], who.chosen_language) == (True, "cy")
        entry = db.session.scalars(sa.select(AuditEntry)).one()
        assert (entry.action, entry.fields) == ("safe_contact_chosen", {"person": str(who.id)})
    else:
        with pytest.raises(AccessLocked):
            accounts.choose_contact(who.id, SafeContact(silent=True), "cy")


@pytest.mark.usefixtures("request_of_a_browser")
def test_nobody_is_found_by_an_id_that_is_nobodys() -> None:
    with pytest.raises(LookupError, match="at this force"):
        people.person(uuid4())


def test_setting_a_contact_says_the_old_one_ends_visits_and_is_written_down(who: Person) -> None:
    who.email = "old@example.org"
    who.unusable = json.dumps({"email": ["is none", ["t"]], "phone": ["is none", ["t"]]})
    db.session.flush()
    row(person_id=who.id)
    assert people.set_contact(who.id, "email", "new@example.org") == "old@example.org"
    assert (who.email, json.loads(who.replaced), left()) == (
        "new@example.org", {"email": ["old@example.org"]}, set())
    assert [text.split("\x1f")[0] for text in json.loads(who.stamps)] == ["2024-06-12T12:00:00.000000"]
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.fields) == ("contact_changed", {"contact": "email", "person": str(who.id)})
    assert set(json.loads(who.unusable)) == {"phone"}  # what the record had of it is no longer of interest
    people.set_contact(who.id, "phone", "07700 900982")
    assert not json.loads(who.unusable or "{}")
    assert json.loads(who.replaced) == {"email": ["old@example.org"], "phone": []}


# --- what is kept of a visit as the answer leaves ------------------------------------------------


def answered(app: Flask, opened: ServerSession) -> list[str]:
    """The cookies that go with the answer."""
    answer = app.response_class()
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
