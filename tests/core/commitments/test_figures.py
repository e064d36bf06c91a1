"""Whoever has the export computes the same figures again, with a script that knows nothing of the portal."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core.base import clock
from core.cases.models import Access, Case
from core.commitments import export, figures
from core.commitments.models import Commitment
from core.storage.db import db, force_scope, insert_many
from core.testing import allocated, event, officer, person, recorded
from core.testing.commands import run_command
from tests.conftest import AVON, HERTS
from tests.people import take

NOW = datetime(2026, 4, 1, tzinfo=UTC)
SCRIPT = Path(__file__).resolve().parents[3] / "docs/commitments_figures.py"
ENDS = ("kept", "kept_late", "explained", "missed", "overdue")
STATES = ("kept", "kept_late", "explained", "missed", "open", "superseded", "withdrawn")


def with_commitments(app: Flask) -> None:
    """Three cases, of which one has no officer and one a unit like a formula; in each every end a few times,
    on either side of the last midnight of March, which is not that of London."""
    with clock.travel(NOW - timedelta(days=39)):
        take(app, *(recorded(f"41/{n}/26", people=[person(n)], time="2026-02-20T08:00:00Z")
                    for n in (1, 2, 3)),
             *(allocated(f"41/{n}/26", officer=officer(n, unit=unit), time="2026-02-20T09:00:00Z")
               for n, unit in ((1, "=Watford, \"CID\""), (2, "Stevenage"))))
    with clock.travel(NOW), app.app_context(), force_scope(HERTS):
        db.session.execute(sa.delete(Commitment))
        cases = db.session.execute(
            sa.select(Case.id, Case.staff_id, Access.person_id).join(Access, Access.case_id == Case.id)).all()
        insert_many(Commitment, [
            _commitment(case, state, NOW + timedelta(hours=hours))
            for number, case in enumerate(cases) for state in STATES
            for hours in (-900, -1.5, -0.5, 0, 1, 600)[number:]
        ])
        db.session.commit()


def _commitment(row: Any, state: str, due_at: datetime) -> dict[str, Any]:
    return {
        "id": uuid7(), "case_id": row.id, "person_id": row.person_id, "kind": "told", "rule": f"law/{state}",
        "cause": "entry", "cause_id": uuid7(), "made_at": NOW, "due_at": due_at, "shown": True,
        "state": state, "ended_at": None if state == "open" else NOW,
        "ended_by": None if state == "open" else row.staff_id,
    }


def by_script(text: str, at: str = "2026-04-01T00:00:00Z") -> dict[tuple[str, str], tuple[int, ...]]:
    done = subprocess.run([sys.executable, "-I", SCRIPT, "--at", at], input=text.encode(), check=True,
                          capture_output=True)
    heading, *rows = csv.reader(io.StringIO(done.stdout.decode(), newline=""))
    assert heading == ["by", "value", "due", *ENDS]
    return {(by, value): tuple(map(int, counts)) for by, value, *counts in rows}


def by_portal(force: str = HERTS) -> dict[tuple[str, str], tuple[int, ...]]:
    with force_scope(force):
        return {(by, value): (one.due, *(getattr(one, end) for end in ENDS))
                for by in figures.GROUPS for value, one in figures.figures(by).items()}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_the_script_computes_from_the_export_what_the_portal_shows(app: Flask, form: str) -> None:
    with_commitments(app)
    with clock.travel(NOW), app.app_context():
        text = run_command(app, "commitments", "export", "--force", HERTS, "--format", form, ends=0).output
        shown = by_portal()
    assert by_script(text) == shown
    assert {by for by, _ in shown} == set(figures.GROUPS)
    assert {value for by, value in shown if by == "unit"} == {'=Watford, "CID"', "Stevenage", ""}


def test_what_was_due_is_what_ended_and_what_is_overdue(app: Flask) -> None:
    with_commitments(app)
    with clock.travel(NOW), app.app_context():
        shown = by_portal()
        assert by_portal(AVON) == {}
    for by in figures.GROUPS:
        counted = [counts for (name, _), counts in shown.items() if name == by]
        assert sum(due for due, *_ in counted) == sum(sum(ends) for _, *ends in counted)
    assert shown["rule", "law/kept"] == (15, 15, 0, 0, 0, 0)
    assert shown["rule", "law/open"] == (6, 0, 0, 0, 0, 6)  # three, two and one of which the day is over
    assert not {("rule", "law/superseded"), ("rule", "law/withdrawn")} & set(shown)
    # Half an hour before midnight in UTC is in April, by the clocks of London.
    assert shown["month", "2026-03"] == (10, 2, 2, 2, 2, 2)


def test_what_ended_before_an_officer_had_the_case_is_of_no_unit_and_what_is_open_of_theirs(
    app: Flask
) -> None:
    with clock.travel(NOW - timedelta(days=39)):
        take(app, recorded("41/1/26", people=[person(1), person(2)], time="2026-02-20T08:00:00Z"))
    with clock.travel(NOW):
        take(app, event("person.amended", "41/1/26", time="2026-03-31T08:00:00Z", person=person(1),
                        removed=True))
        take(app, allocated("41/1/26", officer=officer(1, unit="Watford CID"), time="2026-03-31T09:00:00Z"))
        with app.app_context(), force_scope(HERTS):
            assert {row["state"]: row["unit"] for row in export.exported()} == {
                "missed": None, "open": "Watford CID"}
            counted = figures.figures("unit")
    assert {unit: (one.missed, one.overdue) for unit, one in counted.items()} == {
        "": (1, 0), "Watford CID": (0, 1)}


def test_the_script_is_short_and_stands_alone() -> None:
    lines = SCRIPT.read_text().splitlines()
    assert len(lines) <= 100
    assert not [line for line in lines if line.startswith(("import core", "from core"))]
    assert export.COLUMNS[-4:] == ("unit", "district", "crime_type", "service_level")
