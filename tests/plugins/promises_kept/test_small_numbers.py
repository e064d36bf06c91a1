"""Nobody is found in a small number, nor by taking the others from the sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.promises_kept.small_numbers import SMALL, without_small

ROW = st.lists(st.integers(0, 12), min_size=5, max_size=5).map(lambda ends: [sum(ends), *ends])


@pytest.mark.parametrize(("table", "shown"), [
    ([[50, 40, 10, 0, 0, 0]], [[50, 40, 10, 0, 0, 0]]),
    ([[4, 4, 0, 0, 0, 0]], [[None, None, 0, 0, 0, 0]]),
    ([[12, 10, 2, 0, 0, 0]], [[12, None, None, None, None, None]]),
    ([[0, 0, 0, 0, 0, 0]], [[0, 0, 0, 0, 0, 0]]),
    ([], []),
])
def test_a_table_is_shown_without_what_is_small(
    table: list[list[int]], shown: list[list[int | None]]
) -> None:
    assert without_small(table) == shown


@given(st.lists(ROW, min_size=1, max_size=6))
def test_no_sum_gives_a_small_number_away(table: list[list[int]]) -> None:
    shown = without_small(table)
    lines = [*zip(table, shown, strict=True),
             *zip(zip(*table, strict=True), zip(*shown, strict=True), strict=True)]
    for numbers, seen in lines:
        hidden = [number for number, one in zip(numbers, seen, strict=True) if one is None]
        assert all(one is None or one == 0 or one >= SMALL for one in seen)
        assert not hidden or len(hidden) == len(seen) or (len(hidden) >= 2 and sum(hidden) >= SMALL)


def test_what_is_large_enough_stays() -> None:
    table = [[100 * n, 50 * n, 20 * n, 10 * n, 10 * n, 10 * n] for n in range(1, 5)]
    assert without_small(table) == table
