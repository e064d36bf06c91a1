"""Letters are removed after a while; what they kept stands, and what they opened is still to be done."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from tests.core.commitments.stories import Kept, Story, by_rule, day, law_within

ARREST = "law/arrested"


def rows(found):
    """As they would stand in the database."""
    return [Kept(UUID(int=900 + n), one.rule, one.cause_id, one.kind, one.made_at, one.due_at, one.shown,
                 None, one.state, one.ended_at) for n, one in enumerate(found)]


def test_what_was_kept_stands_when_its_letters_are_removed_and_the_next_contact_is_still_owed():
    story = Story()
    story.entry(1, "arrested")
    story.writes(2, answered=3)
    story.answer(3)
    story.entry(40)
    before = story.stands(60, law_within(4))
    story.rows, story.letters = rows(before), []
    assert story.stands(90, law_within(4)) == before


def test_a_letter_that_comes_back_opens_what_it_kept_though_that_stood_as_kept():
    story = Story()
    entry = story.entry(1, "arrested")
    story.rows, story.letters = rows(story.stands(2, law_within(4))), []
    story.letter(entry, 1, 1.01, lost=2)
    found = story.stands(3, law_within(4))
    assert by_rule(found, ARREST) == [("open", None)]
    assert by_rule(found, "plan") == [("open", None)]


def test_a_letter_that_came_back_opens_nothing_again_when_it_is_removed():
    story = Story()
    entry = story.entry(5, letter=None)
    story.letter(entry, 5, 5.01)
    kept = rows(story.stands(5.5))
    assert [(one.rule, one.state) for one in kept] == [("plan", "kept"), ("plan", "open")]
    story.letters = []
    story.letter(entry, 5, 5.01, lost=6)
    story.rows = came_back(kept)
    lost = story.stands(7)
    story.letters = []
    assert by_rule(story.stands(9), "plan") == by_rule(lost, "plan") == [("open", None)]


def came_back(kept):
    """The rows of a letter's day 5, as they stand when it came back on day 6."""
    before, after = kept
    return [replace(before, state="open", ended_at=None), replace(after, state="superseded", ended_at=day(6))]


def test_news_that_she_reads_long_after_its_letter_came_back_promises_the_next_contact_from_then_on():
    story = Story()
    entry = story.entry(5, letter=None)
    story.letter(entry, 5, 5.01)
    story.rows = came_back(rows(story.stands(5.5)))
    story.letters = []
    story.letter(entry, 5, 5.01, lost=6)
    story.reads(60)
    first, following = [one for one in story.stands(61) if one.rule == "plan"]
    assert (first.state, following.state) == ("kept_late", "open")
    assert following.due_at > day(61)


@pytest.mark.parametrize(("call", "stands"), [(None, ("open", None)), (200, ("kept_late", day(200)))])
def test_who_is_to_be_reached_is_looked_for_when_the_letter_that_came_back_is_kept_no_more(call, stands):
    story = Story()
    story.entry(1, "arrested", lost=1.1)
    story.rows, story.letters = rows(story.stands(2, law_within(4))), []
    if call:
        story.call(call)
    assert by_rule(story.stands(201, law_within(4)), "portal/reach") == [stands]


def test_whose_letter_comes_back_after_they_were_reached_for_it_is_looked_for_again():
    story = Story()
    story.entry(1, "arrested")
    story.call(4)
    story.rows = rows(story.stands(5, law_within(4)))
    assert by_rule(story.stands(5, law_within(4)), "portal/reach") == [("kept", day(4))]
    story.letters = [replace(story.letters[0], lost_at=day(20))]
    assert by_rule(story.stands(21, law_within(4)), "portal/reach") == [("open", None)]


def test_who_reads_again_what_a_letter_told_that_is_kept_no_more_changes_nothing_of_what_was_promised():
    story = Story()
    story.entry(1, letter=None)
    story.entry(1, letter=0.02)
    story.entry(20)
    story.reads(30)
    before = story.stands(60)
    story.rows, story.letters = rows(before), []
    assert story.stands(60) == before
    story.call(70)
    assert story.stands(71)[:-2] == before[:-1]
