"""What people in Scotland are promised to be told: by its own law, its own days, and no number shown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.hookspecs import CommitmentKind, EntryCodes
from plugins import victims_code_scotland as law
from plugins.victims_code_scotland.clock import CODES, NO_NEWS_OF_THE_CODE
from tests.plugins.clocks import (
    because_of,
    codes_without_one_duty,
    dues,
    force_in,
    opened_keys,
    outcome_of,
)

HERE = force_in("Scotland")
RECORDED = EntryCodes("recorded", stage="recorded")


ROWS = [
    (RECORDED, "ack_written", CommitmentKind.ACKNOWLEDGEMENT),
    (RECORDED, "needs_assessment", CommitmentKind.NEEDS_ASSESSMENT),
    (RECORDED, "support_referral", CommitmentKind.SUPPORT_REFERRAL),
    *((entry, key, CommitmentKind.RELEASE if key == "released" else CommitmentKind.TOLD) for entry, key in (
        (EntryCodes("progress", stage="not_investigating"), "no_investigation"),
        (EntryCodes("progress", stage="no_further_action"), "investigation_ended"),
        (outcome_of(CODES, "no_suspect"), "investigation_ended"),
        (EntryCodes("arrested"), "suspect_news"), (EntryCodes("interviewed"), "suspect_news"),
        (EntryCodes("bail_changed"), "suspect_news"),
        (EntryCodes("released", release_kind="undertaking"), "released"),
        (EntryCodes("charged", stage="charged"), "charged"), (outcome_of(CODES, "prosecution"), "charged"),
        (outcome_of(CODES, "recorded_police_warning"), "out_of_court"),
        (EntryCodes("progress", stage="out_of_court"), "out_of_court"),
        (outcome_of(CODES, "fiscal_fine"), "fiscal_measure"),
        (outcome_of(CODES, "no_action"), "not_prosecuted"),
        (EntryCodes("hearing", stage="court"), "hearing_details"),
        (EntryCodes("court_result", outcome="guilty"), "case_outcome"),
        (outcome_of(CODES, "prison"), "case_outcome"),
    )),
]


@pytest.mark.parametrize(("entry", "key", "kind"), ROWS)
@pytest.mark.parametrize(("at", "last_day"), [
    ("2026-06-02", date(2026, 6, 5)),
    ("2026-06-05", date(2026, 6, 10)),  # over a weekend
    ("2026-12-24", date(2026, 12, 31)),  # 25 and 28 December
    ("2026-12-30", date(2027, 1, 6)),  # 1 January, and 2 January on the Monday after
    ("2026-04-02", date(2026, 4, 8)),  # Good Friday; Easter Monday is no bank holiday there
    ("2026-10-23T23:30", date(2026, 10, 28)),  # over the end of summer time
])
@pytest.mark.parametrize("enhanced_since", [None, "2026-01-01"])
def test_each_right_has_its_day_and_shows_no_number_at_both_levels_of_service(
    entry: EntryCodes, key: str, kind: CommitmentKind, at: str, last_day: date, enhanced_since: str | None
) -> None:
    promised = law.commitments_from(HERE, because_of(entry, at, enhanced_since=enhanced_since))
    assert dues(promised)[f"2015/{key}"] == last_day
    assert {one.rule: one.kind for one in promised}[f"2015/{key}"] is kind
    assert not any(one.shown for one in promised)


def test_every_row_that_opens_a_promise_is_shown_here() -> None:
    assert {key for _, key, _ in ROWS} == opened_keys(law.CLOCK)


@pytest.mark.parametrize(("entry", "last_day"), [
    (EntryCodes("hearing"), date(2026, 6, 11)), (EntryCodes("court_result"), date(2026, 6, 11)),
    (EntryCodes("arrested"), date(2026, 6, 5)),
])
def test_of_a_court_the_term_counts_from_when_it_was_received(entry: EntryCodes, last_day: date) -> None:
    late = because_of(entry, "2026-06-02", known_at="2026-06-08")
    assert [*dues(law.commitments_from(HERE, late)).values()] == [last_day]


@pytest.mark.parametrize("entry", [entry for entry, *_ in ROWS])
@pytest.mark.parametrize("nation", ["England", "Wales", "Great Britain", "Northern Ireland"])
def test_it_promises_nothing_where_another_law_holds(entry: EntryCodes, nation: str) -> None:
    assert law.commitments_from(force_in(nation), because_of(entry, "2026-06-02")) == []


def test_before_it_was_in_force_it_promises_nothing() -> None:
    begins = law.CLOCK.editions[0].in_force_from
    assert law.commitments_from(HERE, because_of(RECORDED, begins.isoformat()))
    day_before = (begins - timedelta(days=1)).isoformat()
    assert law.commitments_from(HERE, because_of(RECORDED, day_before)) == []


@pytest.mark.parametrize("entry", [
    EntryCodes("allocated", stage="allocated"), EntryCodes("amended"), EntryCodes("progress"),
    EntryCodes("progress", stage="investigating"),
])
def test_other_news_is_no_right(entry: EntryCodes) -> None:
    assert law.commitments_from(HERE, because_of(entry, "2026-06-02")) == []


def test_each_outcome_that_may_be_sent_is_news_of_one_right() -> None:
    left_out = {(scheme, code) for scheme, codes in NO_NEWS_OF_THE_CODE.items() for code in codes}
    assert set(codes_without_one_duty(law, HERE)) == left_out
