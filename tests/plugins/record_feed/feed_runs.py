"""Runs of the commands of the feed, and what they told."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result

from core.testing import allocated, recorded

Run = Callable[..., Result]


def lines_of(count: int) -> list[dict[str, Any]]:
    events = [recorded(f"41/{number}/24") for number in range(1, count + 1)]
    return events + [allocated(f"41/{number}/24") for number in range(1, count + 1)]


def written(path: Path, *lines: Any) -> Path:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix.lower() == ".gz" else text.encode())
    return path


def take(run: Run, path: Path, *more: str) -> Result:
    return run("feed", "import", path, "--source", "backfill", *more)


def result_json(result: Result) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    assert answer["lines"] == (
        answer["accepted"]
        + answer["repeated"]
        + answer["parked"]
        + sum(answer["left_out"].values())
    )
    return answer


def one_line(result: Result, exit_code: int = 1) -> str:
    assert result.exit_code == exit_code, result.output
    (line,) = result.output.strip().splitlines()
    assert line.startswith(("trackmycrime: ", "Error: "))
    return line
