"""Words of safety count at once, also in news that must wait to be put right."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.cases.models import Access, Case, Person
from core.intake.take_in import take_in
from core.notices.letters import Withhold, letter_for
from core.notices.models import Notice
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from plugins.record_feed.digest import state_lines
from tests.conftest import HERTS
from tests.people import meet, person_browser, take

DAY_9, DAY_10 = "2024-03-09T10:00:00Z", "2024-03-10T10:00:00Z"


def amended(time: str = DAY_9, *, removed: bool = False, **more: Any) -> dict[str, Any]:
    return event("person.amended", time=time, person=person(**more), removed=removed)


def send(app: Flask, *events: dict[str, Any]) -> list[str]:
    with app.app_context(), force_scope(HERTS):
        results = take_in(host().get(HERTS).force, "niche", list(events))
        db.session.commit()
        return [result.status for result in results]


def letters_go(app: Flask) -> bool:
    """Would a letter about the case go to its person now?"""
    with app.app_context(), force_scope(HERTS):
        notice = Notice(kind="entry", case_id=meet(app).case, person_id=meet(app).people["P1"])
        try:
            return bool(letter_for(notice))
        except Withhold:
            return False


@pytest.mark.parametrize(
    "news",
    [
        amended(safe_contact={"silent": True, "channels": ["letter"]}),
        amended(safe_contact={"not_before": "late"}),
        amended(safe_contact={"silent": True}, role="cousin"),
        amended(removed=True, role="cousin"),
        event("crime.amended", time=DAY_9, flags=["domestic_abuse"], crime_type="nonsense"),
        event("crime.amended", time=DAY_9, flags=["domestic_abuse"], district="nowhere"),
        recorded(time=DAY_9, flags=["domestic_abuse", {}]),
        recorded(time=DAY_9, people=[person(safe_contact={"silent": True}, role=None)]),
    ],
)
def test_malformed_news_that_protects_stops_letters_at_once(
    app: Flask, news: dict[str, Any]
) -> None:
    take(app, recorded(), allocated())
    assert letters_go(app)
    assert send(app, news) == ["parked"]
    assert not letters_go(app)


def test_somebody_removed_in_malformed_news_no_longer_reads_the_case(app: Flask) -> None:
    take(app, recorded())
    met = meet(app)
    browser = person_browser(app, met)
    assert browser.get(f"/case/{met.case}").status_code == 200
    assert send(app, amended(removed=True, role="cousin")) == ["parked"]
    assert browser.get(f"/case/{met.case}").status_code == 404


def test_malformed_news_that_protects_nobody_changes_nothing(app: Flask) -> None:
    take(app, recorded())
    assert send(app, amended(role="cousin")) == ["parked"]
    assert letters_go(app)


def test_the_same_news_put_right_decides_for_itself(app: Flask) -> None:
    take(app, recorded())
    send(app, amended(safe_contact={"channels": ["carrier pigeon", "email"]}))
    assert not letters_go(app)
    assert send(app, amended(safe_contact={"channels": ["email"]})) == ["accepted"]
    assert letters_go(app)


def test_older_news_does_not_undo_what_newer_malformed_news_protects(app: Flask) -> None:
    take(app, recorded())
    send(app, amended(DAY_10, safe_contact={"silent": True}, role="cousin"))
    send(app, amended(DAY_9, safe_contact={"silent": False}))
    assert not letters_go(app)


def test_newer_news_of_the_flags_decides_over_malformed_older_news(app: Flask) -> None:
    take(app, recorded())
    send(app, event("crime.amended", time=DAY_9, flags=["domestic_abuse"], crime_type="nonsense"))
    send(app, event("crime.amended", time=DAY_10, flags=[]))
    assert letters_go(app)


HISTORY = [
    recorded(),
    event("crime.amended", time=DAY_9, flags=["hate_crime"]),
    event("crime.amended", time=DAY_10, flags=["domestic_abuse"], crime_type="nonsense"),
    amended(DAY_9, postcode="WD1 1AA"),
    amended(DAY_10, removed=True, safe_contact={"silent": True}, role="cousin"),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(len(HISTORY))))[::7])
def test_whatever_comes_first_the_case_is_equally_safe(app: Flask, order: tuple[int, ...]) -> None:
    for place in order:
        send(app, HISTORY[place])
    with app.app_context(), force_scope(HERTS):
        case = db.session.scalars(sa.select(Case)).one()
        assert (case.flags, case.other_flags) == (["domestic-abuse", "other"], '["hate_crime"]')
        assert not case.offered
        assert db.session.scalars(sa.select(Access)).one().removed
        safe = json.loads(db.session.scalars(sa.select(Person)).one().safe_contact or "{}")
        assert safe["silent"] is True
        assert any('"parked"' in line for line in state_lines())
