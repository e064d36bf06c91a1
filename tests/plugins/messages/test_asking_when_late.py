"""Where we are late, one press asks what is happening, and somebody owes an answer from then on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Message
from core.commitments import Commitment
from core.storage.db import db, force_scope
from core.testing import allocated, event, recorded
from tests.conftest import HERTS
from tests.pages import shown
from tests.people import Met, meet, person_browser, take, write_message

DUE = datetime(2026, 3, 10, 12, tzinfo=UTC)
ASK, ASKED = "You should not have to ask", "We have your question"


@pytest.fixture
def met(app: Flask) -> Met:
    with clock.travel(DUE - timedelta(days=8)):
        take(app, recorded(time="2026-03-02T08:00:00Z"), allocated(time="2026-03-02T09:00:00Z"), event(
            "crime.progress", text="We look at the film.", next_update_by="2026-03-10",
            time="2026-03-02T10:00:00Z"))
    return meet(app)


def messages(app: Flask) -> list[str]:
    with app.app_context(), force_scope(HERTS):
        return [str(one.text) for one in db.session.scalars(sa.select(Message))]


@pytest.mark.parametrize(("days", "asked"), [(0, False), (1, True)])
def test_she_is_offered_to_ask_from_the_day_after_on(app: Flask, met: Met, days: int, asked: bool) -> None:
    with clock.travel(DUE + timedelta(days=days)):
        assert (ASK in shown(person_browser(app, met), f"/case/{met.case}")) is asked


def test_one_press_asks_once_and_an_answer_is_owed_until_it_came(app: Flask, met: Met) -> None:
    with clock.travel(DUE + timedelta(days=1)):
        hers = person_browser(app, met)
        for _ in range(2):  # pressed twice
            hers.get(f"/case/{met.case}")
            assert hers.post(f"/case/{met.case}/messages/ask").status_code == 303
        assert len(messages(app)) == 1
        page = shown(hers, f"/case/{met.case}")
        assert ASKED in page and ASK not in page
        with app.app_context(), force_scope(HERTS):
            [owed] = db.session.scalars(sa.select(Commitment).where(Commitment.kind == "answer"))
            assert (owed.state, owed.due_at.date().isoformat()) == ("open", "2026-03-16")
    with clock.travel(DUE + timedelta(days=2)):
        write_message(app, met, "We are sorry. Here is how it stands.", from_person=False)
        assert ASKED not in shown(person_browser(app, met), f"/case/{met.case}")


def test_before_we_are_late_a_press_from_an_old_page_still_asks(app: Flask, met: Met) -> None:
    with clock.travel(DUE):
        hers = person_browser(app, met)
        hers.get(f"/case/{met.case}")
        assert hers.post(f"/case/{met.case}/messages/ask").status_code == 303
    assert len(messages(app)) == 1


def test_nobody_asks_on_a_case_of_others(app: Flask, met: Met) -> None:
    take(app, recorded("41/2/24", people=[{"id": "P9", "role": "victim", "name": {"family": "Other"}}]))
    stranger = person_browser(app, meet(app, "41/2/24"), "P9")
    stranger.get("/your-reports")
    assert stranger.post(f"/case/{met.case}/messages/ask").status_code == 404
    assert messages(app) == []
