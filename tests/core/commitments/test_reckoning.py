"""What was promised to people stands as they lived it: kept by what they could receive, by nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hookspecs import CommitmentKind, Promised
from tests.core.commitments.stories import StageId, Story, by_rule, day, law_within, london

ARREST = "law/arrested"


# --- she is told of news ------------------------------------------------------------------------------


@pytest.mark.parametrize(("letter", "lost", "read", "call", "reads", "stands"), [
    (0.01, None, None, None, None, ("kept", day(1.01))),
    (5.0, None, None, None, None, ("kept_late", day(6))),  # the mail service was away for days
    (None, None, None, None, None, ("open", None)),
    (None, None, None, 2, None, ("kept", day(2))),
    (None, None, None, None, 3, ("kept", day(3))),
    (0.01, 1.5, None, None, None, ("open", None)),  # it came back: she could not know
    (0.01, 1.5, None, 7, None, ("kept_late", day(7))),
    (0.01, 1.5, 4, None, None, ("kept", day(4))),  # the address lied, she had read it
], ids=str)
def test_news_is_told_when_she_could_receive_it(letter, lost, read, call, reads, stands):
    story = Story()
    story.entry(1, "arrested", letter=letter, lost=lost, read=read)
    if call:
        story.call(call)
    if reads:
        story.reads(reads)
    assert by_rule(story.stands(20, law_within(4)), ARREST) == [stands]


@pytest.mark.parametrize(("what", "stands"), [
    (lambda story: story.call(0.5), "open"),  # before the news was known
    (lambda story: story.call(2, reached=False), "open"),
    (lambda story: story.reads(0.5), "open"),
    (lambda story: story.answer(2), "open"),  # a letter that somebody answered says nothing of an arrest
    (lambda story: story.entry(2), "kept"),  # a later letter leads to the page where all news stands
], ids=["an earlier call", "a call in vain", "an earlier look", "an answer", "later news"])
def test_what_does_not_speak_of_the_news_does_not_tell_it(what, stands):
    story = Story()
    story.entry(1, "arrested", letter=None)
    what(story)
    assert by_rule(story.stands(3, law_within(4)), ARREST)[0][0] == stands


def test_news_of_the_past_that_nobody_announces_promises_nothing():
    story = Story()
    story.entry(0, "arrested", happened=-40, announced=False)
    assert by_rule(story.stands(1, law_within(4)), ARREST) == []


def test_news_that_came_late_counts_from_its_day_and_was_told_late():
    story = Story()
    story.entry(10, "arrested", happened=1)
    assert by_rule(story.stands(11, law_within(4)), ARREST) == [("kept_late", day(10.01))]


@pytest.mark.parametrize(("call", "stands"), [
    (None, "open"), ((2, "release"), "kept"), ((0.5, "release"), "open")], ids=str)
def test_a_release_is_told_as_all_news_is_and_by_a_call_about_it(call, stands):
    def law(cause):
        if cause.entry and cause.entry.kind == "released":
            yield Promised("law/released", CommitmentKind.RELEASE, day(5))

    told, untold = Story(), Story()
    told.entry(1, "released")
    assert by_rule(told.stands(9, law), "law/released") == [("kept", day(1.01))]
    untold.entry(1, "released", letter=None)
    if call:
        untold.call(*call)
    assert by_rule(untold.stands(9, law), "law/released")[0][0] == stands


@pytest.mark.parametrize(("call", "stands"), [
    (-300, ("open", None)),  # about something else, or a slip of the pen: the crime was reported a day before
    (-0.5, ("kept", day(-0.5))), (1, ("kept", day(1))), (6, ("kept_late", day(6)))], ids=str)
def test_what_is_done_in_a_call_is_done_from_the_day_of_the_report_on(call, stands):
    def law(cause):
        if cause.entry and cause.entry.kind == "recorded":
            yield Promised("law/needs", CommitmentKind.NEEDS_ASSESSMENT, day(2))

    story = Story()
    story.entry(0, "recorded", letter=None)
    story.call(call, "needs_assessment", recorded=max(call, 1))
    assert by_rule(story.stands(9, law), "law/needs") == [stands]


# --- she hears from us again ---------------------------------------------------------------------------


def test_from_the_first_day_on_she_is_owed_the_next_contact():
    [first] = Story().stands(1)
    assert (first.rule, first.state, london(first.due_at)) == ("plan", "open", date(2026, 3, 30))


@pytest.mark.parametrize(("call", "recorded", "stands"), [
    (-2, 1, ("open", None)),  # they spoke before anything was promised: that is recorded with the case
    (3, 9, ("kept", day(3))), (20, 40, ("kept", day(20))), (33, 40, ("kept_late", day(33)))], ids=str)
def test_a_call_counts_from_when_they_spoke_whenever_it_was_recorded(call, recorded, stands):
    story = Story()
    story.call(call, recorded=recorded)
    found = by_rule(story.stands(41), "plan")
    assert found[0] == stands
    assert found[-1] == ("open", None)


def test_who_spoke_with_her_before_she_wrote_has_not_answered_though_it_is_recorded_after():
    story = Story()
    story.writes(5)
    story.call(4, recorded=6)
    assert by_rule(story.stands(7), "message") == [("open", None)]
    story.call(6.5)
    assert by_rule(story.stands(7), "message") == [("kept", day(6.5))]


def test_a_day_off_at_the_end_of_the_rhythm_brings_it_forward():
    story = Story()
    story.call(4)  # Friday; 28 days on is Good Friday
    assert [london(one.due_at) for one in story.stands(5)] == [date(2026, 3, 30), date(2026, 4, 2)]


def test_each_contact_keeps_the_promise_before_it_and_makes_the_next():
    story = Story()
    story.entry(10)
    story.call(30)
    story.entry(70, explains=True)
    assert by_rule(story.stands(71), "plan") == [
        ("kept", day(10.01)), ("kept", day(30)), ("kept_late", day(70.01)), ("open", None)]


def test_nothing_new_and_why_explains_in_time_and_is_late_after_it():
    for told, stands in ((20, "explained"), (40, "kept_late")):
        story = Story()
        story.entry(told, explains=True)
        assert by_rule(story.stands(41), "plan")[0] == (stands, day(told + 0.01))


def test_an_officers_word_is_a_promise_of_its_own_beside_the_plan():
    story = Story()
    story.entry(1, promised_by=date(2026, 3, 10))
    assert by_rule(story.stands(5), "word") == [("open", None)]
    assert by_rule(story.stands(9), "word") == [("open", None)]  # overdue is open: it does not vanish
    story.entry(10)
    assert by_rule(story.stands(11), "word") == [("kept_late", day(10.01))]


def test_a_word_for_a_day_that_was_over_when_it_came_promises_nothing():
    story = Story()
    story.entry(20, happened=1, promised_by=date(2026, 3, 10), announced=False)
    assert by_rule(story.stands(21), "word") == []


@pytest.mark.parametrize(("named", "closed", "stands"), [
    (date(2026, 3, 10), False, [("open", None)]),  # the day is still to come
    (date(2026, 2, 27), False, []),  # it was over
    (date(2026, 3, 10), True, []),  # the case had been closed, and that took it along
])
def test_who_follows_later_was_promised_what_is_still_to_come(named, closed, stands):
    story = Story(stage=StageId.CLOSED if closed else StageId.INVESTIGATING)
    story.entry(-9, promised_by=named)
    if closed:
        story.entry(-5, "outcome", stage=StageId.CLOSED)
    assert by_rule(story.stands(1), "word") == stands


def test_an_update_that_did_not_reach_her_keeps_nothing_and_does_not_move_the_day():
    story = Story()
    story.entry(10, lost=11)
    assert by_rule(story.stands(12), "plan") == [("open", None)]
    assert by_rule(story.stands(10.5), "plan") == [("open", None)]  # as it will be read: the bounce is a fact


# --- who is on the case -------------------------------------------------------------------------------


@pytest.mark.parametrize(("removed", "stands"), [(3, "withdrawn"), (40, "missed")])
def test_who_leaves_the_case_is_owed_nothing_more_and_what_was_late_was_missed(removed, stands):
    story = Story(removed_at=day(removed))
    assert by_rule(story.stands(50), "plan") == [(stands, day(removed))]


@pytest.mark.parametrize(
    ("offered", "hidden", "count"), [(True, False, 1), (False, True, 1), (False, False, 0)])
def test_a_case_hidden_for_safety_is_still_somebodys_duty_and_one_not_offered_nobodys(offered, hidden, count):
    assert len(Story(offered=offered, hidden=hidden).stands(1)) == count


# --- she asks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("happens", "stands"), [
    (lambda s: s.answer(2), ("kept", day(2.01))),
    (lambda s: s.answer(2, lost=3), ("open", None)),
    (lambda s: s.entry(2), ("kept", day(2.01))),  # an update answers, as everywhere
    (lambda s: None, ("withdrawn", day(2))),  # it needs no answer, somebody said
], ids=["answer", "answer that came back", "update", "none needed"])
def test_what_she_wrote_is_owed_an_answer(happens, stands):
    story = Story()
    story.writes(1, answered=2)
    happens(story)
    assert by_rule(story.stands(10), "message") == [stands]


def test_a_call_answers_too_and_until_then_it_is_owed_though_the_case_is_closed():
    story = Story(stage=StageId.CLOSED)
    story.entry(0, "outcome", stage=StageId.CLOSED)
    story.writes(1)
    [asked] = [one for one in story.stands(30) if one.rule == "message"]
    assert (asked.state, london(asked.due_at)) == ("open", date(2026, 3, 6))
    story.call(31)
    assert by_rule(story.stands(32), "message") == [("kept_late", day(31))]


def test_who_helps_her_is_owed_an_answer_and_no_news():
    story = Story(role="parent")
    her = story.facts()
    assert [one.id for one in her.owed()] == list(her.followers)  # nobody else is there
    her.followers[next(iter(her.followers))].role = "victim"
    assert len(her.owed()) == 1


# --- whatever the order ---------------------------------------------------------------------------------

_DAYS = st.floats(0, 60).map(lambda value: round(value, 2))
_HAPPENINGS = st.lists(st.tuples(
    st.sampled_from((
        "entry", "arrested", "lost", "unsent", "call", "late call", "tried", "reads", "writes", "answer",
        "ends", "again", "goes on")), _DAYS),
    max_size=12)


def _of_news(happenings: list[tuple[str, float]]) -> Story:
    story = Story()
    for what, on in happenings:
        {"entry": lambda on: story.entry(on, explains=int(on) % 2 == 0),
         "arrested": lambda on: story.entry(on, "arrested", promised_by=london(day(on + 9))),
         "lost": lambda on: story.entry(on, "arrested", lost=on + 1),
         "unsent": lambda on: story.entry(on, letter=None), "call": lambda on: story.call(on),
         "late call": lambda on: story.call(on - 9, recorded=on),
         "ends": lambda on: story.entry(on, "outcome", stage=StageId.CLOSED, happened=on - int(on) % 7),
         "again": lambda on: story.entry(on, "reopened", stage=StageId.REOPENED),
         "goes on": lambda on: story.entry(on, stage=StageId.INVESTIGATING, letter=None),
         "tried": lambda on: story.call(on, reached=False), "reads": story.reads,
         "writes": lambda on: story.writes(on, answered=on + 3 if on > 30 else None), "answer": story.answer,
         }[what](on)
    stages = sorted((one.at, one.id, one.stage) for one in story.news if one.stage)
    story.stage = stages[-1][2] if stages else story.stage
    return story


@given(_HAPPENINGS, st.randoms(use_true_random=False))
def test_the_order_in_which_it_is_heard_of_changes_nothing(happenings, random):
    story = _of_news(happenings)

    def shuffled(rows):
        random.shuffle(rows)
        return rows

    assert story.stands(61, law_within(4), shuffled) == story.stands(61, law_within(4))


@given(_HAPPENINGS)
def test_who_follows_an_open_case_is_always_owed_something_and_everything_due_has_one_end(happenings):
    story = _of_news(happenings)
    found = story.stands(61, law_within(4))
    assert story.stage is StageId.CLOSED or any(one.rule == "plan" and one.state == "open" for one in found)
    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert (one.ended_at is None) == (one.state == "open")
        if one.state in ("kept", "explained", "superseded", "withdrawn"):
            assert one.ended_at <= one.due_at
        elif one.state in ("kept_late", "missed"):
            assert one.ended_at > one.due_at
    due = [one for one in found if one.due_at <= day(61) and one.state not in ("superseded", "withdrawn")]
    ends = Counter(one.state.value for one in due)
    assert sum(ends[state] for state in ("kept", "kept_late", "explained", "missed", "open")) == len(due)
