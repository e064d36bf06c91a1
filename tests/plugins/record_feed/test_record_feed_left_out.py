"""A detail that cannot be used never keeps a crime from the people it happened to."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Access, Case, Person
from core.intake import desk
from core.intake.left_out import details_left_out
from core.intake.models import RecordEvent
from core.storage.db import db
from core.testing import allocated, event, officer, person, recorded
from plugins.retention import retention
from plugins.sign_in import finding
from tests.conftest import HERTS
from tests.core.intake.test_safety import letters_go
from tests.people import meet, officer_browser, person_browser, take
from tests.plugins.record_feed.feed_builders import Sender, at, outcome, statuses, taken

DAYS = [f"2024-03-{day:02}T10:00:00Z" for day in range(1, 20)]


def amended(day: int, **more: Any) -> dict[str, Any]:
    return event("person.amended", time=DAYS[day], person=person(**more))


def noted(app: Flask) -> list[tuple[str | None, str]]:
    met = meet(app)
    with at(app):
        return [(one.person, one.field) for one in details_left_out(met.case)]


def email(app: Flask) -> str | None:
    with at(app):
        return db.session.scalars(sa.select(Person)).one().email


def test_the_crime_opens_for_everybody_and_the_sender_reads_which_detail_was_left_out(
    app: Flask, niche: Sender
) -> None:
    answer = niche.post(recorded(people=[person(1), person(2, email="none")]))
    (result,) = answer.get_json()["results"]
    assert result["status"] == "accepted"
    assert result["detail"] == "left out /data/people/1/email: has no @"
    assert result["pointer"] == "/data/people/1/email"
    met = meet(app)
    assert person_browser(app, met, "P1").get(f"/case/{met.case}").status_code == 200


def test_a_crime_that_is_not_offered_says_so_before_what_was_left_out(niche: Sender) -> None:
    answer = niche.post(recorded(flags=["domestic-abuse"], people=[person(phone="none")]))
    detail = answer.get_json()["results"][0]["detail"]
    assert detail.startswith("not offered: sensitive_flag; left out /data/people/0/phone: ")


def test_the_officer_sees_at_the_desk_what_to_put_right_until_it_is(app: Flask) -> None:
    take(app, recorded(people=[person(email="amina at example.com")]), allocated())
    met = meet(app)
    desk = officer_browser(app, met.staff)
    page = desk.get(f"/desk/case/{met.case}").text
    assert "To be put right in the record system" in page
    assert "<strong><bdi>Amina Khan</bdi></strong>: email" in page
    assert "amina at example.com" not in page
    assert "To be put right" not in person_browser(app, met).get(f"/case/{met.case}").text
    taken(app, amended(5, email="amina@example.com"))
    assert "To be put right" not in desk.get(f"/desk/case/{met.case}").text


def test_the_details_of_a_case_and_its_officer_are_noted_too(app: Flask) -> None:
    taken(app, recorded(officer=officer(unit=["CID"]), occurred_from="in May"),
          event("crime.progress", time=DAYS[3], text="News", next_update_by="soon"))
    assert noted(app) == [(None, "next_update_by"), (None, "occurred_from"), (None, "officer/unit")]
    taken(app, event("crime.amended", time=DAYS[4], officer=officer(), occurred_from=DAYS[0]))
    assert noted(app) == [(None, "next_update_by")]


def test_an_officer_who_enters_the_email_here_has_put_it_right(app: Flask) -> None:

    taken(app, recorded(people=[person(email="none", postcode="-")]))
    assert noted(app) == [("Amina Khan", "email"), ("Amina Khan", "postcode")]
    met = meet(app)
    with at(app):
        desk.set_contact(met.people["P1"], "email", "amina@example.com")
        db.session.commit()
    assert noted(app) == [("Amina Khan", "postcode")]


def test_an_email_that_became_unusable_is_written_to_no_more(app: Flask) -> None:
    take(app, recorded(), allocated())
    assert letters_go(app)
    assert statuses(taken(app, amended(5, email="not known"))) == ["accepted"]
    assert email(app) is None
    assert not letters_go(app)


def test_a_blank_empties_and_what_is_left_out_stays(app: Flask) -> None:
    taken(app, recorded(people=[person(organisation="Shop", phone="01438 757000")]))
    taken(app, amended(5, organisation="", postcode="?", phone=None))
    with at(app):
        who = db.session.scalars(sa.select(Person)).one()
        assert (who.organisation, who.phone, who.postcode) == (None, None, "WD17 1AA")


# --- names ----------------------------------------------------------------------------------------


def test_the_crime_opens_for_a_victim_whose_name_cannot_be_used_and_staff_read_that_it_is_missing(
    app: Flask,
) -> None:
    said = recorded(people=[person(1), person(2, name="Sadia Khan")])
    result, _ = taken(app, said, allocated())
    assert (result.status, result.pointer) == ("accepted", "/data/people/1/name")
    met = meet(app)
    assert person_browser(app, met, "P1").get(f"/case/{met.case}").status_code == 200
    page = officer_browser(app, met.staff).get(f"/desk/case/{met.case}").text
    assert "<strong><bdi>No name</bdi></strong>: name" in page
    assert "Write to <bdi>No name</bdi>" in page and "Write to <bdi>Amina Khan</bdi>" in page
    taken(app, amended(5, id="P2", name={"given": "Sadia", "family": "Khan"}))
    assert noted(app) == []


def test_who_has_one_name_only_signs_in_with_it(app: Flask) -> None:
    taken(app, recorded(people=[person(name={"given": "Amina"})]))
    with at(app):
        typed = {"crime_reference": "41/1/24", "surname": "amina", "date_of_birth": "1980-05-17",
                 "postcode": "WD17 1AA"}
        assert len(finding.find_people(typed)) == 1
        assert finding.find_people({**typed, "surname": "Khan"}) == []


@pytest.mark.parametrize(("later", "known"), [
    ({"given": "Mina"}, ("Mina", "Khan")),
    ({"given": "Mina", "family": None}, ("Mina", None)),
    ({"given": "Mina", "family": "-"}, ("Mina", None)),
    ("Mina Khan", ("Amina", "Khan")),
    ({"first": "Mina"}, ("Amina", "Khan")),
    (None, ("Amina", "Khan")),
])
def test_what_later_news_leaves_out_of_a_name_stays_as_it_was(
    app: Flask, later: Any, known: tuple[str | None, str | None]
) -> None:
    taken(app, recorded())
    assert statuses(taken(app, amended(5, name=later))) == ["accepted"]
    with at(app):
        who = db.session.scalars(sa.select(Person)).one()
        assert (who.given, who.family) == known


NAMES = [
    recorded(time=DAYS[0], officer=officer(unit=["CID"])),
    amended(2, name="Amina Khan"),
    amended(4, name={"given": ["A"], "family": "Khan-Jones"}),
    amended(6, name={"given": "Amina", "family": "Jones"}),
    event("crime.amended", time=DAYS[7], officer=officer()),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(5)))[::7])
def test_a_name_that_newer_news_had_put_right_is_not_noted_again(app: Flask, order: tuple[int, ...]) -> None:
    for place in order:
        taken(app, NAMES[place])
    assert noted(app) == []


HISTORY = [
    recorded(time=DAYS[0], people=[person(email="first@example.com")]),
    amended(2, email="none", postcode="?"),
    amended(4, email="second@example.com"),
    amended(6, email="nobody", date_of_birth="07/05/1980"),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::3])
def test_what_is_noted_does_not_depend_on_the_order_of_arrival(
    app: Flask, order: tuple[int, ...]
) -> None:
    for place in order:
        taken(app, HISTORY[place])
    assert email(app) is None
    assert noted(app) == [("Amina Khan", "date_of_birth"), ("Amina Khan", "email")]


def test_flags_of_the_list_are_kept_as_the_list_has_them(app: Flask) -> None:
    taken(app, recorded(flags="Knife Crime, ONLINE"))
    with at(app):
        case = db.session.scalars(sa.select(Case)).one()
        assert (case.flags, case.offered) == (["knife-crime", "online"], True)


def test_crime_types_and_districts_are_known_in_any_case(app: Flask) -> None:
    assert statuses(taken(app, recorded(crime_type="Bicycle-Theft", district="WATFORD "))) == ["accepted"]
    with at(app):
        case = db.session.scalars(sa.select(Case)).one()
        assert (case.crime_type, case.district) == ("bicycle-theft", "watford")


def test_silence_said_as_null_does_not_keep_letters_back(app: Flask) -> None:
    safe = {"channels": ["email"], "silent": None}
    take(app, recorded(people=[person(safe_contact=safe)]), allocated())
    assert letters_go(app)


@pytest.mark.parametrize("null", [{"flags": None}, {"service_level": ""}])
def test_null_never_takes_back_what_protects(app: Flask, null: dict[str, Any]) -> None:
    taken(app, recorded(flags=["domestic-abuse"], service_level="enhanced",
                        people=[person(safe_contact={"silent": True})]))
    taken(app, event("crime.amended", time=DAYS[5], **null), amended(5, safe_contact=None))
    with at(app):
        case = db.session.scalars(sa.select(Case)).one()
        assert (case.flags, case.service_level) == (["domestic-abuse"], "enhanced")
        assert '"silent":true' in str(db.session.scalars(sa.select(Person)).one().safe_contact)


@pytest.mark.parametrize("said", [{}, {"removed": None}, {"removed": ""}])
def test_news_that_does_not_say_so_gives_no_access_back(app: Flask, said: dict[str, Any]) -> None:
    taken(app, recorded(), event("person.amended", time=DAYS[5], person=person(), removed=True))
    assert statuses(taken(app, {**event("person.amended", time=DAYS[6]),
                                "data": {"person": person(), **said}})) == ["accepted"]
    with at(app):
        assert db.session.scalars(sa.select(Access)).one().removed
    taken(app, event("person.amended", time=DAYS[7], person=person(), removed=False))
    with at(app):
        assert not db.session.scalars(sa.select(Access)).one().removed


# --- safety ---------------------------------------------------------------------------------------


MALFORMED = {
    "removed in a person of the crime": (recorded(people=[person(removed=True)]), "removed"),
    "removed in the person": (event("person.amended", person=person(removed=True)), "removed"),
    "Removed": (event("person.amended", person=person(), Removed=True), "removed"),
    "removed in the name": (
        event("person.amended", person=person(name={"family": "Khan", "removed": True})), "removed"),
    "removed as text": (event("person.amended", person=person(), removed="true"), "removed"),
    "removed as Y": (event("person.amended", person=person(), removed="Y"), "removed"),
    "not removed, as text": (event("person.amended", person=person(), removed="false"), "open"),
    "not removed, as N": (event("person.amended", person=person(), removed="N"), "open"),
    "of somebody whose id is a number": (
        event("person.amended", person=person(id=1), removed="yes"), "open"),
    "silent as text": (
        event("person.amended", person=person(safe_contact={"silent": "yes"})), "silent"),
    "silent beside": (event("person.amended", person=person(silent=True)), "silent"),
    "silent in data": (event("person.amended", person=person(), silent=1), "silent"),
    "safeContact": (
        event("person.amended", person=person(safeContact={"silent": True})), "silent"),
    "hours misspelt": (
        event("person.amended", person=person(safe_contact={"notBefore": "10:00"})), "silent"),
    "safe contact in words": (
        event("person.amended", person=person(safe_contact="not at home")), "silent"),
    "flags as an object": (event("crime.amended", flags={"domestic-abuse": True}), "hidden"),
    "flag": (event("crime.amended", Flag="domestic-abuse"), "hidden"),
    "flags of a person": (
        event("person.amended", person=person(flags=["domestic-abuse"])), "hidden"),
    "flags in other news": (event("crime.progress", text="x", flags=["domestic-abuse"]), "hidden"),
    "a flag that is a number": (event("crime.amended", flags=[[7]]), "hidden"),
    "removed in other news, of nobody": (event("crime.progress", text="x", removed=True), "open"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_word_of_safety_that_is_not_understood_waits_and_counts_at_once(
    app: Flask, name: str
) -> None:
    said, expected = MALFORMED[name]
    take(app, recorded(), allocated())
    assert outcome(app) == "open"
    assert statuses(taken(app, {**said, "time": DAYS[10]})) == ["parked"]
    assert outcome(app) == expected


def test_a_word_of_safety_beside_the_fields_of_the_envelope_waits(app: Flask) -> None:
    taken(app, recorded())
    (result,) = taken(app, {**event("person.amended", person=person()), "Removed": True})
    assert (result.status, result.pointer) == ("parked", "/Removed")
    assert statuses(taken(app, {**allocated(), "removed": None, "traceparent": "1"})) == ["accepted"]


def test_the_note_of_an_event_goes_with_its_body(app: Flask) -> None:
    taken(app, recorded(people=[person(email="none")]))
    with at(app), clock.travel(clock.now().replace(year=clock.now().year + 10)):
        assert db.session.scalars(sa.select(RecordEvent)).one().left_out
        for _ in retention.parts(retention.classes()["event_bodies"], clock.now()):
            db.session.commit()
        db.session.expire_all()
        assert db.session.scalars(sa.select(RecordEvent)).one().left_out is None


def test_another_force_sees_no_note_of_this_one(app: Flask) -> None:
    taken(app, recorded(people=[person(email="none")]))
    met = meet(app)
    with at(app, "avon-and-somerset"):
        assert details_left_out(met.case) == []
    with at(app, HERTS):
        assert len(details_left_out(met.case)) == 1
