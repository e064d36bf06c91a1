"""The figures of a force's commitments, computed from an export of them with nothing but Python.

    trackmycrime commitments export --force hertfordshire --format csv > kept.csv
    python docs/commitments_figures.py --at 2026-04-01T00:00:00Z < kept.csv > figures.csv

--at is the moment of the export. What the columns and states mean: docs/commitments.md.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
ENDS = ("kept", "kept_late", "explained", "missed", "overdue")  # together they are what was due
GROUPS = ("rule", "kind", "district", "crime_type", "service_level", "unit", "month")
FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")


def rows_of(text: str) -> Iterator[dict[str, str]]:
    """The rows of an export, CSV or JSON Lines."""
    if text.startswith("{"):
        for line in io.StringIO(text, newline="\n"):
            yield {name: value or "" for name, value in json.loads(line).items()}
        return
    for row in csv.DictReader(io.StringIO(text, newline="")):
        yield {name: as_it_was(cell) for name, cell in row.items()}


def as_it_was(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from reading it as a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def end_of(row: dict[str, str], at: datetime) -> str | None:
    """How a commitment counts; None: it was not due."""
    if row["state"] == "open":
        return "overdue" if datetime.fromisoformat(row["due_at"]) < at else None
    return row["state"] if row["state"] in ENDS else None


def month_of(row: dict[str, str]) -> str:
    """Of the day on which it was due, in the United Kingdom."""
    return datetime.fromisoformat(row["due_at"]).astimezone(LONDON).strftime("%Y-%m")


def figures(text: str, at: datetime) -> dict[str, dict[str, Counter[str]]]:
    """Group -> value -> end -> how many."""
    found: dict[str, dict[str, Counter[str]]] = {name: defaultdict(Counter) for name in GROUPS}
    for row in rows_of(text):
        end = end_of(row, at)
        if end:
            row["month"] = month_of(row)
            for name in GROUPS:
                found[name][row[name]][end] += 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Figures of an export of commitments, as CSV.")
    parser.add_argument("--at", required=True, type=datetime.fromisoformat, metavar="MOMENT",
                        help="when it was exported, like 2026-04-01T00:00:00Z")
    at = parser.parse_args().at
    if at.tzinfo is None:
        parser.error("--at needs its time zone: put Z behind a moment in UTC")
    text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="").read()
    out = csv.writer(io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=True))
    out.writerow(["by", "value", "due", *ENDS])
    for name, values in figures(text, at).items():
        for value, ends in sorted(values.items()):
            out.writerow([name, value, ends.total(), *(ends[end] for end in ENDS)])


if __name__ == "__main__":
    main()
