"""What the Victims' Code of 2021 promises people in England and Wales, row by row."""

from __future__ import annotations

from datetime import date

import pytest

from core.hookspecs import CommitmentKind, EntryCodes
from plugins import victims_code
from plugins.victims_code.news_codes import NO_NEWS_OF_THE_CODE
from tests.plugins.clocks import (
    because_of,
    codes_without_one_duty,
    dues,
    force_in,
    opened_keys,
    outcome_of,
    shown_dues,
)

ENGLAND = force_in("England")
# What happens on Thursday 24 December 2026: 25 and 28 December and 1 January are bank holidays.
CHRISTMAS_EVE = "2026-12-24"
ONE, TWO, FIVE = date(2026, 12, 29), date(2026, 12, 30), date(2027, 1, 5)
FIVE_DAYS = date(2026, 12, 29)
RECORDED = EntryCodes("recorded", stage="recorded")
BY_POLICE_UK = "police_uk"


ROWS = [  # what happened, the right, its last day for everyone and under the enhanced service, if it is shown
    (RECORDED, "ack_written", TWO, TWO, False, False),
    (RECORDED, "needs_assessment", TWO, TWO, False, False),
    (RECORDED, "support_referral", TWO, TWO, True, True),
    (RECORDED, "vps_offer", TWO, TWO, False, False),
    (EntryCodes("progress", stage="not_investigating"), "no_investigation", FIVE, ONE, True, True),
    (EntryCodes("arrested"), "arrested", FIVE, ONE, True, True),
    (EntryCodes("interviewed"), "interviewed_caution", FIVE, ONE, True, True),
    (EntryCodes("released", release_kind="no_further_action"), "released_no_charge", FIVE, ONE, True, True),
    (EntryCodes("released", release_kind="bail"), "released_bail_rui", FIVE, ONE, True, True),
    (EntryCodes("released", release_kind="under_investigation"), "released_bail_rui", FIVE, ONE, True, True),
    (EntryCodes("released"), "released_bail_rui", FIVE, ONE, True, True),
    (EntryCodes("bail_changed"), "bail_changed", FIVE, ONE, True, True),
    (EntryCodes("charged", stage="charged"), "charged", FIVE_DAYS, ONE, True, True),
    (outcome_of(None, "1"), "charged", FIVE_DAYS, ONE, True, True),
    (outcome_of(BY_POLICE_UK, "charged"), "charged", FIVE_DAYS, ONE, True, True),
    (EntryCodes("progress", stage="charged"), "charged", FIVE_DAYS, ONE, True, True),
    (outcome_of(None, "3"), "out_of_court", FIVE_DAYS, ONE, True, True),
    (outcome_of(BY_POLICE_UK, "penalty-notice-issued"), "out_of_court", FIVE_DAYS, ONE, True, True),
    (outcome_of(None, "15"), "not_prosecuted", FIVE, ONE, True, False),
    (outcome_of(BY_POLICE_UK, "unable-to-prosecute"), "not_prosecuted", FIVE, ONE, True, False),
    (EntryCodes("progress", stage="no_further_action"), "not_prosecuted", FIVE, ONE, True, False),
    (outcome_of(None, "18"), "investigation_ended", FIVE, ONE, False, False),
    (EntryCodes("hearing", stage="court"), "hearing_details", ONE, ONE, True, True),
    (EntryCodes("court_result", stage="result"), "case_outcome", ONE, ONE, True, True),
    (EntryCodes("court_result", outcome="guilty"), "case_outcome", ONE, ONE, True, True),
    (outcome_of(BY_POLICE_UK, "not-guilty"), "case_outcome", ONE, ONE, True, True),
    (EntryCodes("court_result", outcome="sentenced"), "sentence", ONE, ONE, True, True),
    (outcome_of(BY_POLICE_UK, "imprisoned"), "sentence", ONE, ONE, True, True),
    (EntryCodes("court_result", outcome="fined", scheme=BY_POLICE_UK), "sentence", ONE, ONE, True, True),
]


@pytest.mark.parametrize(("entry", "key", "standard", "enhanced", "shown", "enhanced_shown"), ROWS)
def test_each_right_has_its_day_at_both_levels_of_service(
    entry: EntryCodes, key: str, standard: date, enhanced: date, shown: bool, enhanced_shown: bool
) -> None:
    told = standard if shown else None
    for since, last_day, told_day in ((None, standard, told),
                                      ("2026-12-01", enhanced, enhanced if enhanced_shown else told)):
        cause = because_of(entry, CHRISTMAS_EVE, enhanced_since=since)
        promised = victims_code.commitments_from(ENGLAND, cause)
        assert dues(promised)[f"2021/{key}"] == last_day
        assert shown_dues(promised)[f"2021/{key}"] == told_day


def test_every_row_that_opens_a_promise_is_shown_here() -> None:
    assert {key for _, key, *_ in ROWS} == opened_keys(victims_code.CLOCK)


