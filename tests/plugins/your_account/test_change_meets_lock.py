"""What comes in the same moment: a lock, a change, and another case that needs care."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.base.installation import installation
from core.cases import people
from core.cases.models import Person
from core.intake import desk
from core.intake.take_in import take_in
from core.notices.letters import letter_for
from core.notices.models import Notice
from core.plugin_host.host import the_force
from core.storage.db import db, force_scope
from core.storage.row_guard import Base
from core.testing import allocated, event, person, recorded
from plugins.passkeys.models import Passkey
from plugins.sign_in import activation
from plugins.sign_in.models import Activation
from plugins.your_account.models import Change
from tests.authenticator import Authenticator
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import meet, officer_browser, person_browser, take
from tests.plugins.sign_in.ways_in import enter, give, newest_code
from tests.plugins.your_account.test_contact import (
    DAY,
    HIS,
    LATER,
    NEW,
    OLD,
    PAGE,
    at_desk,
    email,
    enter_at_desk,
    letters_to,
    work,
)
from tests.security.checklist import requirement

SILENT = "41/2/24"
ANSWERS_WITHIN = 60


def waits_for_somebody(app: Flask) -> bool:
    """Whether a statement waits for a row that another transaction holds."""
    engine = sa.create_engine(str(installation(app).settings.owner_database_url))
    try:
        with engine.connect() as connection:
            return bool(connection.scalar(sa.text(
                "SELECT count(*) FROM pg_locks WHERE NOT granted")))
    finally:
        engine.dispose()


def while_it_locks(app: Flask, do: Callable[[], Any]) -> Any:
    return while_it(app, lambda person_id: people.lock_access(person_id, by="officer"), do)


def while_it(
    app: Flask, happens: Callable[[UUID], Any], do: Callable[[], Any], then: Callable[[], Any] = bool
) -> Any:
    """The answer to a request that reaches the person's row while something *happens* to it; what happens
    *then*, while the request waits."""
    met, answers = meet(app), []
    with app.app_context(), force_scope(HERTS):
        happens(met.people["P1"])
        late = Thread(target=lambda: answers.append(do()))
        late.start()
        while late.is_alive() and not waits_for_somebody(app):
            late.join(0.02)
        then()
        db.session.commit()
        late.join(ANSWERS_WITHIN)
    return answers[0]


def rows(app: Flask, model: type[Base]) -> list[Any]:
    with app.app_context(), force_scope(HERTS):
        return list(db.session.scalars(sa.select(model)))


@requirement("A13")
def test_what_is_asked_for_in_the_moment_of_a_lock_comes_too_late(app: Flask) -> None:
    take(app, recorded(), allocated())
    his = person_browser(app, meet(app))
    his.get(PAGE)
    answer = while_it_locks(app, lambda: his.post(PAGE, {"contact": "email", "email": HIS}))
    assert answer.location == f"/{HERTS}/sign-in"
    assert rows(app, Change) == []


@requirement("A13")
def test_a_passkey_that_is_added_in_the_moment_of_a_lock_comes_too_late(app: Flask) -> None:
    take(app, recorded(), allocated())
    his, device = person_browser(app, meet(app)), Authenticator()
    made = device.made(his.post("/passkeys/options", form_at="/passkeys").json)
    answer = while_it_locks(
        app, lambda: his.post("/passkeys", {"passkey": made, "name": "His phone"}))
    assert answer.location == f"/{HERTS}/sign-in"
    assert rows(app, Passkey) == []


@requirement("A13")
def test_an_officers_code_does_not_open_a_lock_that_comes_in_the_same_moment(app: Flask) -> None:
    take(app, recorded(), allocated())
    at_desk(app, "lock")
    met, his = meet(app), Browser(app, HERTS)
    with app.app_context(), force_scope(HERTS):
        code = activation.make(met.people["P1"], met.case, met.staff)
        db.session.commit()
    give(his)
    assert while_it_locks(app, lambda: enter(his, code)).status_code == 400
    with app.app_context(), force_scope(HERTS):
        assert people.is_locked(people.person(met.people["P1"]))


@requirement("A11")
def test_a_code_that_went_to_the_old_address_opens_nothing_in_the_moment_of_the_change(
    app: Flask,
) -> None:
    take(app, recorded(), allocated())
    his = Browser(app, HERTS)
    give(his)
    code = str(newest_code(app))

    def change(person_id: UUID) -> None:
        desk.set_contact(person_id, "email", NEW)

    assert while_it(app, change, lambda: enter(his, code)).status_code == 400


def test_of_two_officers_codes_made_at_once_the_second_works_and_the_first_does_not(
    app: Flask,
) -> None:
    take(app, recorded(), allocated())
    met, made = meet(app), []

    def make() -> None:
        with app.app_context(), force_scope(HERTS):
            made.append(activation.make(met.people["P1"], met.case, met.staff))
            if len(made) == 1:
                second.start()
                while second.is_alive() and not waits_for_somebody(app):
                    second.join(0.02)
            db.session.commit()

    second = Thread(target=make)
    make()
    second.join(ANSWERS_WITHIN)
    hers = Browser(app, HERTS)
    give(hers)
    assert enter(hers, made[0]).status_code == 400
    assert enter(hers, made[1]).status_code == 303
    assert [row.used_at is not None for row in rows(app, Activation)] == [True]


def test_without_a_lock_both_are_taken(app: Flask) -> None:
    take(app, recorded(), allocated())
    hers, device = person_browser(app, meet(app)), Authenticator()
    made = device.made(hers.post("/passkeys/options", form_at="/passkeys").json)
    assert hers.post("/passkeys", {"passkey": made, "name": "My phone"}).status_code == 303
    assert hers.post(PAGE, {"contact": "email", "email": NEW}).status_code == 303
    assert (len(rows(app, Passkey)), len(rows(app, Change))) == (1, 1)


@requirement("A11")
def test_who_locks_their_own_access_stops_also_what_an_officer_was_talked_into(app: Flask) -> None:
    take(app, recorded(service_level="enhanced"), allocated())
    enter_at_desk(app, HIS)
    assert person_browser(app, meet(app)).post("/your-account/lock").status_code == 303
    with clock.travel(clock.now() + DAY + timedelta(hours=1)):
        work(app)
    assert email(app) == OLD


def test_an_officer_who_locks_until_the_day_is_over_keeps_the_change(app: Flask) -> None:
    take(app, recorded(service_level="enhanced"), allocated())
    enter_at_desk(app)
    at_desk(app, "lock")
    with clock.travel(clock.now() + DAY + timedelta(hours=1)):
        work(app)
    assert email(app) == NEW


# --- a case that is not shown online --------------------------------------------------------------


def with_a_silent_case(app: Flask) -> None:
    """She follows a theft here; of her other case nothing is shown, because it needs care."""
    take(app, recorded(), allocated(), recorded(SILENT, flags=["domestic_abuse"]))
    hers = person_browser(app, meet(app))
    assert hers.get("/your-reports").status_code == 303


@requirement("A11")
def test_a_change_waits_for_a_day_also_for_the_sake_of_a_case_that_is_not_shown(app: Flask) -> None:
    with_a_silent_case(app)
    enter_at_desk(app)
    assert email(app) == OLD
    with clock.travel(clock.now() + DAY + timedelta(minutes=1)):
        work(app)
    assert email(app) == NEW


@requirement("A11")
def test_a_case_that_becomes_sensitive_meanwhile_makes_the_change_wait(app: Flask) -> None:
    take(app, recorded(), allocated(), recorded(SILENT))
    person_browser(app, meet(app)).post(PAGE, {"contact": "email", "email": NEW})
    take(app, event("crime.amended", SILENT, time=LATER, flags=["domestic_abuse"]))
    assert at_desk(app, "confirm", **{"email-how": "called_back"}).status_code == 303
    assert email(app) == OLD
    with clock.travel(clock.now() + DAY + timedelta(minutes=1)):
        work(app)
    assert email(app) == NEW


@pytest.mark.parametrize("kind", ["code", "entry", "message", "account"])
def test_no_letter_mentions_the_police_while_another_case_of_hers_needs_care(
    app: Flask, kind: str
) -> None:
    with_a_silent_case(app)
    met = meet(app)
    with app.app_context(), force_scope(HERTS):
        notice = Notice(kind=kind, case_id=met.case, person_id=met.people["P1"], cause_id=met.case,
                        state="due", made_at=clock.now(), due_at=clock.now(),
                        extra="123456" if kind == "code" else None)
        db.session.add(notice)
        db.session.flush()
        letter = letter_for(notice)
        assert "Constabulary" not in f"{letter}" and letter.sender_name == "Online account"  # type: ignore[union-attr]


def test_a_passkey_waits_too_and_shows_no_police_on_the_device(app: Flask) -> None:
    with_a_silent_case(app)
    hers, device = person_browser(app, meet(app)), Authenticator()
    options = hers.post("/passkeys/options", form_at="/passkeys").json
    assert options["rp"]["name"] == "Online account"
    hers.post("/passkeys", {"passkey": device.made(options), "name": "My phone"})
    assert "works only after" in hers.get("/passkeys").text


def test_without_such_a_case_letters_and_changes_are_the_usual_ones(app: Flask) -> None:
    take(app, recorded(), allocated(), recorded(SILENT))
    enter_at_desk(app)
    assert email(app) == NEW
    assert letters_to(app) == [OLD, OLD]


ACTS: dict[str, Callable[[Flask, Browser], Any]] = {
    "entered": lambda app, desk: at_desk(
        app, "change", desk, contact="email", value=NEW, **{"change-how": "in_person"}),
    "confirmed": lambda app, desk: at_desk(app, "confirm", desk, **{"email-how": "in_person"}),
    "due": lambda app, desk: work(app),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_change_that_waits_for_the_record_system_s_news_holds_no_person_that_it_needs(
    app: Flask, act: str
) -> None:
    """Else each would wait for the other: the one way in comes first, the person's row after it."""
    take(app, recorded(), allocated())
    met = meet(app)
    person_browser(app, met).post(PAGE, {"contact": "email", "email": NEW})
    if act == "due":
        with app.app_context(), force_scope(HERTS):
            db.session.scalars(sa.select(Change)).one().state = "waiting"
            db.session.commit()
    desk = officer_browser(app, met.staff)
    desk.get(f"/desk/case/{met.case}/person/{met.people['P1']}")
    theirs = event("person.amended", person=person(phone="07700 900001"), time=LATER)

    def begins(_person_id: UUID) -> None:
        take_in(the_force(), "niche", [allocated(time="2024-03-08T10:00:00Z")], announce=False)

    def goes_on() -> None:
        db.session.scalars(sa.select(Person.id).with_for_update(nowait=True)).one()
        [result] = take_in(the_force(), "niche", [theirs])
        assert result.status == "accepted"

    while_it(app, begins, lambda: ACTS[act](app, desk), then=goes_on)
    assert email(app) == NEW
