"""Whoever reads a "no" reads why; and reads that they should be told only where no reasons stand."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask

from core.force.vocabulary import ENDED, HOME_OFFICE_OUTCOMES
from core.testing import allocated, recorded
from plugins.victims_code import tell
from plugins.victims_code.schemes import POLICE_UK_OUTCOMES
from tests.people import meet, officer_browser, person_browser, take
from tests.plugins.officer_desk.one_case import at
from tests.plugins.victims_code.test_narrative import every_telling
from tests.plugins.victims_code.test_whoever_wrote_last import Event, on

SHOULD_BE_TOLD = (
    "The Victims' Code says that you should be told why. "
    "If nobody has told you yet, we are sorry: please ask us.")
WHY = "The camera does not show who it was."
PRESUMED = re.compile(
    r"reasons are|possible reasons|told why|tell you why|sure why|us why|and why", re.IGNORECASE)

# The news of a "no", and the field in which its reasons come.
DECISIONS: list[tuple[str, dict[str, Any], str]] = [
    *(("crime.outcome", {"scheme": scheme, "outcome": outcome}, "reasons")
      for scheme, known in (("home_office", HOME_OFFICE_OUTCOMES), ("police_uk", POLICE_UK_OUTCOMES))
      for outcome in known if tell("outcome", outcome=outcome, scheme=scheme).unexplained),
    *(("crime.progress", {"stage": stage}, "text") for stage in sorted(ENDED)),
]


def story(app: Flask) -> list[str]:
    """What a person reads, line by line of the timeline, the newest first."""
    met = meet(app)
    html = person_browser(app, met).get(f"/case/{met.case}").get_data(as_text=True)
    return unescape(html).split('<li class="tmc-timeline__entry')[1:]


def test_decisions_of_each_kind_ask_for_reasons() -> None:
    outcomes = {data["outcome"] for _, data, _ in DECISIONS if "outcome" in data}
    assert {"9", "10", "11", "12", "15", "17", "21", "unable-to-prosecute"} <= outcomes
    assert {data["stage"] for _, data, _ in DECISIONS if "stage" in data} == ENDED


def test_what_a_decision_means_never_talks_of_reasons_as_if_they_were_there() -> None:
    """That stands apart, so that it can go where the reasons are."""
    for telling in every_telling():
        assert not PRESUMED.search(str(telling.meaning)), telling.meaning


@pytest.mark.parametrize(("kind", "data", "field"), DECISIONS)
def test_where_no_reasons_stand_people_read_once_that_they_should_be_told(
    app: Flask, kind: str, data: dict[str, Any], field: str
) -> None:
    take(app, recorded(), on(5, kind, **data))
    stage = data.get("stage")
    said = str(tell("progress", stage=stage).unexplained if stage
               else tell("outcome", outcome=data["outcome"], scheme=data["scheme"]).unexplained)
    assert [one.count(said) for one in story(app)] == [1, 0]
    take(app, on(6, "crime.progress", stage="closed"), on(7, "crime.progress", text="Your bag is here."))
    assert [one.count(said) for one in story(app)] == [0, 0, 1, 0]


@pytest.mark.parametrize(("kind", "data", "field"), DECISIONS)
def test_where_the_reasons_stand_nobody_reads_that_they_should_be_told(
    app: Flask, kind: str, data: dict[str, Any], field: str
) -> None:
    take(app, recorded(), on(5, kind, **data, **{field: WHY}), on(6, "crime.progress", stage="closed"),
         on(7, "crime.progress", text="Your bag is here."))
    lines = story(app)
    assert WHY in lines[2]
    unexplained = {str(one.unexplained) for one in every_telling() if one.unexplained}
    assert SHOULD_BE_TOLD in unexplained
    assert not [said for said in unexplained for one in lines if said in one]


@pytest.mark.parametrize(("news", "told"), [
    ([on(5, "crime.outcome", outcome="15", reasons=WHY), on(6, "crime.reopened"),
      on(7, "crime.outcome", outcome="10")], [True, False, False, False]),
    ([on(5, "crime.outcome", outcome="15"), on(6, "crime.reopened"),
      on(7, "crime.outcome", outcome="10", reasons=WHY)], [False, False, True, False]),
    ([on(5, "crime.outcome", outcome="15", done="We asked the shops.")], [True, False]),
    ([on(5, "crime.outcome", outcome="18"), on(6, "crime.progress", stage="closed")],
     [False, False, False]),
])
def test_reasons_are_those_of_their_own_decision(app: Flask, news: list[Event], told: list[bool]) -> None:
    """What explains one end of a case explains no other; and what was done is not why."""
    take(app, recorded(), *news)
    assert [SHOULD_BE_TOLD in one for one in story(app)] == told


@pytest.mark.parametrize("why", [None, WHY])
def test_an_officer_sees_at_which_decision_people_were_given_no_reasons(app: Flask, why: str | None) -> None:
    more = {"reasons": why} if why else {}
    take(app, recorded(), allocated(), on(5, "crime.outcome", outcome="15", **more))
    met = meet(app)
    text = officer_browser(app, met.staff).get(at(met)).get_data(as_text=True)
    assert ("No reasons were given here. People read that they should be told." in text) == (why is None)
    assert SHOULD_BE_TOLD not in text


def test_an_outcome_that_is_taken_back_opens_the_case_again(app: Flask) -> None:
    take(app, recorded(), on(5, "crime.outcome", outcome="18"))
    assert "We have not found who did this" in story(app)[0]
    take(app, on(6, "crime.outcome", outcome="0"))
    assert "We are still looking into this" in story(app)[0]
    met = meet(app)
    assert "Your case is being investigated" in person_browser(app, met).get(f"/case/{met.case}").text
