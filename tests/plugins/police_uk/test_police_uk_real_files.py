"""The files that Hertfordshire Constabulary really published: every row is accounted for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.force.file.reading import read_force
from core.force.model import Force
from plugins.police_uk.events import OUTCOME, RECORDED, REOPENED, comes_back
from plugins.police_uk.files import Months, find_files, read_rows
from plugins.police_uk.names import CATEGORIES, outcome_id
from tests.plugins.police_uk.police_uk_builders import Portal, accounted

ROOT = Path(__file__).resolve().parents[3]
FILES = ROOT.parent / "shared" / "data" / "police_uk" / "csv" / "hertfordshire"
HERTS = "hertfordshire"

pytestmark = pytest.mark.skipif(
    not FILES.is_dir() and os.environ.get("CI") != "true",
    reason="the published files are not beside this checkout, in ../shared/data/police_uk",
)


@pytest.fixture(scope="module")
def force() -> Force:
    return read_force(ROOT / "forces" / HERTS / "force.toml")


@pytest.fixture(scope="module")
def crime_types(force: Force) -> dict[str, str]:
    return dict(force.plugin_settings["police_uk"]["crime_types"])


def replayed(portal: Portal, force: Force, crime_types: dict[str, str], first: str, last: str):
    return accounted(
        portal.replay(
            FILES,
            first,
            last,
            force=HERTS,
            places=force.district_of_lsoa,
            crime_types=crime_types,
        )
    )


def test_every_row_of_half_a_year_is_accounted_for(
    force: Force, crime_types: dict[str, str]
) -> None:
    told = replayed(Portal(), force, crime_types, "2021-01", "2021-06").as_json()
    assert (told["street_rows"], told["outcome_rows"]) == (48_621, 36_901)
    assert set(told["left_out"]) <= {
        "case_unknown",
        "duplicate_row",
        "no_crime_id",
        "no_district",
        "not_eligible",
    }
    assert told["left_out"]["no_crime_id"] == 12_998
    assert told["events"][RECORDED] + told["events"][OUTCOME] == told["rows_used"]


def test_violence_and_sexual_offences_are_never_taken(crime_types: dict[str, str]) -> None:
    assert "violent-crime" not in crime_types


def test_months_one_by_one_end_as_all_at_once(force: Force, crime_types: dict[str, str]) -> None:
    whole, parts = Portal(), Portal()
    replayed(whole, force, crime_types, "2021-01", "2021-04")
    for month in ("2021-01", "2021-02", "2021-03", "2021-04"):
        replayed(parts, force, crime_types, month, month)
    assert parts.state() == whole.state()
    assert replayed(parts, force, crime_types, "2021-01", "2021-04").changed_nothing


def test_sixty_three_closed_crimes_came_back_in_thirteen_months() -> None:
    seen: dict[str, list[str]] = {}
    back = set()
    for file in find_files(FILES, HERTS, Months()):
        for row in read_rows(file) if file.kind == "outcomes" else ():
            outcome = outcome_id(row.what)
            assert outcome and not row.fault
            before = seen.setdefault(row.crime_id, [])
            if comes_back(before, row.month, outcome):
                back.add(row.crime_id)
            before.append(f"{row.month} {outcome}")
    assert len(back) == 63


def test_a_crime_with_two_rows_opens_once_in_all_thirteen_months() -> None:
    portal = Portal()
    summary = accounted(
        portal.replay(
            FILES,
            force=HERTS,
            places=lambda name: "all" if name else None,
            crime_types=dict.fromkeys(CATEGORIES.values(), "any"),
        )
    )
    names = [
        event["data"]["people"][0]["id"]
        for event in portal.events.values()
        if event["type"] == RECORDED
    ]
    assert len(names) == len(set(names)) == summary.events[RECORDED]
    assert summary.left_out["duplicate_row"] >= 3_103
    assert summary.events[REOPENED] > 40
