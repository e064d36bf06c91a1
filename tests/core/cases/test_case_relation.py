"""Who a plugin lets look at a case that is not of their work: they may look, and change nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from core.audit.models import AuditEntry
from core.cases import relations
from core.cases.models import Staff
from core.hookspecs import StaffAtCase, Viewing, hookimpl
from core.storage.db import db, force_scope
from core.testing import allocated, officer, person, recorded
from tests.conftest import HERTS
from tests.core.plugin_host.hostile import at_hertfordshire
from tests.people import Met, meet, officer_browser, staff_id, take


@pytest.fixture
def met(app: Flask) -> Met:
    """A case led by O1; O3 is of another unit."""
    take(app, recorded(), allocated(officer=officer(1, unit="Watford CID")),
         recorded("41/2/24", people=[person(2)]),
         allocated("41/2/24", officer=officer(3, unit="Stevenage CID")))
    return meet(app)


def status(app: Flask, met: Met, name: str = "O3", *, post: bool = False) -> int:
    browser, address = officer_browser(app, staff_id(app, name)), f"/desk/case/{met.case}"
    if post:
        return int(browser.post(f"{address}/update", {"text": "Hello"}, form_at="/desk/").status_code)
    return int(browser.get(address).status_code)


def test_a_plugin_opens_a_case_to_look_at_and_only_to_look(app: Flask, met: Met) -> None:
    assert status(app, met) == 404
    kept: list[StaffAtCase] = []
    custody = hookimpl(lambda asked: kept.append(asked) or "custody")
    with at_hertfordshire(app, case_relation=custody):
        assert status(app, met) == 200
        page = officer_browser(app, staff_id(app, "O3")).get(f"/desk/case/{met.case}").text
        assert "Publish the update" not in page
        assert "Hand over a code" not in page
        assert status(app, met, post=True) == 404
        assert status(app, met, "O1", post=True) == 303
    assert {*kept} == {StaffAtCase(staff_id(app, "O3"), "officer", met.case)}
    with app.app_context(), force_scope(HERTS):
        found = db.session.query(AuditEntry).filter_by(action="case_seen").all()
        assert [entry.fields["relation"] for entry in found] == ["custody"] * 2


def test_who_works_on_a_case_is_never_asked_about(app: Flask, met: Met) -> None:
    def case_relation(asked: Any) -> str:
        raise AssertionError("nobody has to ask")

    with at_hertfordshire(app, case_relation=hookimpl(case_relation)):
        assert status(app, met, "O1") == 200


@pytest.mark.parametrize("role", ["national_admin"])
def test_who_has_no_desk_is_not_asked_about_either(app: Flask, met: Met, role: str) -> None:
    with app.app_context(), force_scope(HERTS), at_hertfordshire(
            app, case_relation=hookimpl(lambda asked: "custody")):
        me = relations.Member(staff_id(app, "O3"), role, frozenset())
        assert relations.case_for(me, met.case)[1] is None


@pytest.mark.parametrize("answer", ["lead", "unit", "supervisor"])
def test_no_plugin_says_that_somebody_works_on_a_case(app: Flask, met: Met, answer: str) -> None:
    with at_hertfordshire(app, case_relation=hookimpl(lambda asked: answer)):
        assert status(app, met) == 500


def test_a_plugin_that_changes_a_row_when_it_is_asked_lets_nobody_in(app: Flask, met: Met) -> None:
    def case_relation(asked: Any) -> str:
        db.session.add(Staff(record_id="noisy", role="officer"))
        return "custody"

    with at_hertfordshire(app, case_relation=hookimpl(case_relation)):
        assert status(app, met) == 500
    with app.app_context(), force_scope(HERTS):
        assert db.session.query(Staff).filter_by(record_id="noisy").count() == 0


@pytest.mark.parametrize(("viewer", "relation", "expected"), [
    ("officer", "lead", False), ("officer", "unit", False), ("officer", "supervisor", False),
    ("officer", "break_glass", True), ("officer", "custody", True), ("officer", None, True),
    ("person", None, False)])
def test_who_only_looks(viewer: str, relation: str | None, expected: bool) -> None:
    viewing = Viewing(viewer, Met.__new__(Met), "41/1/24", "x", "y", "z", "en", relation=relation)  # type: ignore[arg-type]
    assert viewing.only_looks is expected
    assert (relation in relations.OF_THE_CASE) is (viewer == "officer" and not expected)
