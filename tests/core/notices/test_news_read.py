"""Who reads the news on a page has received it; a stranger who looks changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Contact, Entry
from core.intake import conversation
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, person, recorded
from core.testing.browser import Browser
from core.testing.people import person_browser
from tests.conftest import HERTS
from tests.people import Met, meet, take
from tests.rows import rows


@pytest.fixture
def two(app: Flask) -> Met:
    """A case of Amina (P1), and another of Ben (P2); everybody has notices of the news."""
    with clock.travel(datetime(2024, 3, 2, 12, tzinfo=UTC)):
        take(app, recorded(), allocated(), announce=True)
        take(app, recorded("41/2/24", people=[person(2)]), announce=True)
    return meet(app)


def of_news(app: Flask) -> dict[bool, int]:
    """How many notices of news of the first case are read, and how many are not."""
    met, found = meet(app), {True: 0, False: 0}
    for one in rows(app, Notice, Notice.kind == "entry", Notice.case_id == met.case):
        found[one.read_at is not None] += 1
    return found


def contacts(app: Flask) -> list[Contact]:
    return rows(app, Contact)


def test_who_opens_her_page_has_read_its_news_once(app: Flask, two: Met) -> None:
    before = of_news(app)
    assert before[False] > 0 and before[True] == 0
    browser = person_browser(app, two, force=HERTS)
    browser.get(f"/case/{two.case}")
    assert of_news(app) == {True: before[False], False: 0}
    found, = contacts(app)
    newest = max(one.entered_at for one in rows(app, Entry, Entry.case_id == two.case))
    assert (found.way, found.reached, found.through, found.person_id) == (
        "portal", True, newest, two.people["P1"])
    assert found.happened_at == found.entered_at
    browser.get(f"/case/{two.case}")
    assert len(contacts(app)) == 1


def test_a_stranger_who_looks_has_read_nothing(app: Flask, two: Met) -> None:
    before = of_news(app)
    Browser(app, HERTS).get(f"/case/{two.case}")
    person_browser(app, meet(app, "41/2/24"), "P2", force=HERTS).get(f"/case/{two.case}")
    assert (of_news(app), contacts(app)) == (before, [])


@pytest.mark.parametrize("by_person", [True, False])
def test_the_notice_of_a_message_is_read_with_it_by_whom_it_is_for(
    app: Flask, two: Met, by_person: bool
) -> None:
    assert two.staff
    with app.app_context(), force_scope(HERTS):
        conversation.post_message(
            case_id=two.case, person_id=two.people["P1"], staff_id=two.staff, from_person=False,
            text="We found it.", form_key="a")
        db.session.commit()
        conversation.mark_read(two.case, two.people["P1"], by_person=by_person)
        db.session.commit()
        notices = db.session.scalars(sa.select(Notice).where(Notice.kind == "message")).all()
        assert [one.read_at is not None for one in notices] == [by_person]
