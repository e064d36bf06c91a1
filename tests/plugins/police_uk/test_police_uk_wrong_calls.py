"""What an operator is told of a wrong call, of unreadable files, and of settings that name nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.plugin_host.host import UnknownForce
from tests.plugins.police_uk.police_uk_builders import outcome, street, write
from tests.plugins.police_uk.police_uk_runs import Run, one_line, result_json, sample_files, state


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "January"], "--from January: not a month; write it like 2021-01"),
        (["--to", "2021-13"], "--to 2021-13: not a month"),
        (["--from", "2021-02", "--to", "2021-01"], "--from 2021-02 is after --to 2021-01"),
        (["--people", "/nowhere/at/all.csv"], "/nowhere/at/all.csv"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(
    replay: Run, tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = replay(sample_files(tmp_path), *arguments)
    assert result.exit_code == 2 and said in one_line(result)


def test_a_missing_folder_is_told_in_one_line(replay: Run, tmp_path: Path) -> None:
    result = replay(tmp_path / "nothing")
    assert result.exit_code == 2 and "no such folder" in one_line(result)


def test_an_unknown_force_is_told_with_those_there_are(replay: Run, tmp_path: Path) -> None:
    with pytest.raises(UnknownForce, match=r"no such force here; there are: .*westshire"):
        replay(tmp_path, force="atlantis")


def test_a_file_that_cannot_be_read_leaves_nothing_half_done(
    replay: Run, westshire: Flask, tmp_path: Path
) -> None:
    sample_files(tmp_path)
    path = write(tmp_path, "2021-05", "outcomes", outcome("a", "2021-05", "Café"))
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    result = replay(tmp_path)
    assert result.exit_code == 1
    assert str(path) in one_line(result) and "line 2 is not UTF-8" in one_line(result)
    assert state(westshire) == []


def test_an_operator_who_stops_it_is_told_how_to_go_on(
    replay: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*args: Any, **kwargs: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("plugins.police_uk.cli.take_in", stopped)
    result = replay(sample_files(tmp_path))
    assert result.exit_code == 1 and "run the same command again" in one_line(result)


def test_unreadable_rows_are_named_and_the_rest_is_taken_in(replay: Run, tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "street", street("a", "2021-01"), "half,a,row")
    result = replay(tmp_path, "--json")
    assert result.exit_code == 1
    assert "line 3: 3 fields" in result.stderr
    assert json.loads(result.stdout)["left_out"] == {"unreadable": 1}


def test_settings_name_only_categories_and_crime_types_there_are() -> None:
    from core.force.file.reading import build_force
    from plugins.police_uk import SETTINGS
    from tests.core.force.force_texts import GOOD

    force = build_force(GOOD)
    wrong = SETTINGS(crime_types={"burglery": "bicycle-theft", "burglary": "bycicle-theft"})
    assert [(".".join(key), right) for key, _, right in wrong.problems_with(force)] == [
        ("crime_types.burglery", "“burglary”"), ("crime_types.burglary", "“bicycle-theft”"),
    ]
    good = SETTINGS(crime_types={"bicycle-theft": "bicycle-theft"})
    assert list(good.problems_with(force)) == []


def test_the_names_of_the_files_are_those_of_the_shared_lists() -> None:
    from core.force.vocabulary import CATEGORIES
    from plugins.police_uk import names
    from plugins.victims_code.schemes import POLICE_UK_OUTCOMES

    assert set(names.CATEGORIES.values()) == set(CATEGORIES)
    assert set(names.OUTCOMES.values()) == set(POLICE_UK_OUTCOMES)
    assert all(names.category_id(name.upper()) == given for name, given in names.CATEGORIES.items())
    assert names.outcome_id("Offender given penalty notice") == "penalty-notice-issued"


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path, replay: Run) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    result_json(replay(sample_files(tmp_path / "files"), "--write-events", pipe, "--json"))
    assert pipe.is_fifo()
    assert os.read(reader, 1_000_000).startswith(b"{")
    os.close(reader)
