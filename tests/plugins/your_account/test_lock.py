"""The person, or an officer, locks access at once: nobody is in any more, and nobody gets in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.base.scope import scope_of
from core.cases import people
from core.cases.models import Person, PortalSession
from core.notices.letters import Withhold, letter_for
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, officer, person, recorded
from core.web import sessions
from plugins.sign_in import activation
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import meet, officer_browser, person_browser, staff_id, take
from tests.plugins.sign_in.ways_in import enter, give, newest_code
from tests.security.audited import audited
from tests.security.checklist import requirement

SECOND = "41/2/24"


def lock_by_officer(app: Flask, met: Any) -> Any:
    desk = officer_browser(app, met.staff)
    return desk.post(f"/desk/case/{met.case}/person/{met.people['P1']}", {"act": "lock"})


def kinds(app: Flask) -> list[str]:
    with app.app_context(), force_scope(HERTS):
        return sorted(db.session.scalars(sa.select(Notice.kind)).all())


def signed_in(app: Flask) -> list[Browser]:
    met = meet(app)
    return [person_browser(app, met) for _ in range(3)]


@requirement("A13")
def test_when_she_locks_her_access_every_visit_ends_with_its_next_request(app: Flask) -> None:
    take(app, recorded(), allocated())
    met, visits = meet(app), signed_in(app)
    assert all(one.get(f"/case/{met.case}").status_code == 200 for one in visits)
    assert visits[0].get("/your-account/lock").status_code == 200
    answer = visits[0].post("/your-account/lock")
    assert answer.location == f"/{HERTS}/your-account/locked"
    assert "Clear-Site-Data" in answer.headers
    assert visits[0].get(answer.location).status_code == 200
    assert [one.get(f"/case/{met.case}").status_code for one in visits] == [303] * 3
    assert kinds(app) == ["person_account"]


@requirement("A13")
def test_an_officer_locks_access_from_the_desk_and_she_is_told_discreetly(app: Flask) -> None:
    take(app, recorded(), allocated())
    met, visits = meet(app), signed_in(app)
    assert lock_by_officer(app, met).status_code == 303
    assert [one.get(f"/case/{met.case}").status_code for one in visits] == [303] * 3
    assert kinds(app) == ["account"]
    desk = officer_browser(app, met.staff)
    desk.get(f"/desk/case/{met.case}")
    assert desk.page and "access locked by an officer" in desk.page.text
    with app.app_context(), force_scope(HERTS):
        letter = letter_for(db.session.scalars(sa.select(Notice)).one())
        assert "lock" not in (letter.subject + letter.text).casefold()
        row = db.session.scalars(sa.select(AuditEntry).where(
            AuditEntry.action == "access_locked")).one()
        assert (row.actor, row.fields["by"]) == ("staff", "officer")


def test_an_officer_of_another_case_locks_nobody(app: Flask) -> None:
    take(app, recorded(), allocated(), recorded(SECOND, people=[person(2)]),
         allocated(SECOND, officer=officer(2, unit="Dacorum CID")))
    met, other = meet(app), staff_id(app, "O2")
    desk = officer_browser(app, other)
    page = f"/desk/case/{met.case}/person/{met.people['P1']}"
    assert desk.get(page).status_code == 404
    assert desk.client.post(f"/{HERTS}{page}", data={"act": "lock"}).status_code in (400, 404)
    own = officer_browser(app, met.staff)
    for act in ("", "erase", "LOCK"):
        assert own.post(page, {"act": act}).status_code == 404
    nobody = f"/desk/case/{met.case}/person/{uuid4()}"
    assert own.post(nobody, {"act": "lock"}, form_at=page).status_code == 404
    second = meet(app, SECOND)
    assert desk.get(f"/desk/case/{second.case}/person/{met.people['P1']}").status_code == 404
    hers = person_browser(app, met)
    assert hers.get(f"/case/{met.case}").status_code == 200


@requirement("A4", "A13")
def test_signing_in_to_a_locked_access_answers_as_for_nobody_and_sends_nothing(app: Flask) -> None:
    take(app, recorded(), allocated())
    hers, stranger = Browser(app, HERTS), Browser(app, HERTS)
    person_browser(app, meet(app)).post("/your-account/lock")
    locked, unknown = give(hers), give(stranger, surname="Smith")
    assert newest_code(app) is None
    token = re.compile(rb'value="[^"]{60,}"')
    for ours, theirs in (
        (locked, unknown), (hers.get("/sign-in/code"), stranger.get("/sign-in/code")),
        (enter(hers, "123456"), enter(stranger, "123456")),
    ):
        assert ours.status_code == theirs.status_code
        assert token.sub(b"", ours.data) == token.sub(b"", theirs.data)
        assert list(ours.headers.keys()) == list(theirs.headers.keys())


def test_a_code_that_was_sent_before_the_lock_opens_nothing_then_or_later(app: Flask) -> None:
    take(app, recorded(), allocated())
    met, browser = meet(app), Browser(app, HERTS)
    give(browser)
    code = str(newest_code(app))
    lock_by_officer(app, met)
    assert enter(browser, code).status_code == 400
    with app.app_context(), force_scope(HERTS):
        people.unlock_access(met.people["P1"], how="in_person")
        db.session.commit()
    with clock.travel(clock.now() + timedelta(minutes=1)):
        assert enter(browser, code).status_code == 400
    fresh = Browser(app, HERTS)
    give(fresh)
    assert enter(fresh, str(newest_code(app))).status_code == 303


def made_code(app: Flask, met: Any) -> str:
    with app.app_context(), force_scope(HERTS):
        code = activation.make(met.people["P1"], met.case, met.staff)
        db.session.commit()
        return code


def test_only_an_officers_code_made_since_the_lock_lets_her_in(app: Flask) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    before = made_code(app, met)
    lock_by_officer(app, met)
    browser = Browser(app, HERTS)
    give(browser)
    assert enter(browser, before).status_code == 400
    after = made_code(app, met)
    entered = enter(browser, after)
    assert entered.status_code == 303
    browser.get(entered.location)
    assert browser.page and "Your access is still locked" in browser.page.text
    assert how_unlocked(app) == []


def test_the_desk_shows_no_code_as_good_that_a_lock_has_ended(app: Flask) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    desk, page = officer_browser(app, met.staff), f"/desk/case/{met.case}/sign-in-code/{met.people['P1']}"
    made_code(app, met)
    assert "has not been used yet" in desk.get(page).text
    lock_by_officer(app, met)
    assert "has not been used yet" not in desk.get(page).text
    made_code(app, met)
    assert "has not been used yet" in desk.get(page).text


def how_unlocked(app: Flask) -> list[str]:
    with app.app_context(), force_scope(HERTS):
        rows = db.session.scalars(sa.select(AuditEntry.fields).where(
            AuditEntry.action == "access_unlocked")).all()
        return [row["how"] for row in rows]


def let_in(app: Flask) -> Browser:
    """She has locked her access, and signs in with a code from her officer."""
    met, hers = meet(app), Browser(app, HERTS)
    person_browser(app, met).post("/your-account/lock")
    give(hers)
    assert enter(hers, made_code(app, met)).status_code == 303
    return hers


@requirement("A13", "A11")
def test_who_reads_her_mailbox_stays_out_when_her_officers_code_has_let_her_in(app: Flask) -> None:
    take(app, recorded(), allocated())
    hers, his = let_in(app), Browser(app, HERTS)
    give(his)
    assert newest_code(app) is None
    assert enter(his, "123456").status_code == 400
    assert hers.get("/your-account").status_code == 200


def test_she_opens_her_access_again_from_inside_and_codes_come_as_before(app: Flask) -> None:
    take(app, recorded(), allocated())
    hers = let_in(app)
    hers.get("/your-account")
    assert hers.page and "Open my access" in hers.page.text and "Lock my access" not in hers.page.text
    assert hers.post("/your-account/open", form_at="/your-account").status_code == 303
    hers.get("/your-account")
    assert hers.page and "Your access is open again" in hers.page.text
    assert "still locked" not in hers.page.text and "Lock my access" in hers.page.text
    assert how_unlocked(app) == ["person"]
    assert "account" in kinds(app)
    hers.get(f"/case/{meet(app).case}")
    assert hers.page and "still locked" not in hers.page.text
    with clock.travel(clock.now() + timedelta(minutes=1)):
        again = Browser(app, HERTS)
        give(again)
        assert enter(again, str(newest_code(app))).status_code == 303


def test_inside_a_locked_access_she_can_ask_for_another_email(app: Flask) -> None:
    take(app, recorded(), allocated())
    asked = let_in(app).post("/your-account/contact", {"contact": "email", "email": "new@example.org"})
    assert asked.location == f"/{HERTS}/your-account/contact"


def test_nobody_opens_a_lock_from_outside(app: Flask) -> None:
    take(app, recorded(people=[person(), person(2, role="parent", postcode="AL1 1AA")]), allocated())
    met = meet(app)
    his, other = person_browser(app, met), person_browser(app, met, "P2")
    his.get("/your-account")
    lock_by_officer(app, met)
    assert his.post("/your-account/open", form_at="/sign-in").location == f"/{HERTS}/sign-in"
    other.post("/your-account/open", form_at="/your-account")
    assert how_unlocked(app) == []
    with app.app_context(), force_scope(HERTS):
        assert people.is_locked(people.person(met.people["P1"]))


@audited("access_unlocked")
def test_an_officer_unlocks_only_after_saying_how_they_made_sure_who_it_is(app: Flask) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    lock_by_officer(app, met)
    desk, page = officer_browser(app, met.staff), f"/desk/case/{met.case}/person/{met.people['P1']}"
    assert desk.post(page, {"act": "unlock"}).status_code == 400
    assert desk.page and "Say how you made sure who it is" in desk.page.text
    browser = Browser(app, HERTS)
    give(browser)
    assert newest_code(app) is None
    assert desk.post(page, {"act": "unlock", "unlock-how": "called_back"}).status_code == 303
    give(browser)
    assert enter(browser, str(newest_code(app))).status_code == 303


@pytest.mark.parametrize("kind", ["code", "entry", "message"])
def test_letters_that_wait_when_access_is_locked_stay_unsent(app: Flask, kind: str) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    with app.app_context(), force_scope(HERTS):
        notice = Notice(kind=kind, case_id=met.case, person_id=met.people["P1"], cause_id=met.case,
                        state="due", made_at=clock.now(), due_at=clock.now(), extra="123456")
        db.session.add(notice)
        db.session.flush()
        assert letter_for(notice).to
        people.lock_access(met.people["P1"], by="person")
        with pytest.raises(Withhold, match="locked"):
            letter_for(notice)


def test_a_sign_in_that_meets_the_lock_in_the_same_moment_is_refused(app: Flask) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    with scope_of(HERTS), app.test_request_context(f"/{HERTS}/"):
        people.lock_access(met.people["P1"], by="officer")
        with pytest.raises(sessions.AccessLocked):
            sessions.sign_in(person_id=met.people["P1"])
        assert db.session.scalars(sa.select(PortalSession)).all() == []


def test_a_lock_stands_when_the_record_system_writes_of_the_person_again(app: Flask) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    lock_by_officer(app, met)
    take(app, recorded(SECOND, time="2024-04-01T10:00:00Z"))
    with app.app_context(), force_scope(HERTS):
        row = db.session.scalars(sa.select(Person)).one()
        assert row.locked_by == "officer"
        assert row.locked_at and clock.now() - row.locked_at < timedelta(minutes=5)
