"""Running again, bit by bit, or after a kill: the state at the end is always the same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.police_uk.events import REOPENED
from tests.plugins.police_uk.police_uk_builders import (
    CHARGED,
    NO_SUSPECT,
    UNABLE,
    Portal,
    accounted,
    busy_year,
    outcome,
    street,
    write,
)


def test_running_again_repeats_everything_and_says_so(tmp_path: Path) -> None:
    busy_year(tmp_path)
    portal = Portal()
    first, state = accounted(portal.replay(tmp_path)), portal.state()
    again = accounted(portal.replay(tmp_path))
    assert not first.changed_nothing and again.changed_nothing
    assert (again.accepted, again.repeated) == (0, first.accepted)
    assert again.left_out == first.left_out and again.events == first.events
    assert portal.state() == state


@pytest.mark.parametrize("batches", range(12))
def test_a_run_killed_anywhere_and_started_again_ends_the_same(
    tmp_path: Path, batches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.police_uk.replay.BATCH", 20)
    busy_year(tmp_path)
    undisturbed, killed = Portal(), Portal()
    undisturbed.replay(tmp_path)
    killed.replay(tmp_path, stop_after=batches * 3)
    accounted(killed.replay(tmp_path))
    assert killed.state() == undisturbed.state()


def test_ranges_run_one_after_the_other_end_as_one_run(tmp_path: Path) -> None:
    busy_year(tmp_path)
    whole, parts = Portal(), Portal()
    whole.replay(tmp_path)
    for first, last in (("2021-01", "2021-03"), ("2021-04", "2021-04"), ("2021-05", "2021-12")):
        accounted(parts.replay(tmp_path, first, last))
    assert parts.state() == whole.state()
    assert sum(e["type"] == REOPENED for e in whole.events.values()) > 3


def test_the_same_month_downloaded_again_in_another_order_changes_nothing(tmp_path: Path) -> None:
    busy_year(tmp_path)
    portal = Portal()
    portal.replay(tmp_path)
    state = portal.state()
    for path in tmp_path.glob("*.csv"):
        header, *rows = path.read_text().splitlines()
        random.Random(path.name).shuffle(rows)  # noqa: S311
        path.write_text("\n".join([header, *rows, ""]))
    again = accounted(portal.replay(tmp_path))
    assert again.changed_nothing and portal.state() == state


def test_the_same_files_twice_below_the_folder_count_once(tmp_path: Path) -> None:
    for copy in ("a", "b"):
        write(tmp_path / copy, "2021-01", "street", street("a", "2021-01"))
        write(tmp_path / copy, "2021-01", "outcomes", outcome("a", "2021-01", UNABLE))
    portal = Portal()
    assert accounted(portal.replay(tmp_path)).left_out == {"duplicate_row": 2}
    assert len(portal.events) == 2


OUTCOMES_DRAWN = st.tuples(
    st.integers(0, 5),
    st.integers(1, 6),
    st.sampled_from([NO_SUSPECT, UNABLE, CHARGED, "Local resolution"]),
)
STREETS_DRAWN = st.tuples(
    st.integers(0, 5),
    st.sampled_from(["Burglary", "Drugs", "Bicycle theft"]),
    st.sampled_from(["North Vale 001A", "", "Elsewhere 002B"]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(STREETS_DRAWN, max_size=10),
    st.lists(OUTCOMES_DRAWN, max_size=25),
    st.integers(1, 5),
    st.integers(0, 8),
)
def test_any_files_cut_and_killed_anywhere_end_in_one_state(
    tmp_path_factory: pytest.TempPathFactory,
    streets: list[tuple[int, str, str]],
    outcomes: list[tuple[int, int, str]],
    cut: int,
    stop: int,
) -> None:
    folder = tmp_path_factory.mktemp("drawn")
    write(
        folder,
        "2021-01",
        "street",
        *[street(str(n), "2021-01", what, place) for n, what, place in streets],
    )
    for month in range(1, 7):
        name = f"2021-{month:02d}"
        write(
            folder,
            name,
            "outcomes",
            *[outcome(str(n), name, what) for n, m, what in outcomes if m == month],
        )
    whole, parts = Portal(), Portal()
    accounted(whole.replay(folder))
    parts.replay(folder, None, f"2021-{cut:02d}", stop_after=stop)
    accounted(parts.replay(folder, None, f"2021-{cut:02d}"))
    accounted(parts.replay(folder, f"2021-{cut + 1:02d}", None))
    assert parts.state() == whole.state()
    assert accounted(parts.replay(folder)).accepted == 0
