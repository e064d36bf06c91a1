"""A draft says what the record told, in sentences somebody read before, and nothing that somebody wrote."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from core.base.scope import scope_of
from core.cases import EntryWords
from core.force.vocabulary import COURT_RESULTS, HOME_OFFICE_OUTCOMES, RELEASE_KINDS, STAGES
from core.hookspecs import EntryCodes
from core.storage.db import force_scope
from core.testing import allocated, person, recorded
from core.testing.browser import form_on
from plugins.officer_desk import news
from plugins.officer_desk.drafts import News, draft
from tests.conftest import HERTS
from tests.core.intake.more_news import on
from tests.people import Met, meet, officer_browser, take
from tests.plugins.officer_desk.one_case import TEXT, at, publish

NOW = datetime(2024, 3, 20, 12, tzinfo=UTC)
EARLIER = NOW - timedelta(days=9)
ALL = [
    *(EntryCodes("progress", stage) for stage in STAGES),
    *(EntryCodes("outcome", one.stage, code, "home_office") for code, one in HOME_OFFICE_OUTCOMES.items()),
    *(EntryCodes("released", "suspect_action", release_kind=one) for one in (*RELEASE_KINDS, None)),
    *(EntryCodes("court_result", stage, code) for code, stage in COURT_RESULTS.items()),
    *(EntryCodes("property", outcome=one) for one in (
        "stolen", "damaged", "recovered", "held", "ready_to_collect", "returned", None)),
    *(EntryCodes(kind, None) for kind in (
        "recorded", "allocated", "arrested", "interviewed", "bail_changed", "charged", "reopened", "hearing",
        "court_result")),
]


def drafted(portal: Flask, *told: News) -> str | None:
    with scope_of(HERTS), portal.test_request_context(f"/{HERTS}/"):
        return draft(told, EntryWords(), NOW)


@pytest.mark.parametrize("codes", ALL)
def test_of_all_news_with_a_code_a_draft_can_be_made(portal: Flask, codes: EntryCodes) -> None:
    made = drafted(portal, News(codes, EARLIER))
    assert made and made.startswith("Since we last wrote:\n11 March 2024: ")
    assert "There is an update on your case" not in made


def test_of_no_news_and_of_what_somebody_only_wrote_there_is_none(portal: Flask) -> None:
    assert drafted(portal) is None
    assert drafted(portal, News(EntryCodes("progress"), EARLIER)) is None


def test_the_next_hearing_comes_next_and_one_that_is_over_does_not(portal: Flask) -> None:
    hearing = EntryCodes("hearing")
    to_come = News(hearing, EARLIER, starts_at=NOW + timedelta(days=12))
    over = News(hearing, EARLIER, starts_at=NOW - timedelta(days=1))
    assert "Next: The next hearing is on Monday, 1 April 2024." in str(drafted(portal, to_come))
    assert "The next hearing is on" not in str(drafted(portal, over))


def test_of_much_news_the_newest_is_told_each_once(portal: Flask) -> None:
    many = [News(EntryCodes("arrested"), EARLIER + timedelta(days=one)) for one in (0, 0, *range(8))]
    lines = str(drafted(portal, *many)).split("\n\n")[0].splitlines()
    assert len(lines) == 7 and lines[-1].startswith("18 March 2024: ")


def draft_now(app: Flask, met: Met) -> str | None:
    with app.test_request_context(f"/{HERTS}/"), force_scope(HERTS):
        return news.draft_of(met.case)


def test_of_a_thousand_names_and_addresses_in_texts_none_is_in_a_draft(app: Flask) -> None:
    planted = [f"Xq{number}zor Vk{number}wen, {number} Yjlm{number} Row" for number in range(1000)]
    left = iter(planted)

    def text() -> str:
        return "; ".join(next(left) for _ in range(100))

    take(app, recorded(summary=text()), allocated(), *(
        {**on(2 + place, kind), "data": {field: text(), **more}} for place, (kind, field, more) in enumerate([
            ("crime.progress", "text", {"stage": "investigating", "next_step": "Xq1zor"}),
            ("suspect.arrested", "text", {}), ("suspect.released", "text", {"kind": "bail"}),
            ("suspect.charged", "text", {}), ("crime.outcome", "reasons", {"outcome": "1"}),
            ("crime.reopened", "reasons", {}),
            ("court.hearing", "purpose", {"starts_at": "2199-07-01T10:00:00Z", "court": "Xq1zor Court"}),
            ("court.result", "text", {"result": "guilty"}),
            ("property.updated", "x", {"items": [{"id": "T1", "description": "Xq2zor", "status": "held"}]}),
        ])))
    made = draft_now(app, meet(app))
    assert made and "1 July 2199" in made
    assert not [part for one in planted for part in one.replace(",", "").split()[:2] if part in made]
    assert not next(left, None) and "Xq" not in made and "Yjlm" not in made and "Court" not in made


def test_a_draft_begins_where_the_officer_last_wrote(app: Flask, met: Met) -> None:
    assert "Someone has been arrested" not in str(draft_now(app, met))
    publish(officer_browser(app, met.staff), met, text=TEXT)
    assert draft_now(app, met) is None
    take(app, on(9, "suspect.arrested"))
    made = str(draft_now(app, met))
    assert "9 March 2024: Someone has been arrested" in made and "recorded" not in made


@pytest.mark.parametrize(("languages", "welsh"), [(["cy"], True), (["cy", "en"], False), (["en"], False)])
def test_a_draft_is_in_the_language_of_an_only_follower(
    app: Flask, languages: list[str], welsh: bool
) -> None:
    take(app, recorded(people=[person(1 + n, language=one) for n, one in enumerate(languages)]))
    made = str(draft_now(app, meet(app)))
    assert made.startswith("Ers inni ysgrifennu ddiwethaf:" if welsh else "Since we last wrote:")


def test_the_link_fills_the_box_and_takes_the_place_of_nothing_that_was_begun(app: Flask, met: Met) -> None:
    take(app, on(9, "suspect.arrested"))
    desk = officer_browser(app, met.staff)
    page, box = desk.get(at(met)).text, desk.path(f"{at(met)}/update")
    assert "draft=1" in page and form_on(page, box)["text"] == ""
    assert "Someone has been arrested" in form_on(desk.get(f"{at(met)}?draft=1").text, box)["text"]
    desk.post(at(met), {"text": TEXT}, form_at=at(met))
    begun = desk.get(f"{at(met)}?draft=1").text
    assert form_on(begun, box)["text"] == TEXT and "draft=1" not in begun
