"""A case ends and begins again: what was about its going on ends with it, and nobody is owed nothing."""

from __future__ import annotations

from datetime import date

import pytest

from core.hookspecs import CommitmentKind, Promised
from tests.core.commitments.stories import StageId, Story, by_rule, day


def test_what_was_promised_before_its_end_a_case_takes_with_it():
    story = Story(stage=StageId.CLOSED)
    story.entry(1, promised_by=date(2026, 3, 20))
    story.entry(5, "outcome", stage=StageId.CLOSED, letter=None)
    assert by_rule(story.stands(40), "word") == [("withdrawn", day(5))]
    assert by_rule(story.stands(40), "plan") == [("kept", day(1.01)), ("withdrawn", day(5))]


def test_the_news_of_the_end_is_still_contact():
    story = Story(stage=StageId.CLOSED)
    story.entry(5, "outcome", stage=StageId.CLOSED)
    assert by_rule(story.stands(40), "plan") == [("kept", day(5.01))]


def test_what_was_overdue_when_a_case_ended_stays_until_she_hears_of_it():
    story = Story(stage=StageId.CLOSED)
    story.entry(1, promised_by=date(2026, 3, 10))
    story.entry(20, "outcome", stage=StageId.CLOSED, letter=None)
    assert by_rule(story.stands(40), "word") == [("open", None)]
    story.call(41)
    assert by_rule(story.stands(42), "word") == [("kept_late", day(41))]


def test_a_case_that_is_opened_again_promises_contact_though_its_letter_was_lost():
    story = Story()
    story.entry(5, "outcome", stage=StageId.CLOSED)
    story.entry(100, "reopened", stage=StageId.REOPENED, lost=101)
    assert by_rule(story.stands(102), "plan")[-1] == ("open", None)


END, AGAIN = ("outcome", StageId.CLOSED), ("reopened", StageId.REOPENED)


@pytest.mark.parametrize(("news", "stage", "stands"), [
    # when it was taken in, when it happened, what it says
    ([(5, 5, END), (9, 9, AGAIN)], StageId.REOPENED, ["withdrawn", "open"]),
    ([(5, 5, END), (9, 9, ("progress", StageId.DECISION))], StageId.DECISION, ["withdrawn", "open"]),
    ([(5, 5, END), (9, 9, ("charged", StageId.CHARGED))], StageId.CHARGED, ["withdrawn", "open"]),
    ([(5, 5, END), (9, 9, ("arrested", StageId.SUSPECT_ACTION))], StageId.SUSPECT_ACTION,
     ["withdrawn", "open"]),
    ([(5, 5, END), (9, 9, ("allocated", StageId.ALLOCATED))], StageId.CLOSED, ["withdrawn"]),
    ([(5, 5, END), (9, 9, AGAIN), (20, 20, END)], StageId.CLOSED, ["withdrawn", "withdrawn"]),
    ([(5, 4, AGAIN), (9, 3, END)], StageId.REOPENED, ["open"]),  # as known here it never was closed
    ([(5, 4, END), (9, 3, AGAIN)], StageId.CLOSED, ["withdrawn"]),
    ([(5, 3, END), (5, 4, AGAIN)], StageId.REOPENED, ["open"]),  # both at once, in either order
    ([(5, 4, AGAIN), (5, 3, END)], StageId.REOPENED, ["open"]),
], ids=str)
def test_who_follows_a_case_is_owed_contact_whenever_it_is_open_whatever_opened_it(news, stage, stands):
    story = Story(stage=stage)
    for entered, happened, (kind, where) in news:
        story.entry(entered, kind, happened=happened, stage=where, letter=None)
    assert [state for state, _ in by_rule(story.stands(25), "plan")] == stands


def test_a_case_that_was_closed_as_it_came_promises_nothing_of_its_going_on():
    def law(cause):
        if cause.entry and cause.entry.kind == "recorded":
            yield Promised("law/needs", CommitmentKind.NEEDS_ASSESSMENT, day(2))

    together, apart = Story(stage=StageId.CLOSED), Story(stage=StageId.CLOSED)
    for story, closed in ((together, 0), (apart, 1)):
        story.entry(0, "recorded", letter=None)
        story.entry(closed, "outcome", stage=StageId.CLOSED, letter=None)
        assert by_rule(story.stands(9, law), "law/needs") == [("withdrawn", day(closed))]


def test_a_day_that_is_named_as_a_case_ends_is_promised_all_the_same():
    story = Story(stage=StageId.CLOSED)
    story.entry(5, stage=StageId.CLOSED, promised_by=date(2026, 3, 20), letter=None)
    assert by_rule(story.stands(9), "word") == [("open", None)]


def test_a_letter_that_tells_of_what_opened_it_too_is_a_contact_after_which_the_next_is_owed():
    story = Story(stage=StageId.INVESTIGATING)
    story.entry(5, "outcome", stage=StageId.CLOSED)
    story.entry(9, stage=StageId.INVESTIGATING, letter=None)
    story.entry(12)
    assert by_rule(story.stands(20), "plan")[-2:] == [("kept", day(12.01)), ("open", None)]
