"""Whom no letter reaches, or who reads nothing of a right of theirs, somebody looks for: once at a time."""

from __future__ import annotations

import pytest

from core.commitments.reckoning import reckon
from tests.core.commitments.stories import FORCE, Story, by_rule, day, law_within


def test_who_cannot_be_reached_is_looked_for_by_a_person_once_at_a_time():
    story = Story()
    story.entry(1, "arrested", lost=1.1)
    story.entry(2, "arrested", lost=2.1)
    assert by_rule(story.stands(3, law_within(4)), "portal/reach") == [("open", None)]
    story.call(2.5)
    story.entry(5, "arrested", lost=5.1)
    assert by_rule(story.stands(6, law_within(4)), "portal/reach") == [("kept", day(2.5)), ("open", None)]


@pytest.mark.parametrize(("kind", "read", "on", "found"), [
    ("arrested", None, 2.9, 0), ("arrested", None, 3.1, 1), ("arrested", 2, 10, 0), ("progress", None, 10, 0),
])
def test_news_of_a_right_that_stands_unread_for_two_days_is_told_by_a_person(kind, read, on, found):
    story = Story()
    story.entry(1, kind, read=read)
    assert len(by_rule(story.stands(on, law_within(4)), "portal/reach")) == found


@pytest.mark.parametrize("lost", [1.1, None], ids=["a letter that came back", "news unread"])
@pytest.mark.parametrize(("values", "looked_for"), [
    ({}, True), ({"locked": True}, False), ({"silent": True}, False),
    ({"offered": False, "hidden": True}, False),
], ids=str)
def test_who_is_locked_out_hidden_or_never_to_be_contacted_is_never_looked_for(values, looked_for, lost):
    story = Story(**values)
    story.entry(1, "arrested", lost=lost)
    assert bool(by_rule(story.stands(20, law_within(4)), "portal/reach")) is looked_for


@pytest.mark.parametrize(("elsewhere", "made"), [
    ([], 3.01),
    ([(2, None)], None),  # somebody looks for her already
    ([(2, 5)], 5),  # and found her: then it is the turn of this case
    ([(2, 2.5)], 3.01),
    ([(4, None)], 3.01),  # it was this case's turn first
    ([(2, 5), (5, 8)], 8),
    ([(2, 5), (5, None)], None),
    ([(3.01, None)], None),  # of two at one moment the case with the lesser id
], ids=str)
def test_one_person_is_looked_for_once_at_a_time_in_all_their_cases(elsewhere, made):
    story = Story()
    story.entry(1, "arrested", letter=0.01)
    for since, until in elsewhere:
        story.sought_elsewhere(since, until)
    found = [one for one in story.stands(9, law_within(4)) if one.rule == "portal/reach"]
    assert [one.made_at for one in found] == ([day(made)] if made else [])


def test_who_is_silent_is_asked_only_where_somebody_would_be_looked_for():
    def asked():
        raise AssertionError("nobody has to open it")
    story = Story()
    story.entry(1, "arrested", read=1.5)
    facts = story.facts()
    for one in facts.followers.values():
        one.silent = asked
    reckon(FORCE, facts, law_within(4), day(9))
