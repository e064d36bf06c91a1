"""Rows become events: each row is accounted for, and any way of running ends in the same state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plugins.police_uk.events import OUTCOME, RECORDED, REOPENED, comes_back
from tests.plugins.police_uk.police_uk_builders import (
    CHARGED,
    NO_SUSPECT,
    UNABLE,
    Portal,
    accounted,
    crime_id,
    outcome,
    street,
    write,
)


def kinds(portal: Portal, name: str) -> list[str]:
    """The types of a crime's events in the order in which people read them."""
    events, _ = portal.state()
    return [
        e["type"].split(".")[3]
        for e in events
        if e["data"].get("incident_reference") == crime_id(name)
        or e["id"].startswith(crime_id(name))
    ]


def test_a_street_row_opens_a_case_with_a_made_up_victim(tmp_path: Path) -> None:
    write(tmp_path, "2021-07", "street", street("a", "2021-07"))
    portal = Portal()
    accounted(portal.replay(tmp_path))
    (event,) = portal.events.values()
    person = event["data"].pop("people")[0]
    assert person["made_up"] is True and person["role"] == "victim"
    assert event == {
        "specversion": "1.0",
        "id": f"{crime_id('a')}/recorded",
        "source": "police.uk/westshire",
        "type": RECORDED,
        "time": "2021-07-01T00:00:00+01:00",
        "subject": "W/1/21",
        "datacontenttype": "application/json",
        "sequence": "0",
        "data": {
            "crime_type": "burglary-residential",
            "district": "north",
            "reported_at": "2021-07-01T00:00:00+01:00",
            "incident_reference": crime_id("a"),
            "time_precision": "month",
        },
    }


def test_an_outcome_row_is_told_with_its_month(tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "street", street("a", "2021-01"))
    write(tmp_path, "2021-02", "outcomes", outcome("a", "2021-02", CHARGED))
    portal = Portal()
    summary = accounted(portal.replay(tmp_path))
    event = portal.events[f"{crime_id('a')}/2021-02/charged"]
    assert event["type"] == OUTCOME and event["time"] == "2021-02-01T00:00:00+00:00"
    assert event["data"] == {"outcome": "charged", "scheme": "police_uk", "time_precision": "month"}
    assert summary.as_json()["events"] == {RECORDED: 1, OUTCOME: 1}


def test_events_hold_nothing_but_json(tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "street", street("a", "2021-01"))
    portal = Portal()
    portal.replay(tmp_path)
    for event in portal.events.values():
        assert json.loads(json.dumps(event)) == event


def test_each_row_that_is_left_out_has_its_reason(tmp_path: Path) -> None:
    write(
        tmp_path,
        "2021-01",
        "street",
        street("a", "2021-01"),
        street("", "2021-01", "Anti-social behaviour"),
        street("a", "2021-01"),
        street("violent", "2021-01", "Violence and sexual offences"),
        street("nowhere", "2021-01", place=""),
        street("away", "2021-01", place="Maidstone 014D"),
        street("late", "2021-05"),
        "not,a,row",
    )
    write(
        tmp_path,
        "2021-02",
        "outcomes",
        outcome("a", "2021-02", UNABLE),
        outcome("a", "2021-02", UNABLE),
        outcome("violent", "2021-02", UNABLE),
        outcome("nowhere", "2021-02", UNABLE),
        outcome("away", "2021-02", UNABLE),
        outcome("never heard of", "2021-02", UNABLE),
        outcome("a", "2022-02", UNABLE),
        outcome("a", "2021-02", "Abducted by owls"),
    )
    summary = accounted(Portal().replay(tmp_path, "2021-01", "2021-03"))
    told = summary.as_json()
    assert (told["street_rows"], told["outcome_rows"], told["rows_used"]) == (8, 8, 2)
    assert told["left_out"] == {
        "case_unknown": 1,
        "duplicate_row": 2,
        "no_crime_id": 1,
        "no_district": 4,
        "not_eligible": 2,
        "outside_range": 2,
        "unreadable": 2,
    }
    assert summary.has_problems
    assert any("line 9: 3 fields" in fault for fault in summary.faults)
    assert any("Abducted by owls" in fault for fault in summary.faults)


