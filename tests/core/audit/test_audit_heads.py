"""Heads of the audit that leave the database: what is told, read again, and known at a start."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.audit import export
from core.audit.export import Head, HeadsUnreadable, append_heads, changed, read_file
from core.base import clock

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HEADS = [Head("one", 3, b"\x01", NOW), Head("two", 9, b"\xff", NOW)]


def test_heads_are_read_as_they_were_written_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "heads"
    with clock.travel(NOW):
        append_heads(file, HEADS)
        append_heads(file, [])
        append_heads(file, HEADS[:1])
    assert list(read_file(file)) == [*HEADS, HEADS[0]]
    lines = file.read_text().splitlines()
    assert lines[0] == '{"at": "2024-06-12T12:00:00+00:00", "heads": {"one": [3, "01"], "two": [9, "ff"]}}'
    assert json.loads(lines[1])["heads"] == {}
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text(file.read_text() + '{"at": "2024-06')  # a machine stopped here
    with clock.travel(NOW):
        append_heads(file, HEADS[1:])
    assert list(read_file(file)) == [*HEADS, HEADS[0], HEADS[1]]


@pytest.mark.parametrize("line", [
    "x", "{}", "[]", '{"at": "2024-06-12T12:00:00", "heads": {}}',
    '{"at": "2024-06-12T12:00:00+00:00", "heads": {"one": [3]}}',
    '{"at": "2024-06-12T12:00:00+00:00", "heads": {"one": [3, "zz"]}}',
    '{"at": "yesterday", "heads": {}}', '{"heads": {"one": [3, "01"]}}'])
def test_what_is_no_line_of_heads_is_named_with_its_place(tmp_path: Path, line: str) -> None:
    file = tmp_path / "heads"
    with clock.travel(NOW):
        append_heads(file, HEADS)
    file.write_text(f"{file.read_text()}{line}\n")
    with pytest.raises(HeadsUnreadable, match="heads:2: not a line of heads"):
        list(read_file(file))


def outside(file: Path, *forces: str) -> dict[str, int]:
    """What a start of a portal with these forces knows from the file."""
    return export.heads_outside(file, forces)


def tell(file: Path, days_ago: int, **numbers: int) -> None:
    with clock.travel(NOW - days_ago * DAY):
        append_heads(file, [Head(force, number, b"x", clock.now()) for force, number in numbers.items()])


def test_a_start_reads_the_last_month_of_the_heads_and_further_only_for_a_quiet_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "heads"
    file.write_text("of long ago, and no line of ours\n")
    tell(file, 400, one=90, quiet=3)
    tell(file, 32, one=80)
    tell(file, 30, one=7)
    tell(file, 20, one=9, two=2)
    tell(file, 1, one=8)  # of a database that was restored, say
    assert outside(file, "one", "two") == {"one": 9, "two": 2}
    assert outside(file, "one", "quiet") == {"one": 90, "two": 2, "quiet": 3}
    assert outside(file, "one", "never") == {"one": 90, "two": 2, "quiet": 3}  # with a warning
    assert outside(tmp_path / "none", "one") == {}


@pytest.mark.parametrize("block", [1, 7, 64, 10_000])
def test_the_newest_heads_are_read_whole_however_much_is_read_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    file = tmp_path / "heads"
    for number in range(1, 8):
        tell(file, 7 - number, one=number, two=10 * number)
        file.write_text(file.read_text() + ('{"at": "2024-06' if number % 3 == 0 else ""))
    monkeypatch.setattr(export, "BLOCK", block)
    numbers = [json.loads(line)["heads"]["one"][0] for line in export._last_first(file)]
    assert numbers == [head.number for head in read_file(file) if head.force == "one"][::-1]
    assert numbers == [7, 6, 5, 4, 3, 2, 1]


def test_only_what_is_not_the_last_told_is_told() -> None:
    one, two = HEADS
    assert changed(HEADS, {}) == HEADS
    assert changed(HEADS, {"one": one}) == [two]
    assert changed(HEADS, {"one": Head("one", 3, b"\x02", NOW), "two": two}) == [one]
