"""What a case page answers follows from where the case stands, never from who wrote last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from flask import Flask

from core.base import clock
from core.force.vocabulary import HOME_OFFICE_OUTCOMES, STAGES
from core.testing import allocated, event, recorded
from plugins.victims_code import tell
from plugins.victims_code.schemes import POLICE_UK_OUTCOMES
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import Met, meet, officer_browser, person_browser, take
from tests.plugins.officer_desk.one_case import publish
from tests.plugins.victims_code.test_narrative import every_telling

TODAY = datetime(2024, 3, 20, 12, tzinfo=UTC)
WORDS = "I will look at the footage with the shop."
NEXT = "I will ring you on Monday."
Event = dict[str, Any]


def on(day: int, what: str, subject: str = "41/1/24", /, **more: Any) -> Event:
    return {**event(what, subject, time=f"2024-03-{day:02}T10:00:00Z"), "data": more}


def every_way_a_case_can_stand() -> Iterator[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """A name, and the news that leads there; each begins with a crime that was recorded."""
    yield "recorded", []
    for stage in STAGES:
        yield f"at {stage}", [("crime.progress", {"stage": stage})]
        yield f"at {stage}, next in words", [
            ("crime.progress", {"stage": stage, "text": "News.", "next_step": WORDS})]
    for kind in ("arrested", "interviewed", "bail_changed", "charged"):
        yield kind, [(f"suspect.{kind}", {})]
        yield f"{kind}, then next in words", [
            (f"suspect.{kind}", {}), ("crime.progress", {"text": "News.", "next_step": WORDS})]
    for how in ("bail", "under_investigation", "no_further_action"):
        yield f"released: {how}", [("suspect.arrested", {}), ("suspect.released", {"kind": how})]
    for scheme, known in (("home_office", HOME_OFFICE_OUTCOMES), ("police_uk", POLICE_UK_OUTCOMES)):
        for outcome in known:
            yield f"{scheme} {outcome}", [("crime.outcome", {"scheme": scheme, "outcome": outcome})]
    yield "reopened", [("crime.outcome", {"outcome": "15"}), ("crime.reopened", {})]


WAYS = dict(every_way_a_case_can_stand())
REFERENCES = {f"41/{number}/24": name for number, name in enumerate(WAYS, 1)}
SAID = {str(text) for telling in every_telling()
        for text in (telling.meaning, telling.next_step, telling.rights) if text} | {WORDS}
STAGE_OF = {**{f"at {stage}{more}": stage for stage in STAGES for more in ("", ", next in words")},
            **{f"home_office {one.id}": one.stage for one in HOME_OFFICE_OUTCOMES.values()},
            **{f"police_uk {one.id}": one.stage for one in POLICE_UK_OUTCOMES.values()},
            "recorded": "recorded", "charged": "charged", "charged, then next in words": "charged",
            "reopened": "reopened"}
LINES: dict[str, Any] = {
    "an officer's line": lambda _stage: {"text": "I am still on it."},
    "the stage again": lambda stage: {"stage": stage},
    "the stage again, with words": lambda stage: {"stage": stage, "text": "I am still on it."},
    "a new next step": lambda _stage: {"text": "Well.", "next_step": NEXT},
}


def pages(hers: Browser, cases: dict[str, Met]) -> dict[str, tuple[str, set[str]]]:
    """Of each case: what happens next, as the top of its page says, and all that is explained."""
    found = {}
    for reference, met in cases.items():
        html = unescape(hers.client.get(hers.path(f"/case/{met.case}")).get_data(as_text=True))
        top = re.search(r"<dt>What happens next</dt>\s*<dd>(.*?)</dd>", html, re.DOTALL)
        assert top, REFERENCES[reference]
        found[reference] = (top[1], {said for said in SAID if said in html})
    return found


def test_a_line_that_moves_no_case_takes_nothing_from_what_people_are_told(app: Flask) -> None:
    """Rights, explanations and what happens next stay, however a case stands."""
    take(app, *(news for reference, name in REFERENCES.items() for news in (recorded(reference), *(
        on(5 + at, kind, reference, **data) for at, (kind, data) in enumerate(WAYS[name])))))
    cases = {reference: meet(app, reference) for reference in REFERENCES}
    with clock.travel(TODAY):
        hers = person_browser(app, cases["41/1/24"])
        first = pages(hers, cases)
        for day, (line, said_in) in enumerate(LINES.items(), 12):
            take(app, *(on(day, "crime.progress", reference,
                           **said_in(STAGE_OF.get(name, "suspect_action")))
                        for reference, name in REFERENCES.items()))
            for reference, (top, told) in pages(hers, cases).items():
                top_before, told_before = first[reference]
                case = (REFERENCES[reference], line)
                assert top and told, case
                if line == "a new next step":
                    assert top == NEXT, case
                    told_before = told_before - {top_before}
                else:
                    assert top == top_before, case
                assert told_before <= told, (case, told_before - told)


def top_of(app: Flask, met: Met, language: str = "en") -> str:
    hers = person_browser(app, met)
    answer = hers.get(f"/case/{met.case}?lang={language}")
    assert answer.status_code == 200
    html: str = answer.get_data(as_text=True)
    return html.partition('id="timeline"')[0]


@pytest.mark.parametrize(("news", "says"), [
    ([], WORDS),
    ([("crime.progress", {"text": "Nothing new yet."})], WORDS),
    ([("crime.progress", {"text": "Done.", "next_step": "I will write it down."})],
     "I will write it down."),
    ([("suspect.interviewed", {})], str(tell("interviewed").next_step)),
    ([("crime.progress", {"stage": "decision"})],
     str(tell("progress", stage="decision").next_step)),
    ([("crime.outcome", {"outcome": "18"})], str(tell("outcome", outcome="18").next_step)),
    ([("suspect.charged", {}), ("crime.progress", {"text": "Nothing new yet."})],
     str(tell("charged").next_step)),
])
def test_what_an_officer_said_comes_next_stands_until_other_news_takes_its_place(
    app: Flask, news: list[tuple[str, dict[str, Any]]], says: str
) -> None:
    take(app, recorded(), on(4, "suspect.arrested"),
         on(5, "crime.progress", text="News.", next_step=WORDS),
         *(on(6 + at, kind, **data) for at, (kind, data) in enumerate(news)))
    shown = top_of(app, meet(app))
    assert says in shown
    assert (WORDS in shown) == (says == WORDS)


@pytest.mark.parametrize(("next_step", "english"), [(WORDS, True), (None, False)])
def test_what_comes_next_is_marked_as_english_only_where_an_officer_wrote_it(
    app: Flask, next_step: str | None, english: bool
) -> None:
    """A voice must not read Welsh as English, or English as Welsh, whoever wrote last."""
    more = {"next_step": next_step} if next_step else {}
    take(app, recorded(), on(5, "crime.progress", stage="investigating", text="News.", **more),
         on(6, "crime.progress", text="Nothing new yet."))
    shown = top_of(app, meet(app), "cy")
    assert ('<dd lang="en">' in shown) == english


def test_each_right_is_said_once_and_that_of_a_decision_beside_it(app: Flask) -> None:
    take(app, recorded(), on(5, "crime.outcome", outcome="15", reasons="Too little was seen."),
         on(6, "crime.progress", stage="no_further_action"), on(7, "crime.progress", text="News."),
         on(8, "crime.progress", text="More news."))
    html = person_browser(app, met := meet(app)).get(f"/case/{met.case}").get_data(as_text=True)
    entries = html.split("<li class=\"tmc-timeline__entry")[1:]
    review, come_back = "Right to Review", "You can contact us at any time"
    assert [review in one for one in entries] == [False, False, False, True, False]
    assert [come_back in one for one in entries] == [True, False, False, False, False]


def test_a_right_that_an_earlier_end_of_the_case_brought_is_said_again_at_its_new_end(app: Flask) -> None:
    take(app, recorded(), on(5, "crime.outcome", outcome="15", reasons="Too little was seen."),
         on(6, "crime.reopened"), on(7, "crime.progress", stage="no_further_action", text="No more."))
    html = person_browser(app, met := meet(app)).get(f"/case/{met.case}").get_data(as_text=True)
    entries = html.split("<li class=\"tmc-timeline__entry")[1:]
    assert ["Right to Review" in one for one in entries] == [True, False, True, False]


def test_the_first_news_arriving_late_does_not_hide_where_a_case_stands(app: Flask) -> None:
    """A record system may write "recorded" down after what it did first."""
    take(app, recorded(time="2024-03-09T10:00:00Z"), on(5, "suspect.charged"))
    html = person_browser(app, met := meet(app)).get(f"/case/{met.case}").get_data(as_text=True)
    assert "Victim Personal Statement" in html
    assert str(tell("charged").next_step) in html.partition('id="timeline"')[0]


def test_a_line_written_at_the_desk_leaves_what_a_charge_brought(app: Flask) -> None:
    take(app, recorded(), allocated(), on(5, "suspect.charged"))
    met = meet(app)
    with clock.travel(TODAY):
        assert publish(officer_browser(app, met.staff), met, text="I am on duty again.").status_code == 303
        html = person_browser(app, met).get(f"/case/{met.case}").get_data(as_text=True)
    assert "I am on duty again." in html
    assert "Victim Personal Statement" in html
    assert str(tell("charged").next_step) in html.partition('id="timeline"')[0]
    assert f"/{HERTS}/case/{met.case}" in html