def test_a_former_district_is_its_successor_and_names_may_hold_commas(tmp_path: Path) -> None:
    write(
        tmp_path,
        "2021-01",
        "street",
        street("a", "2021-01", place="Old Vale 010E"),
        street("b", "2021-01", place="Ports, Quays and Poole 003A"),
    )
    portal = Portal()
    portal.replay(tmp_path)
    assert [e["data"]["district"] for e in portal.events.values()] == ["north", "ports"]


def test_a_crime_first_without_a_place_opens_from_the_row_that_has_one(tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "street", street("a", "2021-01", place=""), street("a", "2021-01"))
    write(tmp_path, "2021-01", "outcomes", outcome("a", "2021-01", UNABLE))
    portal = Portal()
    first = accounted(portal.replay(tmp_path))
    assert first.as_json()["left_out"] == {"no_district": 1}
    assert kinds(portal, "a") == ["recorded", "outcome"]
    assert accounted(portal.replay(tmp_path)).as_json()["left_out"] == {"no_district": 1}


def test_a_second_row_of_a_crime_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "street", street("a", "2021-01"), street("a", "2021-01", place=""))
    write(tmp_path, "2021-02", "street", street("a", "2021-02", "Bicycle theft"))
    portal = Portal()
    assert accounted(portal.replay(tmp_path)).left_out == {"duplicate_row": 2}
    assert len(portal.events) == 1
    assert accounted(portal.replay(tmp_path, "2021-02")).left_out == {"duplicate_row": 1}
    assert len(portal.events) == 1


def test_references_count_upwards_within_each_year(tmp_path: Path) -> None:
    write(tmp_path, "2021-12", "street", street("c", "2021-12"), street("d", "2021-12"))
    write(tmp_path, "2021-11", "street", street("a", "2021-11"), street("b", "2021-11"))
    write(tmp_path, "2022-01", "street", street("e", "2022-01"))
    portal = Portal()
    portal.replay(tmp_path)
    references = {name: portal.events[f"{crime_id(name)}/recorded"]["subject"] for name in "abcde"}
    assert references == {"a": "W/1/21", "b": "W/2/21", "c": "W/3/21", "d": "W/4/21", "e": "W/1/22"}


@pytest.mark.parametrize("closing", [NO_SUSPECT, UNABLE])
def test_a_closed_crime_that_is_charged_later_is_reopened_first(
    tmp_path: Path, closing: str
) -> None:
    write(tmp_path, "2021-01", "street", street("a", "2021-01"))
    write(tmp_path, "2021-02", "outcomes", outcome("a", "2021-02", closing))
    write(tmp_path, "2021-04", "outcomes", outcome("a", "2021-04", CHARGED))
    portal = Portal()
    summary = accounted(portal.replay(tmp_path))
    assert kinds(portal, "a") == ["recorded", "outcome", "reopened", "outcome"]
    assert summary.events[REOPENED] == 1
    reopened = portal.events[f"{crime_id('a')}/2021-04/reopened"]
    assert reopened["time"] == "2021-04-01T00:00:00+01:00" and reopened["data"] == {
        "time_precision": "month"
    }


def test_a_crime_closed_in_another_way_stays_closed(tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "street", street("a", "2021-01"))
    write(tmp_path, "2021-02", "outcomes", outcome("a", "2021-02", NO_SUSPECT))
    write(tmp_path, "2021-04", "outcomes", outcome("a", "2021-04", UNABLE))
    portal = Portal()
    portal.replay(tmp_path)
    assert kinds(portal, "a") == ["recorded", "outcome", "outcome"]


