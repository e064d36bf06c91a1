"""What a person reads of a case: every field of an entry, in order, and how far they have read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.base.scope import scope_of
from core.cases import timeline
from core.cases.models import Access, Case, Entry
from core.cases.timeline import TimelineEntry
from core.storage.db import db, force_scope
from core.testing import allocated, event, recorded
from core.web import pages, reading
from tests.conftest import HERTS
from tests.people import meet, officer_browser, person_browser, take
from tests.rows import case, person, staff

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with clock.travel(NOW), scope_of(HERTS), app.test_request_context(f"/{HERTS}/"):
        yield


def entry(of: Case, stamp: str, **more: Any) -> Entry:
    details = more.pop("said", None)
    found = Entry(**{"id": uuid4(), "case_id": of.id, "kind": "progress", "happened_at": NOW, "stamp": stamp,
                     "details": json.dumps(details) if details else None, **more})
    db.session.add(found)
    db.session.flush()
    return found


@pytest.mark.usefixtures("english")
def test_a_timeline_is_of_its_case_the_newest_news_first() -> None:
    one, other = case(staff("CID")), case(staff("CID"))
    made = {stamp: entry(one, stamp) for stamp in ("2", "3", "1")}
    entry(other, "9")
    assert [found.id for found in timeline.entries_of(one.id)] == [made[n].id for n in "321"]


@pytest.mark.usefixtures("english")
def test_every_field_of_an_entry_is_told() -> None:
    one = case(staff("CID"))
    said = {"text": "We look.", "done": "We looked.", "next_step": "We wait.", "next_update_by": "2024-06-19",
            "officer": "Sam Officer", "release_kind": "bail"}
    row = entry(one, "1", kind="released", stage="suspect_action", said=said, time_precision="day",
                happened_at=NOW - HOUR)
    [found] = timeline.entries_of(one.id)
    assert found == TimelineEntry(
        row.id, "released", NOW - HOUR, "day", found.telling, "We look.", "We looked.", "We wait.",
        date(2024, 6, 19), "Sam Officer", "suspect_action", entered_at=row.entered_at)
    plain = entry(one, "2", kind="reopened")
    found = timeline.entries_of(one.id)[0]
    assert found == TimelineEntry(
        plain.id, "reopened", NOW, None, found.telling, *[None] * 6, entered_at=plain.entered_at)


@pytest.mark.usefixtures("english")
def test_what_is_told_depends_on_kind_stage_outcome_scheme_and_release() -> None:
    one = case(staff("CID"))
    variants: list[dict[str, Any]] = [
        {"kind": "recorded"}, {"kind": "progress", "stage": "investigating"},
        {"kind": "progress", "stage": "decision"},
        {"kind": "outcome", "outcome": "18", "scheme": "home_office"},
        {"kind": "outcome", "outcome": "14", "scheme": "home_office"},
        {"kind": "released", "said": {"release_kind": "bail"}},
        {"kind": "released", "said": {"release_kind": "no_further_action"}}]
    for number, variant in enumerate(variants):
        entry(one, str(number), **variant)
    told = [(found.telling.title, found.telling.meaning) for found in timeline.entries_of(one.id)]
    assert len(set(told)) == len(variants)
    assert all(title and meaning for title, meaning in told)
    closed = entry(one, "9", kind="outcome", outcome="18", scheme="home_office")
    found = timeline.entries_of(one.id)[0]
    assert found.id == closed.id and found.telling.rights


def test_where_a_case_stands_is_told_in_the_readers_language(app: Flask) -> None:
    standing = {}
    for language in ("en", "cy"):
        with scope_of(HERTS), app.test_request_context(f"/{HERTS}/?lang={language}"):
            for stage in ("investigating", "closed"):
                standing[language, stage] = timeline.standing(SimpleNamespace(stage=stage))
    assert len(set(standing.values())) == 4
    assert standing["en", "investigating"][0] == "Your case is being investigated"


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("shown", "newest", "then"), [
    (None, NOW, NOW), (NOW - HOUR, NOW, NOW), (NOW, NOW, NOW), (NOW + HOUR, NOW, NOW + HOUR),
    (NOW, None, NOW)])
def test_how_far_somebody_read_only_moves_on(
    shown: datetime | None, newest: datetime | None, then: datetime
) -> None:
    one = case(staff("CID"))
    amina, ben = person(one, "P1"), person(one, "P2")
    access = {row.person_id: row for row in db.session.scalars(sa.select(Access))}
    access[amina.id].shown_through = shown
    db.session.flush()
    entries = [SimpleNamespace(id=uuid4(), happened_at=at, entered_at=NOW)
               for at in ((newest, NOW - 9 * HOUR) if newest else ())]
    row = SimpleNamespace(
        id=one.id, shown_through=shown, read_through=None, access_id=access[amina.id].id)
    reading.shown(row, amina.id, entries)  # type: ignore[arg-type]
    db.session.commit()
    db.session.expire_all()
    assert access[amina.id].shown_through == then
    assert access[ben.id].shown_through is None


def test_panels_and_actions_are_asked_with_all_that_is_known_and_come_in_their_order(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = SimpleNamespace(
        id=uuid4(), crime_reference="41/1/24", crime_type="bicycle-theft", district="watford",
        stage="charged", staff_id=uuid4())
    who = uuid4()
    with scope_of(HERTS), app.test_request_context(f"/{HERTS}/"):
        found = pages.viewing_of(row, "person", person_id=who)
        assert (found.viewer, found.case_id, found.crime_reference, found.crime_type, found.district) == (
            "person", row.id, "41/1/24", "bicycle-theft", "watford")
        assert (found.stage, found.language, found.staff_id, found.person_id, found.relation) == (
            "charged", "en", row.staff_id, who, None)
        desk = pages.viewing_of(row, "officer", staff_id=who, relation="unit")
        assert (desk.staff_id, desk.person_id, desk.relation) == (who, None, "unit")
        orders = [SimpleNamespace(order=n) for n in (30, 10, 20)]
        asked = SimpleNamespace(force=None, one_by_one=lambda *a, **k: orders)
        monkeypatch.setattr(pages, "at_force", lambda: asked)
        assert [one.order for one in pages.panels_of(found)] == [10, 20, 30]
        assert [one.order for one in pages.actions_of(found)] == [10, 20, 30]


def test_one_report_opens_at_once_and_several_are_listed(app: Flask) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    hers = person_browser(app, met)
    answer = hers.get("/your-reports")
    assert (answer.status_code, answer.location) == (303, f"/{HERTS}/case/{met.case}")
    take(app, recorded("41/2/24", time="2024-03-09T10:00:00Z"))
    answer = hers.get("/your-reports")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert text.index("41/2/24") < text.index("41/1/24")
    take(app, event("person.amended", "41/1/24", person={**recorded()["data"]["people"][0]}, removed=True,
                    time="2024-03-10T10:00:00Z"))
    assert hers.get("/your-reports").location == f"/{HERTS}/case/{meet(app, '41/2/24').case}"


def test_leaving_ends_the_visit_and_clears_the_browser_and_staying_keeps_it(app: Flask) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    for leave, where in (("/leave", pages.EXIT_TO), ("/sign-out", f"/{HERTS}/")):
        hers = person_browser(app, met)
        assert hers.get("/stay").status_code == 204
        answer = hers.get(leave) if leave == "/leave" else hers.post(leave, form_at=f"/case/{met.case}")
        assert (answer.status_code, answer.location) == (303, where)
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
        assert hers.get("/stay").status_code == 401
        assert hers.get(f"/case/{met.case}").status_code == 303


def test_the_page_counts_the_time_of_who_looks(app: Flask) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    for browser, page, seconds in ((person_browser(app, met), f"/case/{met.case}", "1200"),
                                   (officer_browser(app, met.staff), f"/desk/case/{met.case}", "1800")):
        assert f'"{seconds}"' in browser.get(page).get_data(as_text=True)


@pytest.mark.parametrize("many", [1, 2])
def test_whoever_looks_what_reports_there_are_is_written_down(app: Flask, many: int) -> None:
    """Also where the page leads on at once, to the only one."""
    for number in range(1, many + 1):
        take(app, recorded(f"41/{number}/24"))
    met = meet(app)
    assert person_browser(app, met).get("/your-reports").status_code == (303 if many == 1 else 200)
    with app.app_context(), force_scope(HERTS):
        found = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "cases_listed")).one()
        assert (found.actor_id, found.fields) == (met.people["P1"], {"count": many})
