"""Tells the figures of a simulation: tables for a terminal, JSON, and CSV."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.base import csv_text

from .simulate_figures import LEFT_OUT, Change, Group, Result, percent, say

WIDTH = 100
PLACE = ("district", "crime_type", "month")
CREDIT = "Contains public sector information licensed under the Open Government Licence v3.0."


def tell(result: Result, *, full: bool) -> None:
    """The tables, on standard output: totals first, at most ``WIDTH`` columns wide."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    _totals(console, result)
    if result.second is not None:
        _compared(console, result, full)
    else:
        _answered(console, result, full)
    for note in result.notes():
        console.print(Text(f"Note: {note}."))
    if result.open_data:
        console.print(Text(CREDIT))


# --- totals -----------------------------------------------------------------------------------


def _totals(console: Console, result: Result) -> None:
    tally, months = result.tally, result.months()
    span = f"{months[0]} to {months[-1]}" if months else "no month"
    console.print(Text(f"{result.force.name}: who would be offered the portal", style="bold"))
    console.print(Text(f"{span}; {result.source}"))
    console.print()
    refused = tally.asked - tally.offered
    table = _table("", "rows", "share", "")
    for name, count, whole, of in (
        ("Rows read", tally.read, tally.read, ""),
        ("Left out", tally.left_out, tally.read, "of rows read"),
        ("Asked about", tally.asked, tally.read, "of rows read"),
        ("  offered", tally.offered, tally.asked, "of those asked about"),
        ("  not offered", refused, tally.asked, "of those asked about"),
    ):
        table.add_row(name, f"{count:,}", percent(count, whole), Text(of, justify="left"))
    _show(console, table)
    console.print(Text(
        f"{'Adds up' if tally.adds_up else 'DOES NOT ADD UP'}: {tally.offered:,} offered + "
        f"{refused:,} not offered + {tally.left_out:,} left out = {tally.read:,} rows read."
    ))
    console.print()


# --- one file ---------------------------------------------------------------------------------


def _answered(console: Console, result: Result, full: bool) -> None:
    if result.months():
        table = _table("By month", "rows read", "left out", "asked", "offered", "not offered",
                       "offered of asked")
        for group in result.by_month():
            table.add_row(group.key[0] or "no month in range", f"{group.asked + group.left:,}",
                          f"{group.left:,}", *_shares(group))
        _show(console, table)
    _groups(console, "By district", result.by("district"), result.district_name)
    _groups(console, "By crime type", result.by("crime_type"), result.crime_type_name)
    table = _table("By reason", "crimes", "of asked")
    for reason, count in result.reasons():
        table.add_row(say(reason), f"{count:,}", percent(count, result.tally.asked))
    _show(console, table)
    _left_out(console, result)
    if full:
        table = _wide_table("District", "Crime type", "month", "asked", "offered", "not offered",
                            "offered of asked")
        for group in result.by(*PLACE):
            table.add_row(*_names(result, group.key), *_shares(group))
        _show(console, table)


def _groups(console: Console, title: str, groups: Iterable[Group], name: Any) -> None:
    table = _table(title, "asked", "offered", "not offered", "offered of asked")
    for group in groups:
        table.add_row(name(group.key[0]), *_shares(group))
    _show(console, table)


def _left_out(console: Console, result: Result) -> None:
    if not result.tally.left_out:
        return
    table = _table("Left out, not asked about", "category", "rows", "of rows read")
    table.columns[1].justify = "left"
    for reason, what, count in result.left_out():
        table.add_row(say(reason), what, f"{count:,}", percent(count, result.tally.read))
    _show(console, table)


def _shares(group: Group) -> tuple[str, str, str, str]:
    return (f"{group.asked:,}", f"{group.offered:,}", f"{group.asked - group.offered:,}",
            percent(group.offered, group.asked))


# --- two files --------------------------------------------------------------------------------


