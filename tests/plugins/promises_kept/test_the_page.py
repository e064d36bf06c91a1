"""Who answers for the force sees how its promises were kept; nobody else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Staff
from core.storage.db import db, force_scope
from core.testing import allocated, person, recorded
from core.testing.browser import Browser
from tests.conftest import HERTS
from tests.people import meet, officer_browser, person_browser, take
from tests.security.audited import audited

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
PAGE = "/desk/promises-kept"


@pytest.fixture
def cases(app: Flask) -> Flask:
    """Six crimes of one district and one of another, whose officer let everything pass."""
    with clock.travel(MONDAY):
        for number in range(1, 8):
            district = "stevenage" if number == 7 else "watford"
            reference = f"41/{number}/26"
            take(app, recorded(reference, time="2026-03-02T08:00:00Z", people=[person(number)],
                               district=district),
                 allocated(reference, time="2026-03-02T08:30:00Z"))
    return app


def page_of(app: Flask, role: str) -> tuple[int, str]:
    with app.app_context(), force_scope(HERTS):
        db.session.execute(sa.update(Staff).values(role=role))
        db.session.commit()
    with clock.travel(MONDAY + timedelta(days=60)):
        browser = officer_browser(app, meet(app, "41/1/26").staff)
        answer = browser.client.get(f"/{HERTS}{PAGE}")
        return answer.status_code, answer.text


@audited("promises_kept_shown")
@pytest.mark.parametrize("role", ["supervisor", "force_admin"])
def test_who_answers_for_the_force_sees_its_figures(cases: Flask, role: str) -> None:
    status, text = page_of(cases, role)
    assert status == 200
    assert "Promises kept" in text
    assert "By district" in text
    assert "not shown" in text  # of the one case of its district
    assert "Amina" not in text
    # by their names, not by what the force's file calls them
    for name in ("Watford", "Theft or unauthorised taking of a pedal cycle", "Standard", "March 2026",
                 "How often to be in contact, as agreed"):
        assert f"<bdi>{name}</bdi>" in text


def test_an_officer_finds_no_such_page(cases: Flask) -> None:
    assert page_of(cases, "officer")[0] == 404


def test_neither_does_a_victim_nor_a_stranger(cases: Flask) -> None:
    with clock.travel(MONDAY):
        victim = person_browser(cases, meet(cases, "41/1/26"))
        for browser in (victim, Browser(cases, HERTS)):
            answer = browser.client.get(f"/{HERTS}{PAGE}")
            assert answer.status_code == 303  # to where staff sign in
            assert "By district" not in answer.text
