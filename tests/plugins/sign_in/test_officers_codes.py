"""Codes that officers hand over: printed or read out, used once, withdrawn, and good without any phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.storage.db import db, force_scope
from core.testing import allocated, officer, person, recorded
from plugins.sign_in.models import Activation
from plugins.sign_in.sheet import LETTERS
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import Met, meet, officer_browser, take
from tests.plugins.sign_in.ways_in import NOON, enter, give, looks_in, plugin_set, post_of
from tests.security.audited import audited
from tests.security.checklist import requirement

NOTHING = {"email": None, "phone": None}


def on_the_desk(app: Flask, **more: Any) -> tuple[Met, Browser]:
    """A case at noon, and its officer at the desk."""
    take(app, recorded(people=[person(1, **more)]), allocated())
    met = meet(app)
    return met, officer_browser(app, met.staff)


def address(met: Met) -> str:
    return f"/desk/case/{met.case}/sign-in-code/{met.people['P1']}"


def made_at(desk: Browser, met: Met) -> str:
    """The code of a new sheet, read from the page."""
    answer = desk.post(address(met))
    assert answer.status_code == 200 and desk.page
    code = answer.text.partition('id="activation-code"')[2].partition(">")[2].partition("<")[0]
    assert len(code) == 11 and code in desk.page.text
    return code


@requirement("A15")
def test_who_has_neither_phone_nor_email_signs_in_with_the_officers_code(app: Flask) -> None:
    met, desk = on_the_desk(app, **NOTHING)
    code = made_at(desk, met)
    hers, again = Browser(app, HERTS), Browser(app, HERTS)
    with post_of(app) as post:
        give(hers)
        give(again)
        looks_in(app)
    assert post.sent_to == []
    assert hers.get(enter(hers, code.lower().replace("-", " ")).location).status_code == 200
    assert enter(again, code).status_code == 400


def test_the_sheet_is_spelled_out_and_says_nothing_of_the_crime(app: Flask) -> None:
    met, desk = on_the_desk(app, **NOTHING)
    code = made_at(desk, met)
    page, sheet = desk.page, sheet_of(desk)
    assert page and page.title.startswith("A code to hand over")
    for sign in code.replace("-", ""):
        assert sign in LETTERS.keys() - set("BGIOQLSZ") or sign in "23456789"
        assert LETTERS.get(sign, "") in sheet
    for word in ("41/1/24", "Khan", "bicycle", "Sam Officer"):
        assert word not in sheet
    assert "http://portal.test/hertfordshire/" in sheet and "works once" in sheet


def sheet_of(desk: Browser) -> str:
    assert desk.page
    return desk.page.text.partition("Your sign-in code")[2] or desk.page.text.partition("Eich cod")[2]


def test_the_sheet_is_in_the_persons_language(app: Flask) -> None:
    met, desk = on_the_desk(app, language="cy", **NOTHING)
    answer = desk.post(address(met))
    assert 'class="tmc-sheet" lang="cy"' in answer.text
    assert "Mae'r cod yn gweithio unwaith" in sheet_of(desk)


def test_a_code_is_good_for_seven_days_or_fewer_if_the_force_says_so(app: Flask) -> None:
    with clock.travel(NOON):
        met, desk = on_the_desk(app, **NOTHING)
        made_at(desk, met)
        assert "works once, until 11 March 2026" in sheet_of(desk)
        with app.app_context(), force_scope(HERTS), plugin_set(code_days=2):
            made_at(desk, met)
        assert "works once, until 6 March 2026" in sheet_of(desk)
    with app.app_context(), force_scope(HERTS):
        row = db.session.query(Activation).one()
        assert row.ends_at == NOON + timedelta(days=2)


@pytest.mark.parametrize(("after", "status"), [
    (timedelta(days=6, hours=23), 303), (timedelta(days=7, minutes=1), 400),
])
def test_a_code_opens_until_its_last_day(app: Flask, after: timedelta, status: int) -> None:
    with clock.travel(NOON):
        met, desk = on_the_desk(app, **NOTHING)
        code = made_at(desk, met)
    with clock.travel(NOON + after):
        hers = Browser(app, HERTS)
        give(hers)
        assert enter(hers, code).status_code == status


@audited("sign_in_code_withdrawn")
def test_a_code_stays_good_when_the_case_moves_and_the_new_officer_can_withdraw_it(app: Flask) -> None:
    """The person holds it rightly: moving the case is nothing that they did."""
    met, desk = on_the_desk(app, **NOTHING)
    first = made_at(desk, met)
    moved = officer(2, name="Jo Newcomer", unit="Hatfield")
    take(app, allocated(time="2024-04-02T09:00:00Z", officer=moved))
    give(hers := Browser(app, HERTS))
    assert enter(hers, first).status_code == 303
    new_desk = officer_browser(app, meet(app).staff)
    second = made_at(new_desk, met)
    new_desk.get(address(met))
    assert new_desk.page and "has not been used yet" in new_desk.page.text
    answer = new_desk.post(f"{address(met)}/withdraw", form_at=address(met))
    assert answer.status_code == 303
    new_desk.get(address(met))
    assert new_desk.page and "has not been used yet" not in new_desk.page.text
    give(late := Browser(app, HERTS))
    assert enter(late, second).status_code == 400
    with app.app_context(), force_scope(HERTS):
        rows = db.session.query(AuditEntry).filter_by(action="sign_in_code_withdrawn")
        assert [row.fields["person"] for row in rows] == [str(met.people["P1"])]


def test_a_new_code_ends_the_one_before(app: Flask) -> None:
    met, desk = on_the_desk(app, **NOTHING)
    first, second = made_at(desk, met), made_at(desk, met)
    give(hers := Browser(app, HERTS))
    assert [enter(hers, first).status_code, enter(hers, second).status_code] == [400, 303]


def test_an_officer_of_another_case_can_neither_make_nor_withdraw_a_code(app: Flask) -> None:
    met, desk = on_the_desk(app, **NOTHING)
    code = made_at(desk, met)
    take(app, recorded("41/2/24", people=[person(2)]),
         allocated("41/2/24", officer=officer(3, unit="Traffic")))
    other = officer_browser(app, meet(app, "41/2/24").staff)
    token = {"csrf_token": "x"}
    for path in (address(met), f"{address(met)}/withdraw"):
        assert other.client.post(f"/{HERTS}{path}", data=token).status_code in (400, 404)
    assert other.get(address(met)).status_code == 404
    give(hers := Browser(app, HERTS))
    assert enter(hers, code).status_code == 303