def _compared(console: Console, result: Result, full: bool) -> None:
    total = result.total_change()
    console.print(Text(
        f"With {result.other_name}: {total.before:,} offered now, +{total.gained:,} added, "
        f"-{total.lost:,} taken away = {total.after:,} offered then."
    ))
    console.print()
    if not (total.gained or total.lost):
        console.print(Text("The same crimes would be offered."))
        console.print()
        return
    for title, field, name in (
        ("By month", "month", str), ("By district", "district", result.district_name),
        ("By crime type", "crime_type", result.crime_type_name),
    ):
        table = _table(title, "offered now", "added", "taken away", "offered then")
        for change in result.changes(field):
            table.add_row(name(change.key[0]), *_change(change))
        _show(console, table)
    names = PLACE if full else PLACE[:2]
    table = _wide_table("District", "Crime type", *(("month",) if full else ()), "offered now",
                        "added", "taken away", "offered then")
    for change in result.changes(*names):
        if change.gained or change.lost:
            table.add_row(*_names(result, change.key), *_change(change))
    _show(console, table)


def _change(change: Change) -> tuple[str, str, str, str]:
    return (f"{change.before:,}", f"+{change.gained:,}" if change.gained else "0",
            f"-{change.lost:,}" if change.lost else "0", f"{change.after:,}")


# --- the one style ----------------------------------------------------------------------------


def _table(first: str, *others: str) -> Table:
    """Words on the left, figures on the right, one rule under the head."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(first, min_width=26)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _wide_table(first: str, second: str, *others: str) -> Table:
    table = _table(first, second, *others)
    table.columns[0].min_width, table.columns[1].justify = 16, "left"
    return table


def _show(console: Console, table: Table) -> None:
    console.print(table)
    console.print()


def _names(result: Result, key: Sequence[str]) -> list[str]:
    return [result.district_name(key[0]), result.crime_type_name(key[1]), *key[2:]]


# --- for machines -----------------------------------------------------------------------------


def as_json(result: Result) -> dict[str, Any]:
    """Everything that the tables tell, and the whole table by district, crime type and month."""
    tally = result.tally
    left: dict[str, int] = dict.fromkeys(LEFT_OUT, 0)
    for reason, _, count in result.left_out():
        left[reason] += count
    told: dict[str, Any] = {
        "force": result.force.id, "source": result.source, "files": result.files,
        "months": result.months(), "rows_read": tally.read, "left_out": tally.left_out,
        "asked": tally.asked, "offered": tally.offered, "not_offered": tally.asked - tally.offered,
        "adds_up": tally.adds_up,
        "reasons": dict(result.reasons()), "left_out_reasons": {k: n for k, n in left.items() if n},
        "by_month": [{**g.as_json(["month"]), "left_out": g.left} for g in result.by_month()],
        "by_district": [g.as_json(["district"]) for g in result.by("district")],
        "by_crime_type": [g.as_json(["crime_type"]) for g in result.by("crime_type")],
        "cells": [dict(zip(ROWS, row, strict=True)) for row in _rows(result)],
        "notes": result.notes(), "faults": list(result.faults),
    }
    if result.second is not None:
        total = result.total_change()
        told["comparison"] = {
            "with": result.other, **total.as_json(()),
            "cells": [change.as_json(PLACE) for change in result.changes(*PLACE)],
        }
    if result.open_data:
        told["credit"] = CREDIT
    return told


ROWS = ("district", "crime_type", "month", "answer", "reason", "category", "rows")


def _rows(result: Result) -> list[tuple[str, str, str, str, str, str, int]]:
    """Every row read is in one of these, and in one only."""
    cells = [
        (c.district, c.crime_type, c.month, "offered" if c.offered else "not_offered", c.reason,
         "", count) for c, count in sorted(result.tally.cells.items())
    ]
    return cells + [
        ("", "", one.month, "left_out", one.reason, one.what, count)
        for one, count in sorted(result.tally.left.items())
    ]


def as_csv(result: Result) -> str:
    """Of one file: the rows of ``ROWS``. Of two: what changes by district, crime type, month."""
    if result.second is None:
        return csv_text(ROWS, _rows(result))
    names = Change((), 0, 0, 0).as_json(())
    changes = result.changes(*PLACE)
    return csv_text((*PLACE, *names), (change.as_json(PLACE).values() for change in changes))
