"""What an error of ours says of itself, as it stands in a log or after `trackmycrime:`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.base.csv import NotCsv
from core.base.typed_day import NotADay
from core.force.file.toml_text import NotText
from core.force.reference import PatternFault
from core.intake import updates
from core.intake.shapes import NotUnderstood
from core.notices.letters import Withhold
from plugins.mergers.merging import CannotMerge
from plugins.oversight.break_glass import ReasonProblem
from plugins.record_feed.problems import Refused
from plugins.record_feed.strict_json import NotJson
from plugins.sign_in.rules import TooSoon
from plugins.your_account.desk import Slip

SAID: list[tuple[Exception, str]] = [
    (updates.UpdateProblem({"text": "too_long", "stage": "unknown"}), "text: too_long, stage: unknown"),
    (ReasonProblem({"words": "missing"}), "words: missing"),
    (Withhold("no email", datetime(2026, 11, 23, tzinfo=UTC)), "no email"),
    (NotADay(), "not a day"),
    (NotADay("month"), "not a month"),
    (CannotMerge(["one", "two"]), "one\ntwo"),
    (NotCsv("a quote does not end", 3), "a quote does not end"),
    (PatternFault("no group", "name it"), "no group"),
    (NotText("not UTF-8", "save it so", 2), "not UTF-8"),
    (NotUnderstood("no such stage", "/data/stage", "unknown"), "no such stage"),
    (Slip("email"), "email"),
    (TooSoon(30), "30 seconds"),
    (Refused("too-many", "In a minute.", wait=60), "too-many"),
    (NotJson("two keys are the same", "/data"), "two keys are the same"),
]


@pytest.mark.parametrize(("problem", "words"), SAID, ids=[type(one).__name__ for one, _ in SAID])
def test_a_problem_says_what_is_wrong_and_nothing_else(problem: Exception, words: str) -> None:
    assert str(problem) == words
