"""What keeps somebody safe counts, in whatever object, list or event it was put by mistake."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.cases.models import Person
from core.storage.db import db
from core.testing import allocated, event, officer, person, recorded
from tests.core.intake.test_safety import letters_go
from tests.people import take
from tests.plugins.record_feed.feed_builders import at, outcome, statuses, taken

SILENT = {"safe_contact": {"silent": True}}
LATER = "2024-04-01T10:00:00Z"


def amended(**data: Any) -> dict[str, Any]:
    return {**event("person.amended", time=LATER), "data": data}


def beside(**more: Any) -> dict[str, Any]:
    return {**event("person.amended", time=LATER, person=person()), **more}


MISPLACED: dict[str, tuple[dict[str, Any], str]] = {
    "the person in a list": (amended(person=[person(**SILENT)]), "silent"),
    "the person in two lists": (amended(person=[[person(**SILENT)]]), "silent"),
    "a list, and removed beside it": (amended(person=[person()], removed=True), "removed"),
    "people where one person belongs": (amended(people=[person(**SILENT)]), "silent"),
    "one person where people belong": (
        event("crime.recorded", time=LATER, people=person(**SILENT)), "silent"),
    "people by their ids": (
        event("crime.recorded", time=LATER, people={"P1": person(**SILENT)}), "silent"),
    "under another name": (amended(person=person(), victim=person(**SILENT)), "silent"),
    "one object too deep": (amended(data={"person": person(**SILENT)}), "silent"),
    "one object too high": (amended(**person(**SILENT)), "silent"),
    "in a person within the person": (amended(person=person(parent=person(2, silent=True))), "open"),
    "of nobody with an id": (amended(person={"name": "Amina", **SILENT}), "open"),
    "beside the data": (beside(person=person(**SILENT)), "silent"),
    "beside the data, in a list": (beside(people=[person(**SILENT)]), "silent"),
    "removed beside the data": (beside(removed=True), "removed"),
    "removed beside the data, in an object": (beside(extension={"removed": True}), "removed"),
    "flags beside the data": (beside(crime={"flags": ["domestic-abuse"]}), "hidden"),
    "of an officer who has the same id": (
        {**allocated(officer=officer(id="P1", removed=True, silent=True)), "time": LATER}, "open"),
}


@pytest.mark.parametrize("name", MISPLACED)
def test_a_word_of_safety_in_the_wrong_place_waits_and_counts_at_once(app: Flask, name: str) -> None:
    said, expected = MISPLACED[name]
    take(app, recorded(), allocated())
    assert outcome(app) == "open"
    assert statuses(taken(app, said)) == ["parked"]
    assert outcome(app) == expected


@pytest.mark.parametrize("subject", ["41/9999999/24", "no reference at all", "Amina Khan"])
def test_who_must_not_be_written_to_is_known_also_from_news_of_a_crime_that_is_not(
    app: Flask, subject: str
) -> None:
    take(app, recorded(), allocated())
    said = amended(person=person(**SILENT)) | {"subject": subject}
    assert statuses(taken(app, said)) == ["parked"]
    assert outcome(app) == "silent"


def test_who_is_removed_from_a_crime_that_is_not_known_stays_on_the_one_that_is(app: Flask) -> None:
    take(app, recorded(), allocated())
    said = amended(person=person(), removed=True) | {"subject": "41/9999999/24"}
    assert statuses(taken(app, said)) == ["parked"]
    assert outcome(app) == "open"


# --- nothing that says nothing takes back ---------------------------------------------------------

GAPS: tuple[Any, ...] = ([None], [""], [None, " "], ",", " , ;", "|")


@pytest.mark.parametrize("gaps", GAPS)
def test_a_list_of_gaps_takes_no_flag_back_and_an_empty_one_does(app: Flask, gaps: Any) -> None:
    taken(app, recorded(flags=["domestic-abuse"]))
    taken(app, event("crime.amended", time=LATER, flags=gaps))
    assert outcome(app) == "hidden"
    taken(app, event("crime.amended", time=LATER, id="E-later", flags=[]))
    assert outcome(app) == "open"


@pytest.mark.parametrize("nothing", [
    {}, {"silent": None}, {"silent": "", "words": " "}, {"channels": None, "not_before": None},
    {"channels": [None]}, {"channels": " , "}, {"review_on": "2027-01-01"}, {"review_on": "in May"},
])
def test_a_safe_contact_that_says_nothing_takes_no_silence_back_and_one_that_does_so(
    app: Flask, nothing: Any
) -> None:
    take(app, recorded(people=[person(**SILENT)]), allocated())
    assert statuses(taken(app, amended(person=person(safe_contact=nothing)))) == ["accepted"]
    assert outcome(app) == "silent"
    taken(app, amended(person=person(safe_contact={"silent": False})) | {"id": "E-later"})
    with at(app):
        assert '"silent":false' in str(db.session.scalars(sa.select(Person)).one().safe_contact)
    assert letters_go(app)


# --- what waits makes nothing less careful --------------------------------------------------------

POST, NAMED = {"channels": ["post"]}, {"words": "named"}
WAITING: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"silent": True}, {"silent": False}, {"silent": True}),
    ({"silent": True}, {"silent": None}, {"silent": True}),
    ({"silent": True}, {}, {"silent": True}),
    ({"silent": True}, {"channels": ["email"]}, {"silent": True}),
    ({"silent": True}, {"review_on": "2027-01-01"}, {"silent": True}),
    ({"words": "discreet"}, NAMED, {"words": "discreet"}),
    (POST, {"channels": ["post", "email"]}, POST),
    (POST, {"channels": []}, {"channels": []}),
    ({"channels": ["post", "email"]}, POST, POST),
    (NAMED, {"words": "discreet"}, {"words": "discreet"}),
    ({"not_before": "09:00"}, {"not_before": "10:00"}, {"not_before": "10:00:00"}),
    (POST, {"channels": ["email"]}, {"silent": True}),
    (POST, {"words": "discreet"}, {"silent": True}),
]


@pytest.mark.parametrize(("before", "said", "holds"), WAITING, ids=range(len(WAITING)))
def test_news_that_waits_only_makes_more_careful(
    app: Flask, before: dict[str, Any], said: dict[str, Any], holds: dict[str, Any]
) -> None:
    taken(app, recorded(people=[person(safe_contact=before)]))
    assert statuses(taken(app, amended(person=person(role="cousin", safe_contact=said)))) == ["parked"]
    with at(app):
        kept = db.session.scalars(sa.select(Person)).one().safe_contact
    assert {name: value for name, value in json.loads(str(kept)).items()
            if value not in (None, False)} == holds


def test_once_it_is_understood_it_counts_as_it_says(app: Flask) -> None:
    taken(app, recorded(people=[person(safe_contact={"silent": True})]))
    news = amended(person=person(safe_contact={"silent": False}))
    assert statuses(taken(app, {**news, "id": "E-1", "extra": {"role": "x"}})) == ["parked"]
    assert statuses(taken(app, {**news, "id": "E-2"})) == ["accepted"]
    with at(app):
        assert '"silent":false' in str(db.session.scalars(sa.select(Person)).one().safe_contact)
