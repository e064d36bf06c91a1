"""Another email or phone: never by who only knows and reads; always told to the old address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases import people
from core.notices.letters import letter_for
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from plugins.your_account import changes
from plugins.your_account.models import Change
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import meet, officer_browser, person_browser, take
from tests.plugins.sign_in.ways_in import enter, give, newest_code
from tests.security.audited import audited
from tests.security.checklist import protection, requirement

PAGE = "/your-account/contact"
OLD, NEW, HIS = "amina1@example.com", "new@example.org", "ex@example.net"
LATER = "2024-03-09T10:00:00Z"
CARE: list[dict[str, Any]] = [
    {"service_level": "enhanced"}, {"people": [person(safe_contact={"words": "neutral"})]},
]
DAY = timedelta(hours=24)


def email(app: Flask) -> str | None:
    met = meet(app)
    with app.app_context(), force_scope(HERTS):
        found: str | None = people.person(met.people["P1"]).email
        return found


def work(app: Flask) -> None:
    with app.app_context(), force_scope(HERTS):
        changes.run_due()
        db.session.commit()


def at_desk(app: Flask, act: str, desk: Browser | None = None, **fields: str) -> Any:
    met = meet(app)
    desk = desk or officer_browser(app, met.staff)
    page = f"/desk/case/{met.case}/person/{met.people['P1']}"
    if act in ("confirm", "stop"):
        with app.app_context(), force_scope(HERTS):
            one = db.session.scalars(sa.select(Change).order_by(Change.id.desc())).first()
            assert one
            fields = {"change": str(one.id), **fields}
    return desk.post(page, {"act": act, **fields})


def enter_at_desk(app: Flask, value: str = NEW) -> Any:
    return at_desk(app, "change", contact="email", value=value, **{"change-how": "in_person"})


def letters_to(app: Flask) -> list[str]:
    with app.app_context(), force_scope(HERTS):
        waiting = sa.select(Notice).where(Notice.kind == "account").order_by(Notice.id)
        letters = [letter_for(one) for one in db.session.scalars(waiting)]
        return [one.to for one in letters]


class ExPartner:
    """Knows every fact, reads the old mailbox, has the old phone; and tries everything."""

    def __init__(self, app: Flask) -> None:
        self.app, self.browser = app, Browser(app, HERTS)
        give(self.browser)
        assert enter(self.browser, str(newest_code(app))).status_code == 303

    def ask(self, value: str = HIS) -> Any:
        return self.browser.post(PAGE, {"contact": "email", "email": value})

    def try_everything(self) -> None:
        assert self.ask().status_code == 303
        self.browser.post(PAGE, {"contact": "phone", "phone": "07700 900999"})
        for forged in ({"state": "waiting"}, {"how": "in_person"}, {"act": "confirm"}):
            self.browser.post(PAGE, {"contact": "email", "email": HIS, **forged})
        met = meet(self.app)
        page = f"/desk/case/{met.case}/person/{met.people['P1']}"
        assert self.browser.get(page).status_code in (303, 404)


@audited("visit_began", "your_account_contact", "your_account_seen")
@requirement("A11", "A2")
@pytest.mark.parametrize("case", [{}, *CARE], ids=["standard", "enhanced", "discreet"])
def test_an_ex_partner_with_facts_mailbox_and_old_phone_changes_nothing(
    app: Flask, case: dict[str, Any], record_property: Any
) -> None:
    take(app, recorded(**case), allocated())
    ExPartner(app).try_everything()
    for later in (timedelta(minutes=5), DAY, timedelta(days=3), timedelta(days=15)):
        with clock.travel(clock.now() + later):
            work(app)
            assert email(app) == OLD
    changed = int(email(app) != OLD)
    record_property("figure", ("contacts an ex-partner changed", changed))
    assert HIS not in letters_to(app)
    with app.app_context(), force_scope(HERTS):
        assert {row.state for row in db.session.scalars(sa.select(Change))} == {"lapsed", "stopped"}


@audited("contact_changed")
@protection("A11")
def test_without_an_officers_check_an_ex_partner_takes_the_account_over(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(person_id: Any, contact: str, value: str) -> Any:
        return changes.enter(person_id, contact, value, how="in_person")

    monkeypatch.setattr(changes, "ask", at_once)
    take(app, recorded(), allocated())
    assert ExPartner(app).ask().status_code == 303
    assert email(app) == HIS


@audited("your_account_person_seen")
@requirement("A11")
def test_what_she_asked_for_is_done_when_an_officer_made_sure_that_it_was_she(app: Flask) -> None:
    take(app, recorded(), allocated())
    hers = person_browser(app, meet(app))
    assert hers.post(PAGE, {"contact": "email", "email": NEW}).status_code == 303
    assert at_desk(app, "confirm").status_code == 400
    assert email(app) == OLD
    assert at_desk(app, "confirm", **{"email-how": "called_back"}).status_code == 303
    assert email(app) == NEW
    assert letters_to(app) == [OLD, OLD]
    assert hers.get(PAGE).location == f"/{HERTS}/sign-in"


@requirement("A11")
def test_asking_needs_both_steps_in_the_last_ten_minutes(app: Flask) -> None:
    take(app, recorded(), allocated())
    with clock.travel(clock.now() - timedelta(minutes=11)):
        stale = person_browser(app, meet(app))
    stale.get(PAGE)
    assert stale.page and "sign in again first" in stale.page.text
    assert stale.post(PAGE, {"contact": "email", "email": NEW}).status_code == 403
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(Change)).all() == []
    again = stale.post("/your-account/sign-in-again", form_at=PAGE)
    assert stale.get(again.location).location == f"/{HERTS}/sign-in"


@requirement("A11")
@pytest.mark.parametrize("case", CARE, ids=["enhanced", "discreet"])
def test_where_care_is_needed_an_officers_change_waits_a_day_too(
    app: Flask, case: dict[str, Any]
) -> None:
    take(app, recorded(**case), allocated())
    enter_at_desk(app)
    assert email(app) == OLD
    assert letters_to(app) == [OLD]
    with clock.travel(clock.now() + DAY - timedelta(minutes=1)):
        work(app)
        assert email(app) == OLD
    with clock.travel(clock.now() + DAY + timedelta(minutes=1)):
        work(app)
        assert email(app) == NEW


@requirement("A11")
def test_a_change_that_waits_is_stopped_by_her_or_by_an_officer(app: Flask) -> None:
    take(app, recorded(service_level="enhanced"), allocated())
    enter_at_desk(app, HIS)
    hers = person_browser(app, meet(app))
    hers.get("/your-account")
    assert hers.page and "If it was not you, stop it" in hers.page.text
    hers.get(PAGE)
    assert hers.page
    stop = next(f["action"] for f in hers.page.forms if f["action"].endswith("/stop"))
    assert hers.post(stop, form_at=PAGE).status_code == 303
    enter_at_desk(app, HIS)
    desk = officer_browser(app, meet(app).staff)
    stopped = at_desk(app, "stop", desk)
    assert "The change is stopped. Nothing was changed." in desk.client.get(stopped.location).text
    with clock.travel(clock.now() + 2 * DAY):
        work(app)
    assert email(app) == OLD


def test_nobody_stops_the_change_of_somebody_else_on_the_case(app: Flask) -> None:
    both = [person(), person(2, role="parent")]
    take(app, recorded(people=both, service_level="enhanced"), allocated())
    enter_at_desk(app)
    with app.app_context(), force_scope(HERTS):
        one = db.session.scalars(sa.select(Change.id)).one()
    other, hers = person_browser(app, meet(app), "P2"), person_browser(app, meet(app))
    stop = f"{PAGE}/{one}/stop"
    assert other.post(stop, form_at=PAGE).status_code == 404
    assert hers.post(stop, form_at=PAGE).status_code == 303


@audited("access_locked")
def test_locking_access_stops_what_was_asked_for(app: Flask) -> None:
    take(app, recorded(), allocated())
    person_browser(app, meet(app)).post(PAGE, {"contact": "email", "email": HIS})
    at_desk(app, "lock")
    assert at_desk(app, "confirm", **{"email-how": "in_person"}).status_code == 404
    assert email(app) == OLD


def test_older_words_of_the_record_do_not_bring_a_replaced_address_back(app: Flask) -> None:
    take(app, recorded(), allocated())
    enter_at_desk(app)
    soon = (clock.now() + timedelta(hours=1)).isoformat()
    with clock.travel(clock.now() + timedelta(hours=2)):
        take(app, event("person.amended", time=soon, person=person(email=OLD)))
        assert email(app) == NEW
        take(app, event("person.amended", time=soon, person=person(email="third@example.org")))
        assert email(app) == "third@example.org"


def test_the_record_system_stays_the_master_while_a_change_waits(app: Flask) -> None:
    take(app, recorded(service_level="enhanced"), allocated())
    enter_at_desk(app)
    take(app, event("person.amended", time=LATER, person=person(email="third@example.org")))
    with clock.travel(clock.now() + 2 * DAY):
        work(app)
    assert email(app) == "third@example.org"


@pytest.mark.parametrize(("contact", "value"), [
    ("email", "no address"), ("email", "a@b\r\nBcc: x@example.org"), ("email", ""),
    ("phone", "12"), ("phone", "call me 07700 900982"), ("phone", "٠٧٧٠٠٩٠٠٩٨٢"),
    ("name", "Ann"),
])
def test_what_is_no_contact_is_refused(app: Flask, contact: str, value: str) -> None:
    take(app, recorded(), allocated())
    hers = person_browser(app, meet(app))
    assert hers.post(PAGE, {"contact": contact, contact: value}).status_code == 400
    assert at_desk(app, "change", contact=contact, value=value,
                   **{"change-how": "video"}).status_code == 400
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(Change)).all() == []


def test_an_officer_says_how_they_made_sure_and_may_change_a_phone(app: Flask) -> None:
    take(app, recorded(people=[person(phone="07700 900001")]), allocated())
    new = {"contact": "phone", "value": "07700 900982"}
    assert at_desk(app, "change", **new).status_code == 400
    assert at_desk(app, "change", **new, **{"change-how": "video"}).status_code == 303
    met = meet(app)
    with app.app_context(), force_scope(HERTS):
        assert people.person(met.people["P1"]).phone == "07700 900982"
    assert letters_to(app) == [OLD, "+447700900001"] * 2
    desk = officer_browser(app, met.staff)
    desk.get(f"/desk/case/{met.case}/person/{met.people['P1']}")
    assert desk.page and "Enter it in the record system too" in desk.page.text


def test_her_address_is_shown_only_in_part(app: Flask) -> None:
    take(app, recorded(), allocated())
    hers = person_browser(app, meet(app))
    hers.get(PAGE)
    assert hers.page and "a•••@example.com" in hers.page.text and OLD not in hers.page.text


def test_news_of_the_record_from_a_moment_ahead_of_our_clock_stands_against_what_an_officer_enters(
    app: Flask,
) -> None:
    """Two machines' clocks differ by seconds: the later stamp decides, and the officer is told so."""
    take(app, recorded(), allocated())
    with clock.travel(clock.now()):
        ahead = (clock.now() + timedelta(seconds=1)).isoformat()
        take(app, event("person.amended", person=person(email=OLD), time=ahead))
        desk = officer_browser(app, meet(app).staff)
        at_desk(app, "change", desk, contact="email", value=NEW, **{"change-how": "in_person"})
        page = desk.get(f"/desk/case/{meet(app).case}/person/{meet(app).people['P1']}").get_data(as_text=True)
    assert "The record system has changed this contact meanwhile, so nothing was done." in page
    assert email(app) == OLD
    with app.app_context(), force_scope(HERTS):
        assert [row.state for row in db.session.scalars(sa.select(Change))] == ["lapsed"]
