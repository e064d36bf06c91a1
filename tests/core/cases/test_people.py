"""What is known of a person here: their cases, whether care is needed, their language, contacts and lock."""

from __future__ import annotations

import json
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import session

from core.audit.models import AuditEntry
from core.cases import people
from core.cases.models import Access, Person
from core.cases.safe_contact import SafeContact
from core.intake import desk
from core.storage.db import db
from core.web import accounts
from core.web.sessions import AccessLocked
from tests.core.cases.kept_visits import HOUR, MINUTE, NOW, SECOND, left, row
from tests.rows import case, person, staff


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
    before = ["2024-06-11T12:00:00.000000", "", "e-1", "niche"]
    who.unusable = json.dumps({"email": ["is none", before], "phone": ["is none", before]})
    db.session.flush()
    row(person_id=who.id)
    assert desk.set_contact(who.id, "email", "new@example.org") == "old@example.org"
    assert (who.email, json.loads(who.replaced), left()) == (
        "new@example.org", {"email": ["old@example.org"]}, set())
    assert [text.split("\x1f")[0] for text in json.loads(who.stamps)] == ["2024-06-12T12:00:00.000000"]
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.fields) == ("contact_changed", {"contact": "email", "person": str(who.id)})
    assert set(json.loads(who.unusable)) == {"phone"}  # what the record had of it is no longer of interest
    desk.set_contact(who.id, "phone", "07700 900982")
    assert not json.loads(who.unusable or "{}")
    assert json.loads(who.replaced) == {"email": ["old@example.org"], "phone": []}
