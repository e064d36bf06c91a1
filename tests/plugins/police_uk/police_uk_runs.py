"""Runs of the command that replays files, and what is in the portal after them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from core.cases.models import Access, Case, Entry, Person
from core.storage.db import db, force_scope
from plugins.police_uk.models import PoliceUkCrime
from tests.plugins.police_uk.police_uk_builders import (
    CHARGED,
    NO_SUSPECT,
    UNABLE,
    outcome,
    street,
    write,
)

Run = Callable[..., Result]


def result_json(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    rows = answer["street_rows"] + answer["outcome_rows"]
    assert rows == answer["rows_used"] + sum(answer["left_out"].values())
    return answer


def one_line(result: Result) -> str:
    (line,) = result.output.strip().splitlines()
    return line


def sample_files(folder: Path) -> Path:
    write(
        folder,
        "2021-01",
        "street",
        street("a", "2021-01"),
        street("b", "2021-01", "Bicycle theft"),
        street("c", "2021-01", "Other theft"),
        street("", "2021-01", "Anti-social behaviour"),
    )
    write(folder, "2021-02", "street", street("d", "2021-02", place="Old Vale 001B"))
    write(
        folder,
        "2021-02",
        "outcomes",
        outcome("a", "2021-02", NO_SUSPECT),
        outcome("b", "2021-02", UNABLE),
        outcome("c", "2021-02", UNABLE),
    )
    write(
        folder,
        "2021-03",
        "outcomes",
        outcome("a", "2021-03", CHARGED),
        outcome("x", "2021-03", UNABLE),
    )
    return folder


def state(app: Flask) -> list[Any]:
    """The final state as people see it, without ids and arrival times."""
    with app.app_context(), force_scope("westshire"):
        cases = {case.id: case for case in db.session.scalars(sa.select(Case))}
        entries = db.session.scalars(sa.select(Entry))
        people = {person.id: person for person in db.session.scalars(sa.select(Person))}
        access = db.session.scalars(sa.select(Access))
        crimes = db.session.scalars(sa.select(PoliceUkCrime))
        return sorted(
            [
                *(
                    ("case", c.crime_reference, c.crime_type, c.district, c.offered, c.stage)
                    for c in cases.values()
                ),
                *(
                    ("entry", cases[e.case_id].crime_reference, e.stamp, e.kind, e.outcome)
                    for e in entries
                ),
                *(
                    ("access", cases[a.case_id].crime_reference, people[a.person_id].family)
                    for a in access
                ),
                *(("crime", c.reference, c.crime_id, *c.outcomes) for c in crimes),
            ],
            key=repr,
        )
