"""A person makes contact safer at once; nobody loosens it without both steps, nor does the record."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base import clock
from core.cases import people, safe_contact
from core.cases.safe_contact import SafeContact
from core.notices.letters import Withhold, letter_for
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import meet, person_browser, take
from tests.security.audited import audited
from tests.security.checklist import requirement

PAGE = "/your-account/safe-contact"
LATER = "2024-03-09T10:00:00Z"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPEN = {"silent": "no", "channels": ["email", "sms", "phone", "post"], "words": "", "review": "",
        "not_before": "", "not_after": "", "language": ""}
SAFER: list[dict[str, Any]] = [
    {"silent": "yes"}, {"channels": ["phone"]}, {"words": "discreet"},
    {"not_before": "09:00", "not_after": "15:00"},
]
times = st.one_of(st.none(), st.times().map(lambda t: t.replace(second=0, microsecond=0)))
contacts = st.builds(
    SafeContact, silent=st.booleans(), words=st.sampled_from([None, "named", "discreet"]),
    channels=st.one_of(st.none(), st.lists(st.sampled_from(safe_contact.CHANNELS), unique=True)),
    not_before=times, not_after=times,
)


def kept(app: Flask, name: str = "P1") -> Any:
    met = meet(app)
    with app.app_context(), force_scope(HERTS):
        return safe_contact.of_person(people.person(met.people[name]))


def signed_in_long_ago(app: Flask) -> Browser:
    with clock.travel(clock.now() - timedelta(minutes=11)):
        return person_browser(app, meet(app))


@audited("safe_contact_chosen")
@pytest.mark.parametrize("safer", SAFER, ids=lambda one: next(iter(one)))
def test_she_makes_it_safer_at_once_and_looser_only_after_both_steps(
    app: Flask, safer: dict[str, Any]
) -> None:
    take(app, recorded(), allocated())
    hers = signed_in_long_ago(app)
    assert hers.post(PAGE, {**OPEN, **safer}).status_code == 303
    chosen = kept(app)
    assert hers.post(PAGE, OPEN).status_code == 403
    assert hers.page and "sign in again first" in hers.page.text
    assert kept(app) == chosen
    assert person_browser(app, meet(app)).post(PAGE, OPEN).status_code == 303
    assert kept(app) == safe_contact.safer_of(SafeContact(), SafeContact())


@pytest.mark.parametrize("hour", ["08:00+01:00", "08:00Z", "08:00:30", "T08", "8 o'clock", "25:00"])
@pytest.mark.parametrize("name", ["not_before", "not_after"])
def test_what_is_no_hour_of_a_day_is_a_slip_and_frees_no_other_hour(app: Flask, name: str, hour: str) -> None:
    take(app, recorded(), allocated())
    hers, hours = person_browser(app, meet(app)), {"not_before": "09:00", "not_after": "15:00"}
    assert hers.post(PAGE, {**OPEN, **hours}).status_code == 303
    chosen = kept(app)
    for typed in ({**hours, name: hour}, dict.fromkeys(hours, hour)):
        assert hers.post(PAGE, {**OPEN, **typed}).status_code == 400
        assert hers.page and "Choose both times" in hers.page.text
    assert kept(app) == chosen


def test_what_she_chose_stands_whatever_the_record_system_says_later(app: Flask) -> None:
    take(app, recorded(), allocated())
    hers = person_browser(app, meet(app))
    hers.post(PAGE, {**OPEN, "channels": ["email"], "words": "discreet"})
    for said in ({"channels": ["email", "phone"], "words": "named"}, None):
        take(app, event("person.amended", time=LATER, person=person(safe_contact=said)))
        assert (kept(app).channels, kept(app).words) == (["email"], "discreet")


def test_what_the_record_says_stands_whatever_she_chooses(app: Flask) -> None:
    strict = {"channels": ["phone"], "words": "neutral", "not_before": "10:00", "not_after": "12:00"}
    take(app, recorded(people=[person(safe_contact=strict)]), allocated())
    hers = person_browser(app, meet(app))
    hers.post(PAGE, {**OPEN, "words": "named", "not_before": "11:00", "not_after": "20:00"})
    now = kept(app)
    assert (now.channels, now.words) == (["phone"], "discreet")
    assert [now.is_open(NOON.replace(hour=h)) for h in (10, 11, 12, 13)] == [False, True, True, False]
    hers.get(PAGE)
    assert hers.page and "What you agreed with us before" in hers.page.text


@requirement("A14")
@pytest.mark.parametrize("safer", SAFER[:2], ids=lambda one: next(iter(one)))
def test_a_letter_that_waits_is_not_sent_once_she_chose(app: Flask, safer: dict[str, Any]) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    hers = person_browser(app, met)
    with app.app_context(), force_scope(HERTS):
        db.session.add(Notice(kind="entry", case_id=met.case, person_id=met.people["P1"],
                              cause_id=met.case, state="due", made_at=NOON, due_at=NOON))
        db.session.commit()
    waiting = sa.select(Notice).where(Notice.kind == "entry")
    with app.app_context(), force_scope(HERTS):
        assert letter_for(db.session.scalars(waiting).one()).to == "amina1@example.com"
    hers.post(PAGE, {**OPEN, **safer})
    with app.app_context(), force_scope(HERTS), pytest.raises(Withhold):
        letter_for(db.session.scalars(waiting).one())


def test_her_language_is_that_of_letters_and_stays_when_the_record_says_another(app: Flask) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    person_browser(app, met).post(PAGE, {**OPEN, "language": "cy"})
    take(app, event("person.amended", time=LATER, person=person(language="en")))
    with app.app_context(), force_scope(HERTS):
        notice = Notice(kind="entry", case_id=met.case, person_id=met.people["P1"],
                        cause_id=met.case, state="due", made_at=NOON, due_at=NOON)
        db.session.add(notice)
        db.session.flush()
        assert letter_for(notice).language == "cy"


def test_her_officer_is_told_that_something_changed(app: Flask) -> None:
    take(app, recorded(), allocated())
    person_browser(app, meet(app)).post(PAGE, {**OPEN, "silent": "yes"})
    with app.app_context(), force_scope(HERTS):
        found = db.session.scalars(sa.select(Notice)).one()
        assert (found.kind, found.person_id) == ("person_account", None)


@pytest.mark.parametrize(("wrong", "told"), [
    ({"channels": []}, "Choose at least one way"),
    ({"silent": "maybe"}, "Say whether we may contact you"),
    ({"not_before": "09:00"}, "Choose both times"),
    ({"not_before": "09:00", "not_after": "09:00"}, "Choose both times"),
    ({"words": "loud"}, "Choose what emails may say"),
])
def test_a_slip_is_explained_and_changes_nothing(
    app: Flask, wrong: dict[str, Any], told: str
) -> None:
    take(app, recorded())
    hers = person_browser(app, meet(app))
    assert hers.post(PAGE, {**OPEN, **wrong}).status_code == 400
    assert hers.page and told in hers.page.text
    with app.app_context(), force_scope(HERTS):
        assert people.person(meet(app).people["P1"]).chosen_contact is None


def test_a_day_to_look_again_is_kept_and_shown_when_it_has_come(app: Flask) -> None:
    take(app, recorded())
    hers = person_browser(app, meet(app))
    hers.post(PAGE, {**OPEN, "review": "1"})
    day = kept(app).review_on
    assert day == clock.today() + timedelta(days=30)
    hers.post(PAGE, {**OPEN, "review": "keep"})
    assert kept(app).review_on == day
    with clock.travel(clock.now() + timedelta(days=31)):
        later = person_browser(app, meet(app))
        later.get("/your-account")
        assert later.page and "that day has come" in later.page.text


@settings(max_examples=150, deadline=None)
@given(record=contacts, chosen=contacts, minute=st.integers(0, 1439))
def test_the_safer_of_two_never_allows_what_either_forbids(
    record: SafeContact, chosen: SafeContact, minute: int
) -> None:
    both = safe_contact.safer_of(record, chosen)
    moment = NOON.replace(hour=minute // 60, minute=minute % 60)
    for one in (record, chosen):
        assert both.silent or not one.silent
        assert one.channels is None or set(both.channels or ()) <= set(one.channels)
        assert not both.is_open(moment) or minute in safe_contact.minutes(one)
        assert both.words != "named" or one.words in (None, "named")
    opens = both.next_opening(moment)
    assert opens is None or both.is_open(opens)
    assert set(safe_contact.safer_of(chosen, record).channels or ()) == set(both.channels or ())


@settings(max_examples=150, deadline=None)
@given(one=contacts, other=contacts)
def test_what_loosens_nothing_allows_nothing_more(one: SafeContact, other: SafeContact) -> None:
    assert not safe_contact.loosens(one, one)
    if not safe_contact.loosens(one, other):
        before, after = (safe_contact.safer_of(SafeContact(), x) for x in (one, other))
        assert after.silent or not before.silent
        allowed = set(after.channels if after.channels is not None else safe_contact.CHANNELS)
        assert before.channels is None or allowed <= set(before.channels)
        assert safe_contact.minutes(other) <= safe_contact.minutes(one)


def test_hours_that_never_meet_withhold_for_good() -> None:
    both = safe_contact.safer_of(SafeContact(not_before=time(8), not_after=time(9)),
                                 SafeContact(not_before=time(20), not_after=time(21)))
    assert both.next_opening(NOON) is None
    assert json.loads(both.model_dump_json())["channels"] is None
