"""No test and no assertion is lost unseen: the count that is taken before and after a move."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.assertions import counted, losses, main

TESTS = '''
import pytest

def test_one():
    assert 1
    with pytest.raises(ValueError):
        int("x")

class TestPages:
    def test_two(self, page):
        expect(page).to_be_visible()
        looks_well(page)
        {}.get("x")

async def test_three():
    def inner():
        assert 2
    inner()
'''
HELPERS = '''
def looks_well(page):
    really(page)

def really(page):
    assert page and page.text
    assert page.h1

def get(page):
    assert page

def harmless(page):
    return page
'''


def count(tests: str = TESTS, helpers: str = HELPERS) -> dict[str, dict[str, list[int]]]:
    return counted([(tests, True), (helpers, False)])


def test_what_a_test_asserts_itself_by_the_browser_and_by_a_helper_of_a_helper_counts() -> None:
    assert count() == {
        "tests": {"TestPages.test_two": [2], "test_one": [2], "test_three": [1]},
        "helpers": {"get": [1], "really": [2]},
    }


def test_a_move_to_another_file_loses_nothing() -> None:
    head, moved = TESTS.split("async def")
    assert losses(count(), counted([(f"async def{moved}", True), (head, True), (HELPERS, False)])) == []


LOST = {
    "a test": (TESTS.replace("def test_one", "def no_test_one"), HELPERS, "test_one: 0 of 1 are left"),
    "an assertion": (TESTS.replace("    assert 1\n", ""), HELPERS, "test_one: asserted 2, asserts 1"),
    "an error that is expected": (TESTS.replace("with pytest.raises(ValueError)", "if True"), HELPERS,
                                  "test_one: asserted 2, asserts 1"),
    "what the browser expects": (TESTS.replace("expect(page)", "page"), HELPERS,
                                 "TestPages.test_two: asserted 2, asserts 1"),
    "the call of a helper": (TESTS.replace("looks_well", "harmless"), HELPERS,
                             "TestPages.test_two: asserted 2, asserts 1"),
    "all that a helper asserts": (TESTS, HELPERS.replace("really(page)\n\ndef", "pass\n\ndef", 1),
                                  "TestPages.test_two: asserted 2, asserts 1"),
    "a part of what a helper asserts": (TESTS, HELPERS.replace("    assert page.h1\n", ""),
                                        "the helper really: asserted 2, asserts 1"),
    "an assertion within": (TESTS.replace("        assert 2", "        pass"), HELPERS,
                            "test_three: asserted 1, asserts 0"),
}


@pytest.mark.parametrize("what", LOST)
def test_a_loss_is_told(what: str) -> None:
    tests, helpers, told = LOST[what]
    assert losses(count(), count(tests, helpers)) == [told]


def test_two_tests_of_one_name_are_two() -> None:
    twice = [(TESTS, True), (TESTS, True), (HELPERS, False)]
    assert len(losses(counted(twice), count())) == 3
    fewer = [(TESTS, True), (TESTS.replace("    assert 1\n", ""), True), (HELPERS, False)]
    assert losses(counted(twice), counted(fewer)) == ["test_one: asserted 2 and 2, asserts 1 and 2"]
    assert losses(count(), counted(twice)) == []


def test_the_command_ends_with_1_when_something_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tests/rooms").mkdir(parents=True)
    here, kept = tmp_path / "tests/rooms/test_pages.py", tmp_path / "kept.json"
    (tmp_path / "tests/helpers.py").write_text(HELPERS)
    here.write_text(TESTS)
    command = ["--root", str(tmp_path)]
    assert main([*command, "--save", str(kept)]) == 0
    assert main([*command, "--compare", str(kept)]) == 0
    assert capsys.readouterr().out.startswith("3 tests, 5 assertions in them\n2 helpers, 3 ")
    here.rename(tmp_path / "tests/test_elsewhere.py")
    assert main([*command, "--compare", str(kept)]) == 0
    (tmp_path / "tests/test_elsewhere.py").rename(tmp_path / "tests/no_tests.py")
    assert main([*command, "--compare", str(kept)]) == 1
    assert "test_one: 0 of 1 are left" in capsys.readouterr().out
