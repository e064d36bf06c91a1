"""What a plugin promises because somebody asked for something is a promise like all others, to its end."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from core.base import clock
from core.commitments.models import Commitment
from core.hookspecs import Cause, CauseKind, CommitmentKind, Promised, Rule, hookimpl
from core.testing import allocated, event, recorded
from core.testing.commands import run_command
from tests.conftest import HERTS
from tests.core.commitments.stories import Story, by_rule, day
from tests.core.plugin_host.hostile import at_hertfordshire
from tests.pages import shown
from tests.people import meet, officer_browser, person_browser, take
from tests.rows import rows

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
DUE = MONDAY + timedelta(days=10)


def reviewed(cause: Cause) -> list[Promised]:
    """A made-up plugin: who reads that nobody is charged asks for a review, which is decided in ten days."""
    if cause.kind is CauseKind.ENTRY and cause.entry and cause.entry.kind == "progress":
        return [Promised(Rule.REQUEST, CommitmentKind.ANSWER, cause.known_at + timedelta(days=10))]
    return []


@pytest.fixture
def asking(app: Flask) -> Iterator[Flask]:
    with at_hertfordshire(app, commitments_from=hookimpl(reviewed)):
        with clock.travel(MONDAY):
            take(app, recorded(time="2026-03-01T08:00:00Z"), allocated(time="2026-03-01T09:00:00Z"))
            take(app, event("crime.progress", time=MONDAY.isoformat(), text="Nobody is charged."),
                 announce=True)
        yield app


def test_both_sides_read_of_it_and_it_stands_in_the_export(asking: Flask) -> None:
    [one] = rows(asking, Commitment, Commitment.rule == "request")
    assert (one.kind, one.due_at, one.shown, one.state) == ("answer", DUE, True, "open")
    met = meet(asking)
    with clock.travel(MONDAY + timedelta(days=1)):
        assert "You will hear from us by Thursday, 12 March 2026" in shown(
            person_browser(asking, met), f"/case/{met.case}")
        assert "Answer what they asked for by Thursday, 12 March 2026" in shown(
            officer_browser(asking, met.staff), f"/desk/case/{met.case}")
    table = run_command(asking, "commitments", "export", "--force", HERTS, "--format", "csv").output
    assert [(row["kind"], row["state"], row["due_at"]) for row in csv.DictReader(io.StringIO(table))
            if row["rule"] == "request"] == [("answer", "open", "2026-03-12T10:00:00Z")]


@pytest.mark.parametrize(("reached", "state"), [(True, "kept"), (False, "open")])
def test_a_call_that_reached_them_answers(asking: Flask, reached: bool, state: str) -> None:
    with clock.travel(MONDAY + timedelta(days=3)):
        take(asking, event("contact.made", time="2026-03-05T09:00:00Z", person="P1", way="phone",
                           reached=reached))
    assert [one.state for one in rows(asking, Commitment, Commitment.rule == "request")] == [state]


@pytest.mark.parametrize(("what", "stands"), [
    (lambda story: None, ("open", None)),
    (lambda story: story.entry(2), ("open", None)),  # an update says nothing of what was asked for
    (lambda story: story.answer(2), ("kept", day(2.01))),
    (lambda story: story.answer(2, lost=3), ("open", None)),
    (lambda story: story.answer(12), ("kept_late", day(12.01))),
    (lambda story: story.answer(0.5), ("open", None)),  # before they asked
    (lambda story: story.call(4), ("kept", day(4))),
    (lambda story: story.writes(2, answered=3), ("open", None)),
], ids=["nothing", "an update", "a message", "one that came back", "late", "before", "a call", "their own"])
def test_it_is_kept_by_what_they_were_told_alone(
    what: Callable[[Story], object], stands: tuple[str, datetime | None]
) -> None:
    story = Story()
    asked = story.entry(1, letter=None)

    def plugin(cause: Cause) -> list[Promised]:
        return reviewed(cause) if cause.cause_id == asked else []

    what(story)
    assert by_rule(story.stands(20, plugin), "request") == [stands]


@pytest.mark.parametrize("rule", ["requests", "", "2021/", "/arrested", "arrested"])
def test_a_rule_that_there_is_not_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=rule or "not a valid"):
        Promised(rule, CommitmentKind.ANSWER, DUE)