@pytest.mark.parametrize(("entry", "standard", "enhanced"), [  # on Tuesday 2 June 2026
    (EntryCodes("charged"), date(2026, 6, 7), (date(2026, 6, 3), date(2026, 6, 7))),  # a Sunday: all days
    (outcome_of(None, "8"), date(2026, 6, 7), (date(2026, 6, 3), date(2026, 6, 7))),
    (EntryCodes("arrested"), date(2026, 6, 9), (date(2026, 6, 3), date(2026, 6, 3))),
])
def test_a_charge_and_what_takes_a_courts_place_have_days_and_not_working_days(
    entry: EntryCodes, standard: date, enhanced: tuple[date, date]
) -> None:
    """The sooner day is kept to; of the enhanced service people are told the day that was confirmed."""
    for since, expected in ((None, (standard, standard)), ("2026-06-01", enhanced)):
        cause = because_of(entry, "2026-06-02", enhanced_since=since)
        promised = victims_code.commitments_from(ENGLAND, cause)
        assert (*dues(promised).values(), *shown_dues(promised).values()) == expected


def test_when_a_crime_is_recorded_four_things_are_to_be_done() -> None:
    promised = victims_code.commitments_from(ENGLAND, because_of(RECORDED, "2026-06-02"))
    assert {one.rule: one.kind for one in promised} == {
        "2021/ack_written": CommitmentKind.ACKNOWLEDGEMENT,
        "2021/needs_assessment": CommitmentKind.NEEDS_ASSESSMENT,
        "2021/support_referral": CommitmentKind.SUPPORT_REFERRAL,
        "2021/vps_offer": CommitmentKind.STATEMENT_OFFERED,
    }


@pytest.mark.parametrize("entry", [entry for entry, *_ in ROWS if entry is not RECORDED])
def test_all_other_news_is_to_be_told_once(entry: EntryCodes) -> None:
    (promised,) = victims_code.commitments_from(ENGLAND, because_of(entry, "2026-06-02"))
    released = entry.kind == "released"
    assert promised.kind is (CommitmentKind.RELEASE if released else CommitmentKind.TOLD)


@pytest.mark.parametrize(("entry", "last_day"), [
    (EntryCodes("hearing"), date(2026, 6, 9)),
    (EntryCodes("court_result"), date(2026, 6, 9)),
    (EntryCodes("arrested"), date(2026, 6, 9)),
    (outcome_of(None, "3"), date(2026, 6, 7)),
])
def test_of_a_court_the_term_counts_from_when_the_witness_care_unit_received_it(
    entry: EntryCodes, last_day: date
) -> None:
    late = because_of(entry, "2026-06-02", known_at="2026-06-08")
    assert [*dues(victims_code.commitments_from(ENGLAND, late)).values()] == [last_day]


def test_an_arrest_of_which_the_portal_hears_weeks_later_was_due_by_its_own_day() -> None:
    late = because_of(EntryCodes("arrested"), "2026-05-01", known_at="2026-06-08")
    # 4 May is a bank holiday.
    assert dues(victims_code.commitments_from(ENGLAND, late)) == {"2021/arrested": date(2026, 5, 11)}


def test_before_the_code_of_2021_nothing_is_promised_by_it() -> None:
    assert victims_code.commitments_from(ENGLAND, because_of(RECORDED, "2021-03-31T23:59")) == []
    assert victims_code.commitments_from(ENGLAND, because_of(RECORDED, "2021-04-01T00:00"))


@pytest.mark.parametrize(("nation", "promises"), [
    ("England", True), ("Wales", True), ("Great Britain", True), ("Scotland", False),
    ("Northern Ireland", False),
])
def test_the_code_promises_only_where_it_is_the_law(nation: str, promises: bool) -> None:
    cause = because_of(EntryCodes("arrested"), "2026-06-02")
    assert bool(victims_code.commitments_from(force_in(nation), cause)) is promises


@pytest.mark.parametrize("entry", [
    EntryCodes("allocated", stage="allocated"), EntryCodes("amended"), EntryCodes("property"),
    EntryCodes("progress"), EntryCodes("progress", stage="investigating"), EntryCodes("reopened"),
])
def test_other_news_is_no_right_of_the_code(entry: EntryCodes) -> None:
    assert victims_code.commitments_from(ENGLAND, because_of(entry, "2026-06-02")) == []


def test_each_outcome_that_may_be_sent_is_news_of_one_right() -> None:
    left_out = {(scheme, code) for scheme, codes in NO_NEWS_OF_THE_CODE.items() for code in codes}
    assert set(codes_without_one_duty(victims_code, ENGLAND)) == left_out


def test_the_clock_has_the_edition_that_people_read_of() -> None:
    assert victims_code.EDITION in {edition.id for edition in victims_code.CLOCK.editions}
