"""Ids of people belong to one source: nobody is removed, or written to, in somebody else's place."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.cases.models import Access, Person
from core.force.parts import Feed, FeedSource
from core.intake.take_in import retry_parked, take_in
from core.storage.db import db
from core.testing import allocated, event, person, recorded
from plugins.record_feed.digest import state_lines
from tests.plugins.record_feed.feed_builders import at, statuses, taken

DAYS = [f"2024-03-{day:02}T10:00:00Z" for day in range(1, 20)]
SISTER = {"name": {"given": "Sadia", "family": "Khan"}, "date_of_birth": "1984-01-02"}


def amended(number: int = 1, day: int = 5, *, subject: str = "41/1/24", removed: bool | None = None,
            **more: Any) -> dict[str, Any]:
    said = {} if removed is None else {"removed": removed}
    return event("person.amended", subject, time=DAYS[day], person=person(number, **more), **said)


def who_has_access(app: Flask) -> list[tuple[str, bool]]:
    """(the id, whether it was removed) of everybody whom the portal knows on a case."""
    with at(app):
        rows = db.session.execute(
            sa.select(Person.record_id, Access.removed).join(Access, Access.person_id == Person.id))
        return sorted((row.record_id, row.removed) for row in rows)


# --- nobody is removed in somebody else's place --------------------------------------------------

STRANGERS: dict[str, tuple[str, dict[str, Any]]] = {
    "the same id of another source": ("backfill", {}),
    "the same id in a small letter": ("niche", {"id": "p1"}),
    "an id of nobody": ("niche", {"id": "P77"}),
    "somebody who is on another case only": ("niche", {"id": "P2", **SISTER}),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_a_removal_of_somebody_who_is_not_on_the_case_waits_and_says_whom_nobody_knows(
    app: Flask, name: str
) -> None:
    source, who = STRANGERS[name]
    taken(app, recorded(), recorded("41/2/24", people=[person(2, **SISTER)]))
    before = who_has_access(app)
    (result,) = taken(app, amended(removed=True, **who), source=source)
    assert (result.status, result.pointer) == ("parked", "/data/person/id")
    assert "nobody on this case has that person id" in str(result.detail)
    assert who_has_access(app) == before


def test_a_removal_of_who_is_on_the_case_ends_their_access_and_of_a_second_id_only_that_ones(
    app: Flask,
) -> None:
    taken(app, recorded(people=[person(1), person(2, **SISTER)]))
    assert statuses(taken(app, amended(2, removed=True, **SISTER))) == ["accepted"]
    assert who_has_access(app) == [("P1", False), ("P2", True)]


def test_it_is_tried_again_when_this_case_gets_that_person(app: Flask) -> None:
    taken(app, recorded())
    assert statuses(taken(app, amended(2, day=8, removed=True, **SISTER))) == ["parked"]
    with at(app) as force:
        assert statuses(retry_parked(force)) == ["parked"]
        db.session.commit()
    assert who_has_access(app) == [("P1", False)]
    taken(app, amended(2, day=5, **SISTER))
    assert who_has_access(app) == [("P1", False), ("P2", True)]


def test_whom_this_event_makes_known_may_be_kept_from_letters_at_once(app: Flask) -> None:
    taken(app, recorded())
    said = amended(2, safe_contact={"silent": True}, **SISTER)
    assert statuses(taken(app, said)) == ["accepted"]


HISTORY = [
    recorded(),
    amended(2, 4, **SISTER),
    amended(2, 6, removed=True, **SISTER),
    amended(2, 3, removed=True, **SISTER),
]


def test_a_removal_counts_whether_the_person_comes_before_or_after_it_in_one_batch_or_many(
    app: Flask,
) -> None:
    found = set()
    for order in itertools.permutations(HISTORY):
        for size in (1, 2, 4):
            with at(app) as force:
                for start in range(0, 4, size):
                    take_in(force, "niche", list(order[start:start + size]))
                found.add("\n".join(state_lines()))
                db.session.rollback()
    (only,) = found
    assert '"parked"' not in only and '"removed": true' in only


# --- two ids that may be one person --------------------------------------------------------------

SAME = "the same name and date of birth"


@pytest.mark.parametrize(("source", "who"), [
    ("backfill", {}),
    ("niche", {"id": "p1"}),
    ("niche", {"id": "P77", "email": "other@example.com"}),
    ("niche", {"id": "P77", "name": {"given": "AMINA ", "family": "Khan"}}),
    ("niche", {"id": "P77", "name": {"given": "Khan", "family": "Amina"}, "email": None}),
])
def test_staff_are_told_of_somebody_who_is_perhaps_on_the_case_under_another_id(
    app: Flask, source: str, who: dict[str, Any]
) -> None:
    taken(app, recorded())
    for said in (amended(**who), amended(day=6, **{**who, "email": "new@example.com"})):
        (result,) = taken(app, said, source=source)
        assert (result.status, result.pointer) == ("accepted", "/data/person/id")
        assert SAME in str(result.detail)
        assert "Khan" not in str(result.detail) and "1980" not in str(result.detail)


def test_they_are_told_so_too_when_both_come_in_one_batch_and_not_when_one_event_names_both(
    app: Flask,
) -> None:
    """Who lists two people beside each other knows that they are two."""
    assert [one.detail for one in taken(app, recorded(people=[person(1), person(2)]))] == [None]
    results = taken(app, amended(3, subject="41/2/24"), recorded("41/2/24"))
    assert [SAME in str(one.detail) for one in results] == [True, True]


@pytest.mark.parametrize(("who", "removed"), [
    (SISTER, False),
    ({"name": {"given": "Amina", "family": "Khan"}, "date_of_birth": None}, False),
    ({"date_of_birth": "1950-05-17"}, False),
    ({}, True),
])
def test_nobody_is_told_of_a_sister_a_father_or_of_an_id_that_was_replaced(
    app: Flask, who: dict[str, Any], removed: bool
) -> None:
    taken(app, recorded(), *([amended(removed=True)] if removed else []))
    (result,) = taken(app, amended(2, day=6, **who))
    assert (result.status, result.detail) == ("accepted", None)
    (again,) = taken(app, amended(1, day=7, email="new@example.com"))
    assert removed or again.detail is None


def test_news_of_a_case_with_one_person_is_taken_without_a_word(app: Flask) -> None:
    assert [one.detail for one in taken(app, recorded(), amended(email="new@example.com"), allocated())] == [
        None, None, None]


# --- two sources that share their ids ------------------------------------------------------------


def test_a_source_whose_ids_are_those_of_another_speaks_of_the_same_people(app: Flask) -> None:
    taken(app, recorded())
    with at(app) as force:
        sources = {"niche": FeedSource(), "backfill": FeedSource(ids_of="niche")}
        shared = force.model_copy(update={"feed": Feed(sources=sources)})
        assert statuses(take_in(shared, "backfill", [amended(removed=True)])) == ["accepted"]
        db.session.commit()
    assert who_has_access(app) == [("P1", True)]
