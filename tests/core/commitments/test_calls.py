"""A call counts as it happened, whenever somebody found the time to write it down."""

from __future__ import annotations

import pytest

from tests.core.commitments.stories import Story, by_rule, day


@pytest.mark.parametrize("entered", [10, 10.001, 12])
def test_a_call_that_is_written_down_later_promises_the_next_contact_and_does_not_keep_it(entered):
    story = Story()
    story.call(10, recorded=entered)
    assert by_rule(story.stands(13), "plan") == [("kept", day(10)), ("open", None)]


def test_a_call_that_is_written_down_after_a_letter_came_keeps_nothing_that_the_letter_promised():
    story = Story()
    story.entry(10)
    story.call(9, recorded=12)
    assert by_rule(story.stands(13), "plan") == [("kept", day(9)), ("kept", day(10.01)), ("open", None)]


def test_a_call_before_a_message_is_no_answer_though_it_was_written_down_after_it():
    story = Story()
    story.writes(10)
    story.call(9, recorded=11)
    assert by_rule(story.stands(12), "message") == [("open", None)]
