"""Tables in which no small number can be read, nor computed from the others.

Who is known to be the only one of a district would else be found in its figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

SMALL = 5  # fewer than so many are not shown
Place = tuple[int, int]  # row, column


def without_small(table: Sequence[Sequence[int]]) -> list[list[int | None]]:
    """*table* with None where a number is hidden. The first number of each row is the sum of its others, and
    the sum of each column is known to whoever has the other tables.

    A number from 1 to 4 is hidden. In each row and column in which anything is hidden so much is hidden with
    it, the smallest first, that it is two numbers at least and 5 together: else the sum would give it away.
    """
    hidden = {(row, column) for row, numbers in enumerate(table) for column, number in enumerate(numbers)
              if 0 < number < SMALL}
    lines, before = list(_lines(table)), -1
    while before != len(hidden):  # what is hidden in a row may give away another in its column
        before = len(hidden)
        for line in lines:
            while more := _given_away(table, hidden, line):
                hidden.add(more)
    return [[None if (row, column) in hidden else number for column, number in enumerate(numbers)]
            for row, numbers in enumerate(table)]


def _given_away(table: Sequence[Sequence[int]], hidden: set[Place], line: Sequence[Place]) -> Place | None:
    """What must be hidden next in this row or column, if anything must."""
    here = [table[row][column] for row, column in line if (row, column) in hidden]
    if not here or len(here) == len(line) or (len(here) >= 2 and sum(here) >= SMALL):
        return None
    rest = (place for place in line if place not in hidden)
    return min(rest, key=lambda place: (table[place[0]][place[1]], place))


def _lines(table: Sequence[Sequence[int]]) -> Iterator[list[Place]]:
    for row, numbers in enumerate(table):
        yield [(row, column) for column in range(len(numbers))]
    for column in range(len(table[0]) if table else 0):
        yield [(row, column) for row in range(len(table))]
