"""Authors try their commands as an operator types them, and read why one did not end as they said."""

from __future__ import annotations

import pytest
from flask import Flask

from core.testing import run_command
from tests.conftest import AVON, HERTS
from tests.people import Met


@pytest.mark.usefixtures("met")
def test_a_command_of_the_core_answers_as_it_does_to_an_operator(app: Flask) -> None:
    assert "O1" in run_command(app, "staff", "list", "--force", HERTS, ends=0).output
    assert "O1" not in run_command(app, "staff", "list", "--force", AVON).output


def test_a_command_of_a_plugin_is_there_too(app: Flask) -> None:
    done = run_command(app, "demand", "--force", HERTS, ends=0)
    assert done.stdout.split()[:2] == ["month", "district"]


@pytest.mark.parametrize(("words", "ends", "said"), [
    (("staff", "list", "--force", "atlantis"), 0, "no such force"),
    (("staff", "list", "--force", HERTS), 1, "officer"),
    (("staff", "teach"), 0, "No such command"),
])
def test_who_said_another_end_reads_what_the_command_said(
    app: Flask, met: Met, words: tuple[str, ...], ends: int, said: str
) -> None:
    with pytest.raises(AssertionError, match=said):
        run_command(app, *words, ends=ends)
    assert run_command(app, *words).exit_code != ends


@pytest.mark.parametrize(("typed", "erased"), [("41/1/24\n", True), ("41/2/24\n", False), ("\n", False)])
def test_what_is_typed_answers_what_the_command_asks(
    app: Flask, met: Met, typed: str, erased: bool
) -> None:
    done = run_command(app, "cases", "erase", "--force", HERTS, "--reference", "41/1/24", typed=typed)
    assert (done.exit_code == 0) is erased, done.output