@pytest.mark.parametrize(
    ("before", "month", "now", "expected"),
    [
        ([], "2021-02", "charged", False),
        (["2021-01 no-further-action"], "2021-02", "charged", True),
        (["2021-01 no-further-action"], "2021-01", "charged", False),
        (["2021-03 no-further-action"], "2021-02", "charged", False),
        (["2021-01 no-further-action", "2021-02 charged"], "2021-03", "cautioned", False),
        (["2021-01 charged", "2021-02 unable-to-prosecute"], "2021-03", "cautioned", True),
        (["2021-01 no-further-action", "2021-01 charged"], "2021-03", "cautioned", False),
        (["2021-01 charged", "2021-01 no-further-action"], "2021-03", "cautioned", False),
        (
            ["2021-01 no-further-action", "2021-01 unable-to-prosecute"],
            "2021-03",
            "cautioned",
            True,
        ),
        (["2021-01 no-further-action"], "2021-03", "unable-to-prosecute", False),
    ],
)
def test_whether_the_police_came_back(
    before: list[str], month: str, now: str, expected: bool
) -> None:
    assert comes_back(before, month, now) is expected
    assert comes_back(list(reversed(before)), month, now) is expected


def test_two_outcomes_of_one_month_reopen_once_whatever_their_order(tmp_path: Path) -> None:
    rows = [
        outcome("a", "2021-03", CHARGED),
        outcome("a", "2021-03", "Local resolution"),
        outcome("a", "2021-03", UNABLE),
    ]
    states = []
    for number, order in enumerate((rows, rows[::-1])):
        folder = tmp_path / str(number)
        write(folder, "2021-01", "street", street("a", "2021-01"))
        write(folder, "2021-02", "outcomes", outcome("a", "2021-02", NO_SUSPECT))
        write(folder, "2021-03", "outcomes", *order)
        portal = Portal()
        accounted(portal.replay(folder))
        states.append(portal.state())
    assert states[0] == states[1]
    assert kinds(portal, "a") == [
        "recorded",
        "outcome",
        "reopened",
        "outcome",
        "outcome",
        "outcome",
    ]


def test_a_limit_leaves_out_the_other_crimes_and_their_outcomes(tmp_path: Path) -> None:
    write(
        tmp_path,
        "2021-01",
        "street",
        *[street(str(n), "2021-01") for n in range(5)],
        street("v", "2021-01", "Drugs"),
    )
    write(tmp_path, "2021-02", "outcomes", *[outcome(str(n), "2021-02", UNABLE) for n in range(5)])
    portal = Portal()
    first = accounted(portal.replay(tmp_path, limit=2))
    assert first.left_out == {"over_limit": 6, "not_eligible": 1}
    assert first.events == {RECORDED: 2, OUTCOME: 2}
    assert accounted(portal.replay(tmp_path, limit=2)).changed_nothing
    accounted(portal.replay(tmp_path))
    whole = Portal()
    whole.replay(tmp_path)
    assert portal.state() == whole.state()


def test_only_cases_that_people_can_open_are_counted_by_category(tmp_path: Path) -> None:
    write(
        tmp_path,
        "2021-01",
        "street",
        street("a", "2021-01"),
        street("b", "2021-01", "Bicycle theft"),
    )
    portal, silent = Portal(), Portal()
    silent.offered = False
    assert portal.replay(tmp_path).as_json()["cases_by_category"] == {
        "bicycle-theft": 1,
        "burglary": 1,
    }
    told = silent.replay(tmp_path).as_json()
    assert (told["cases_by_category"], told["accepted"]) == ({}, 2)


def test_an_event_that_is_refused_leaves_its_row_out(tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "street", street("a", "2021-01"), street("b", "2021-01"))
    portal = Portal()
    portal.events[f"{crime_id('a')}/recorded"] = {"type": "something else"}
    summary = accounted(portal.replay(tmp_path))
    assert summary.left_out == {"conflict": 1} and summary.rows_used == 1
    assert summary.has_problems and crime_id("a") in summary.faults[0]
