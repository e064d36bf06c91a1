"""docs/way-of-a-datum.md names functions that the real requests enter, in order, and leaves out no file."""

from __future__ import annotations

import re

import pytest

from tools import datum
from tools.datum import DOCUMENT, Step, functions_of, problems, steps_of, written
from tools.rooms import ROOT
from tools.walks import Walk

Walks = dict[str, Walk]


@pytest.fixture(scope="module")
def walks() -> Walks:
    return datum.follow()


@pytest.fixture
def text() -> str:
    return (ROOT / DOCUMENT).read_text()


def test_the_way_of_a_datum_is_as_the_requests_go(text: str, walks: Walks) -> None:
    """Wrong? `.venv/bin/python -m tools.datum --write` puts right what moved, and says what is left to do."""
    assert [*problems(text, walks)] == []


def test_both_ways_go_from_the_door_to_the_page(text: str) -> None:
    parts = steps_of(text)
    assert [*parts] == ["charged", "letter", "case_page", "message", "letter_to_officer", "desk_page"]
    assert min(map(len, parts.values())) > 5 and sum(map(len, parts.values())) > 80


def line_of(text: str, words: str) -> int:
    return next(at for at, line in enumerate(text.splitlines()) if words in line)


def without(text: str, words: str) -> str:
    """Without the first line that has these words; the numbers after it are put right."""
    lines = text.splitlines()
    del lines[line_of(text, words)]
    return "\n".join(datum._numbered(lines)) + "\n"


# What is changed in the document, and what is said of which line of it.
WRONG = {
    "a function that is not there": (
        "`take_in` |", "`take_everything` |", "`take_in` |",
        "take_everything of core/intake/take_in.py is not there: name the function"),
    "a function that moved to another file": (
        "`core/intake/take_in.py` | `take_in`", "`core/intake/store.py` | `take_in`", "`take_in` |",
        "take_in of core/intake/store.py is not there: write `core/intake/take_in.py` `take_in`"),
    "a file that is not there": (
        "`core/intake/erased.py`", "`core/intake/gone.py`", "`refusals`",
        "refusals of core/intake/gone.py is not there: write `core/intake/erased.py` `refusals`"),
    "a function that the request does not enter": (
        "`take_in` |", "`retry_parked` |", "`take_in` |",
        "retry_parked of core/intake/take_in.py is there, and the request charged does not enter it"),
    "nothing said of what happens": (
        "| JSON as the contract has it |", "| |", "`parse`", "say what parse does"),
    "nothing said of what is refused": (
        "known again | – |", "known again | |", "`incoming_event`", "say what incoming_event does"),
    "a number that is another's": ("| 10 | `core", "| 9 | `core", "| 10 | `core", "is the 10th: write 10"),
}

@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named_with_its_line(what: str, text: str, walks: Walks) -> None:
    right, wrong, at, said = WRONG[what]
    assert right in text
    found = [*problems(text.replace(right, wrong, 1), walks)]
    line = f"{DOCUMENT}:{line_of(text, at) + 1}: "
    assert [one for one in found if one.startswith(line) and said in one], found


def test_steps_in_another_order_are_named(text: str, walks: Walks) -> None:
    lines = text.splitlines()
    at = line_of(text, "`take_in` |")
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    [said] = problems("\n".join(datum._numbered(lines)), walks)
    assert said.startswith(f"{DOCUMENT}:{at + 2}: take_in of core/intake/take_in.py is entered before")


@pytest.mark.parametrize(("file", "part"), [
    ("core/intake/erased.py", "charged"), ("core/cases/safe_hours.py", "letter"),
    ("core/notices/hand_over.py", "letter"), ("core/cases/stage_track.py", "case_page"),
    ("plugins/messages/routes.py", "message"), ("core/audit/trail.py", "message"),
    ("plugins/officer_desk/one_case.py", "desk_page"), ("plugins/record_feed/limits.py", "charged"),
])
def test_a_file_that_holds_the_datum_and_has_no_line_is_named(
    file: str, part: str, text: str, walks: Walks
) -> None:
    before, marked, rest = text.partition(f"<!-- followed: {part} -->")
    while any(step.file == file for step in steps_of(before + marked + rest)[part]):
        rest = without(rest, f"`{file}`")
    shorter = "\n".join(datum._numbered((before + marked + rest).splitlines())) + "\n"
    [said] = problems(shorter, walks)
    assert f"{part} enters {file} too, with `" in said and said.startswith(f"{DOCUMENT}:")


def test_a_part_that_nobody_follows_is_named(text: str, walks: Walks) -> None:
    [said] = problems(text.replace("<!-- followed: letter -->", "<!-- followed: post -->"), walks)
    assert "its parts are charged, post, case_page" in said


def test_what_moved_is_put_right_and_what_is_missing_gets_its_line(text: str, walks: Walks) -> None:
    assert written(text, walks) == text
    lines = text.replace("`core/intake/erased.py`", "`core/gone.py`").splitlines()
    at = line_of(text, "`take_in` |")
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    assert written("\n".join(lines) + "\n", walks) == text
    added = written(without(text, "`core/intake/erased.py`"), walks)
    assert steps_of(added)["charged"][12] == Step(
        at=line_of(added, "`core/intake/erased.py`"), number=13, part="charged",
        file="core/intake/erased.py", function="refusals", happens="", refuses="")
    assert re.search(r":\d+: say what refusals does", "\n".join(problems(added, walks)))


def test_functions_are_named_as_python_names_them(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = functions_of("core/intake/batch.py")
    assert {"Batch.load", "TrackedTable.load"} <= found and "load" not in found
    assert functions_of("core/not_there.py") == set()
