"""Where a case stands, by all its news, in whatever order it comes: what was done takes nothing back."""

from __future__ import annotations

import re
from itertools import permutations
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Case
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, recorded
from tests.conftest import HERTS
from tests.people import meet, person_browser, take
from tests.plugins.victims_code.test_whoever_wrote_last import TODAY, Event, on, top_of

OTHER = officer(2)


def stage_of(app: Flask, subject: str = "41/1/24") -> str:
    with app.app_context(), force_scope(HERTS):
        return db.session.scalars(sa.select(Case.stage).where(Case.crime_reference == subject)).one()


# What happened day by day, and where the case stands then.
STANDS: list[tuple[list[tuple[str, dict[str, Any]]], str]] = [
    ([("crime.allocated", {"officer": OTHER})], "allocated"),
    ([("crime.progress", {"stage": "assessing"}), ("crime.allocated", {"officer": OTHER})], "allocated"),
    ([("crime.allocated", {"officer": OTHER}), ("crime.progress", {"stage": "assessing"})], "assessing"),
    ([("crime.progress", {"stage": "investigating"}), ("crime.allocated", {"officer": OTHER})],
     "investigating"),
    ([("suspect.charged", {}), ("crime.allocated", {"officer": OTHER})], "charged"),
    ([("suspect.charged", {}), ("suspect.bail_changed", {})], "charged"),
    ([("suspect.charged", {}), ("suspect.arrested", {})], "charged"),
    ([("crime.progress", {"stage": "decision"}), ("suspect.bail_changed", {})], "decision"),
    ([("crime.progress", {"stage": "decision"}), ("suspect.released", {"kind": "bail"})], "decision"),
    ([("crime.progress", {"stage": "decision"}), ("suspect.interviewed", {})], "suspect_action"),
    ([("crime.outcome", {"outcome": "15"}), ("suspect.bail_changed", {})], "no_further_action"),
    ([("crime.outcome", {"outcome": "15"}), ("crime.allocated", {"officer": OTHER})], "no_further_action"),
    ([("crime.outcome", {"outcome": "15"}), ("suspect.arrested", {})], "suspect_action"),
    ([("crime.progress", {"stage": "investigating"}), ("suspect.arrested", {}),
      ("crime.progress", {"stage": "investigating"})], "investigating"),
    ([("crime.progress", {"stage": "investigating"}), ("suspect.released", {"kind": "bail"}),
      ("suspect.charged", {}), ("crime.allocated", {"officer": OTHER}), ("suspect.bail_changed", {})],
     "charged"),
    ([("crime.outcome", {"outcome": "15"}), ("crime.reopened", {}),
      ("crime.allocated", {"officer": OTHER})], "reopened"),
    ([("crime.outcome", {"outcome": "15"}), ("crime.reopened", {}),
      ("crime.progress", {"stage": "investigating"})], "investigating"),
]
IDS = [", ".join(kind.partition(".")[2] for kind, _ in news) + f": {stage}" for news, stage in STANDS]


@pytest.mark.parametrize(("news", "stage"), STANDS, ids=IDS)
def test_a_case_stands_where_its_news_says_in_whatever_order_it_comes(
    app: Flask, news: list[tuple[str, dict[str, Any]]], stage: str
) -> None:
    for number, order in enumerate(permutations(enumerate(news))):
        if number >= 24:
            break
        subject = f"41/{number + 1}/24"
        take(app, recorded(subject))
        for day, (kind, data) in order:
            take(app, on(5 + day, kind, subject, **data))
        assert stage_of(app, subject) == stage, [kind for _, (kind, _data) in order]


def test_any_news_in_any_order_leads_to_one_stage(app: Flask) -> None:
    """Fifteen made-up histories, each told in six orders and in batches of any size."""
    draw, subjects = Random(7), iter(range(1, 1000))  # noqa: S311 - a story, no secret
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("crime.allocated", {"officer": OTHER}), ("suspect.arrested", {}), ("suspect.interviewed", {}),
        ("suspect.released", {"kind": "bail"}), ("suspect.bail_changed", {}), ("suspect.charged", {}),
        ("crime.outcome", {"outcome": "15"}), ("crime.reopened", {}),
        *(("crime.progress", {"stage": one}) for one in ("assessing", "investigating", "decision", "court")),
    ]
    for _ in range(15):
        history = [(day, *draw.choice(kinds)) for day in range(3, 10)]
        found = set()
        for _ in range(6):
            subject = f"41/{next(subjects)}/24"
            told: list[Event] = [on(day, kind, subject, **data) for day, kind, data in history]
            draw.shuffle(told)
            take(app, recorded(subject, time="2024-03-01T10:00:00Z"))
            while told:
                size = draw.randint(1, len(told))
                take(app, *told[:size])
                told = told[size:]
            found.add(stage_of(app, subject))
        assert len(found) == 1, history


QUIET: dict[str, Event] = {
    "another officer": allocated(officer=OTHER, time="2024-03-15T10:00:00Z"),
    "a change of bail": event("suspect.bail_changed", time="2024-03-15T10:00:00Z"),
}


@pytest.mark.parametrize("what", QUIET)
def test_what_people_read_at_the_top_stays_when_somebody_else_takes_over_or_bail_changes(
    app: Flask, what: str
) -> None:
    take(app, recorded(), allocated(), on(10, "suspect.charged"),
         on(11, "crime.progress", text="Well.", next_step="I will ring you when the court names a day."))
    met = meet(app)
    with clock.travel(TODAY):
        before = top_of(app, met)
        assert "I will ring you when the court names a day." in before
        take(app, QUIET[what])
        after = top_of(app, met)
        def standing(html: str) -> str:
            return re.sub(r"\s+", " ", html[html.index("tmc-standing"):].partition("</section>")[0])
        assert standing(after) == standing(before)
        page = person_browser(app, met).get(f"/case/{met.case}").text
        assert "tmc-timeline__rights" in page


def test_the_first_officer_of_a_case_brings_it_to_an_officer(app: Flask) -> None:
    take(app, recorded(), allocated())
    assert stage_of(app) == "allocated"
