"""A victim reads what became of each thing, once, when it is news."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from flask import Flask

from core.cases.models import Case, Entry
from core.cases.things import Thing, things_of
from core.plugin_host.host import the_force
from core.storage.db import db, force_scope
from core.testing import recorded
from tests.conftest import HERTS
from tests.core.intake.more_news import on, page_of, statuses
from tests.people import take
from tests.rows import rows

BICYCLE = {"id": "T1", "description": "Blue bicycle", "identifiers": "AB 12"}


def news(day: int, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return on(day, "property.updated", items=list(items), **more)


def lines(app: Flask) -> list[tuple[int, str | None, list[Any]]]:
    """(day, status if all have one, things) of each line of property, in order of time."""
    with app.app_context(), force_scope(HERTS):
        found = db.session.query(Entry).filter(Entry.kind == "property").order_by(Entry.happened_at).all()
        return [(one.happened_at.day, one.outcome, json.loads(one.details)["things"]) for one in found]


def known(app: Flask) -> dict[str, Thing]:
    [case] = rows(app, Case)
    with app.app_context(), force_scope(HERTS):
        assert the_force()
        return things_of(case.id, case.property_sealed)


@pytest.mark.parametrize(("status", "title", "words"), [
    ("stolen", "Our record says what was stolen", "stolen"),
    ("damaged", "Our record says what was damaged", "damaged"),
    ("Recovered", "We have found property of yours", "found"),
    ("held", "We are keeping property of yours", "we are keeping it for now"),
    ("ready to collect", "You can have your property back", "ready for you to collect"),
    ("returned", "Your property has been given back", "given back to you"),
    (None, "News about your property", ""),
])
def test_a_victim_reads_how_a_thing_stands(app: Flask, status: str | None, title: str, words: str) -> None:
    take(app, recorded(), news(4, {**BICYCLE, "status": status}))
    told = page_of(app)
    assert title in told and " ".join(f"Blue bicycle: {words} (AB 12)".split()) in told


def test_what_was_known_with_the_crime_and_what_says_the_same_again_make_no_line(app: Flask) -> None:
    take(app, recorded(property=[{**BICYCLE, "status": "stolen"}]))
    assert lines(app) == []
    take(app, news(3, {"id": "T1", "status": "stolen"}), news(4, {"id": "T1", "description": "Bicycle"}))
    assert lines(app) == []
    take(app, news(5, {"id": "T1", "status": "held"}, {"id": "T2", "status": "held"}))
    take(app, news(6, {"id": "T1"}, {"id": "T2", "status": "returned"}))
    assert lines(app) == [
        (5, "held", [["Bicycle", "AB 12", "held"], [None, None, "held"]]),
        (6, "returned", [[None, None, "returned"]]),
    ]
    assert known(app) == {"T1": Thing("Bicycle", "AB 12", "held"), "T2": Thing(None, None, "returned")}


STORY = [
    news(3, {**BICYCLE, "status": "held"}),
    news(5, {"id": "T1", "status": "returned"}),
    news(7, {"id": "T1", "status": "held"}),
    news(9, {"id": "T1", "status": "held"}, {"id": "T2", "description": "Lamp"}),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
@pytest.mark.parametrize("together", [True, False])
def test_in_whatever_order_news_comes_the_lines_are_the_same(
    app: Flask, order: tuple[int, ...], together: bool
) -> None:
    told = [STORY[place] for place in order]
    take(app, recorded())
    for batch in [told] if together else [[one] for one in told]:
        take(app, *batch)
    assert lines(app) == [
        (3, "held", [["Blue bicycle", "AB 12", "held"]]),
        (5, "returned", [["Blue bicycle", "AB 12", "returned"]]),
        (7, "held", [["Blue bicycle", "AB 12", "held"]]),
        (9, None, [["Lamp", None, None]]),
    ]


def test_older_news_that_comes_late_takes_the_line_of_what_says_the_same_later(app: Flask) -> None:
    take(app, recorded(), news(7, {"id": "T1", "status": "held"}))
    assert [day for day, *_ in lines(app)] == [7]
    take(app, news(5, {"id": "T1", "status": "held"}))
    assert [day for day, *_ in lines(app)] == [5]


@pytest.mark.parametrize("items", [
    [], [{"description": "No id"}], [{**BICYCLE, "status": "lost"}], [{**BICYCLE, "silent": True}],
    [{**BICYCLE, "role": "victim"}],
])
def test_things_without_an_id_or_with_a_status_that_there_is_not_wait(
    app: Flask, items: list[dict[str, Any]]
) -> None:
    take(app, recorded())
    assert statuses(app, news(4, *items), news(4, BICYCLE)) == ["parked", "accepted"]
