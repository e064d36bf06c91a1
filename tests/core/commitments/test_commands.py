"""Operators see at once whether anybody is owed nothing, and take the evidence along without a name in it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.commitments import export
from core.commitments.models import Commitment
from core.notices.models import Notice
from core.storage.db import db, force_scope, read
from core.testing import allocated, officer, person, recorded
from core.testing.commands import run_command
from tests.conftest import AVON, HERTS
from tests.mail import MailServer, sends_through
from tests.people import Met, meet, take

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
COLUMNS = "case,person,kind,rule,made_at,due_at,ended_at,state,unit,district,crime_type,service_level"


@pytest.fixture
def case(app: Flask) -> Met:
    with clock.travel(MONDAY):
        take(app, recorded(time="2026-03-02T08:00:00Z"), allocated(time="2026-03-02T08:30:00Z"))
    return meet(app)


def command(app: Flask, *words: str, ends: int = 0) -> str:
    with clock.travel(MONDAY + timedelta(hours=1)):
        return run_command(app, "commitments", *words, ends=ends).output


def table(app: Flask, force: str = HERTS) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(command(app, "export", "--force", force, "--format", "csv"))))


def forget_what_is_owed(app: Flask) -> None:
    with app.app_context(), force_scope(HERTS):
        db.session.execute(sa.delete(Commitment))
        db.session.commit()


# --- check ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("force", [("--force", HERTS), ()])
def test_where_everybody_is_owed_something_the_check_is_good(
    app: Flask, case: Met, force: tuple[str, ...]
) -> None:
    assert json.loads(command(app, "check", *force, "--json")) == {"cases": 1, "unpromised": []}
    assert "people to whom nothing is owed: 0" in command(app, "check", *force)


@pytest.mark.parametrize("force", [("--force", HERTS), ()])
def test_the_check_names_by_their_ids_to_whom_nothing_is_owed(
    app: Flask, case: Met, force: tuple[str, ...]
) -> None:
    forget_what_is_owed(app)
    found = json.loads(command(app, "check", *force, "--json", ends=1))
    assert found == {
        "cases": 1, "unpromised": [{"case": str(case.case), "person": str(case.people["P1"])}]}
    said = command(app, "check", *force, ends=1)
    assert f"case {case.case}: nothing is owed to person {case.people['P1']}" in said
    assert "Amina" not in said


def test_the_check_of_one_force_says_nothing_of_another(app: Flask, case: Met) -> None:
    forget_what_is_owed(app)
    assert json.loads(command(app, "check", "--force", AVON, "--json")) == {"cases": 0, "unpromised": []}


@pytest.mark.parametrize("words", [("check",), ("export", "--format", "csv"), ("remind",)])
def test_a_force_that_there_is_not_is_refused_by_name(app: Flask, words: tuple[str, ...]) -> None:
    with app.app_context():
        done = run_command(app, "commitments", *words, "--force", "midshire")
    assert done.exit_code
    assert "midshire" in f"{done.output}{done.exception}"


# --- export ---------------------------------------------------------------------------------------


def test_the_columns_are_as_they_are_documented_and_no_mark_stands_before_them(app: Flask, case: Met) -> None:
    text = command(app, "export", "--force", HERTS, "--format", "csv")
    assert text.splitlines()[0] == COLUMNS == ",".join(export.COLUMNS)


def test_a_commitment_is_exported_by_ids_and_moments_without_a_name(app: Flask, case: Met) -> None:
    rows = [row for row in table(app) if row["rule"] == "plan"]
    assert rows == [{
        "case": str(case.case), "person": str(case.people["P1"]), "kind": "contact", "rule": "plan",
        "made_at": "2026-03-02T10:00:00Z", "due_at": "2026-03-30T22:59:00Z", "ended_at": "",
        "state": "open", "unit": "Watford CID", "district": "watford", "crime_type": "bicycle-theft",
        "service_level": "standard",
    }]
    text = command(app, "export", "--force", HERTS, "--format", "csv")
    assert not {"Amina", "Khan", "Sam", "41/1/24", "example.com"} & set(text.replace(",", " ").split())


def test_both_formats_say_the_same(app: Flask, case: Met) -> None:
    lines = command(app, "export", "--force", HERTS, "--format", "jsonl").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [list(row) for row in rows] == [COLUMNS.split(",")] * len(rows)
    assert [{name: value or "" for name, value in row.items()} for row in rows] == table(app)
    assert rows[0]["ended_at"] is None


def test_the_name_of_a_unit_becomes_no_formula(app: Flask) -> None:
    unit = '=HYPERLINK("https://example.org")'
    take(app, recorded(), allocated(officer=officer(unit=unit)))
    assert {row["unit"] for row in table(app)} == {f"'{unit}"}
    lines = command(app, "export", "--force", HERTS, "--format", "jsonl").splitlines()
    assert {json.loads(line)["unit"] for line in lines} == {unit}


def test_a_force_never_exports_what_another_owes(app: Flask, case: Met) -> None:
    assert table(app, AVON) == []
    assert {row["case"] for row in table(app, HERTS)} == {str(case.case)}


def test_a_case_that_nobody_has_is_of_no_unit(app: Flask) -> None:
    take(app, recorded())
    assert {row["unit"] for row in table(app)} == {""}


def test_an_export_holds_a_page_of_rows_at_a_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(app, *(recorded(f"41/{n}/24", people=[person(n)]) for n in range(1, 6)))
    whole = table(app)
    pages: list[int] = []

    class Page:
        def __init__(self, found: Any) -> None:
            self.found = found

        def all(self) -> Any:
            rows = self.found.all()
            pages.append(len(rows))
            return rows

    monkeypatch.setattr(export, "ROWS", export.ROWS.limit(2))
    monkeypatch.setattr(export, "read", lambda *given, **more: Page(read(*given, **more)))
    assert table(app) == whole
    assert len(pages) > 2
    assert max(pages) == 2


# --- remind ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("force", [("--force", HERTS), ()])
def test_reminders_of_another_day_are_sent_at_once_in_demo_and_only_once(
    app: Flask, case: Met, post: MailServer, force: tuple[str, ...]
) -> None:
    with sends_through(app, post.url):
        said = [command(app, "remind", *force, "--at", "2026-03-27T09:00Z") for _ in range(2)]
    assert [f"{HERTS}: letters sent as of 2026-03-27T09:00Z: {sent}" in one
            for sent, one in zip((1, 0), said, strict=True)] == [True, True]
    assert [letter["to"] for letter in post.letters] == ["officer1@example.org"]


def test_reminders_of_today_are_left_to_the_worker(app: Flask, case: Met, post: MailServer) -> None:
    with sends_through(app, post.url), clock.travel(datetime(2026, 3, 27, 9, tzinfo=UTC)):
        assert run_command(app, "commitments", "remind", "--force", HERTS, ends=0).output == ""
        assert post.letters == []
        with app.app_context(), force_scope(HERTS):
            assert db.session.scalars(sa.select(Notice.state).where(
                Notice.kind == "commitments_due")).all() == ["due"]
