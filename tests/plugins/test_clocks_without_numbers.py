"""What people in Scotland and Northern Ireland are promised to be told: by their own law and days, and as no
number of these laws was confirmed, none is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from types import ModuleType

import pytest

from core.force import Force
from core.hookspecs import CommitmentKind, EntryCodes
from plugins import victim_charter_ni, victims_code_scotland
from plugins.victim_charter_ni import clock as northern_irish
from plugins.victims_code_scotland import clock as scottish
from tests.plugins.clocks import (
    because_of,
    codes_without_one_duty,
    dues,
    force_in,
    opened_keys,
    outcome_of,
)

NATIONS = ("England", "Wales", "Great Britain", "Scotland", "Northern Ireland")
RECORDED = EntryCodes("recorded", stage="recorded")
KINDS = {
    "ack_written": CommitmentKind.ACKNOWLEDGEMENT, "needs_assessment": CommitmentKind.NEEDS_ASSESSMENT,
    "support_referral": CommitmentKind.SUPPORT_REFERRAL, "released": CommitmentKind.RELEASE,
}  # all other keys: to be told
Rows = tuple[tuple[EntryCodes, str], ...]
Days = dict[str, date]

IN_BOTH: Rows = (
    (RECORDED, "ack_written"), (RECORDED, "needs_assessment"), (RECORDED, "support_referral"),
    (EntryCodes("progress", stage="no_further_action"), "investigation_ended"),
    (EntryCodes("arrested"), "suspect_news"), (EntryCodes("interviewed"), "suspect_news"),
    (EntryCodes("bail_changed"), "suspect_news"),
    (EntryCodes("charged", stage="charged"), "charged"),
    (EntryCodes("progress", stage="out_of_court"), "out_of_court"),
    (EntryCodes("hearing", stage="court"), "hearing_details"),
    (EntryCodes("court_result", outcome="guilty"), "case_outcome"),
)
DAYS_IN_BOTH: Days = {
    "2026-06-02": date(2026, 6, 5),
    "2026-06-05": date(2026, 6, 10),  # over a weekend
    "2026-12-24": date(2026, 12, 31),  # 25 and 28 December
    "2026-10-23T23:30": date(2026, 10, 28),  # over the end of summer time
}


@dataclass(frozen=True)
class Law:
    """A nation's law: which news opens which right, and the last day of three working days from a day."""

    plugin: ModuleType
    nation: str
    no_news: dict[str, set[str]]
    rows: Rows
    days: Days

    @property
    def here(self) -> Force:
        return force_in(self.nation)


SCOTTISH, NORTHERN_IRISH = scottish.CODES, northern_irish.CODES
LAWS = (
    Law(victims_code_scotland, "Scotland", scottish.NO_NEWS_OF_THE_CODE, (
        *IN_BOTH,
        (EntryCodes("progress", stage="not_investigating"), "no_investigation"),
        (outcome_of(SCOTTISH, "no_suspect"), "investigation_ended"),
        (EntryCodes("released", release_kind="undertaking"), "released"),
        (outcome_of(SCOTTISH, "prosecution"), "charged"),
        (outcome_of(SCOTTISH, "recorded_police_warning"), "out_of_court"),
        (outcome_of(SCOTTISH, "fiscal_fine"), "fiscal_measure"),
        (outcome_of(SCOTTISH, "no_action"), "not_prosecuted"),
        (outcome_of(SCOTTISH, "prison"), "case_outcome"),
    ), DAYS_IN_BOTH | {
        "2026-12-30": date(2027, 1, 6),  # 1 January, and 2 January on the Monday after
        "2026-04-02": date(2026, 4, 8),  # Good Friday; Easter Monday is no bank holiday there
    }),
    Law(victim_charter_ni, "Northern Ireland", northern_irish.NO_NEWS_OF_THE_CODE, (
        *IN_BOTH,
        (EntryCodes("progress", stage="not_investigating"), "investigation_ended"),
        (outcome_of(NORTHERN_IRISH, "no_suspect"), "investigation_ended"),
        (EntryCodes("released", release_kind="bail"), "released"),
        (outcome_of(NORTHERN_IRISH, "prosecution"), "charged"),
        (outcome_of(NORTHERN_IRISH, "sent_to_prosecutors"), "prosecutors_decide"),
        (outcome_of(NORTHERN_IRISH, "community_resolution_notice"), "out_of_court"),
        (outcome_of(NORTHERN_IRISH, "no_prosecution_evidence"), "not_prosecuted"),
        (outcome_of(NORTHERN_IRISH, "not_guilty"), "case_outcome"),
    ), DAYS_IN_BOTH | {
        "2027-03-15": date(2027, 3, 19),  # St Patrick's day
        "2026-07-10": date(2026, 7, 16),  # the Twelfth, on the Monday after
    }),
)
ROWS = [(law, entry, key) for law in LAWS for entry, key in law.rows]
each_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.nation)


@pytest.mark.parametrize(("law", "entry", "key"), ROWS)
@pytest.mark.parametrize("enhanced_since", [None, "2026-01-01"])
def test_each_right_has_its_day_and_shows_no_number_at_both_levels_of_service(
    law: Law, entry: EntryCodes, key: str, enhanced_since: str | None
) -> None:
    for at, last_day in law.days.items():
        promised = law.plugin.commitments_from(
            law.here, because_of(entry, at, enhanced_since=enhanced_since))
        assert dues(promised)[f"2015/{key}"] == last_day, at
        assert {one.rule: one.kind for one in promised}[f"2015/{key}"] is KINDS.get(key, CommitmentKind.TOLD)
        assert not any(one.shown for one in promised)


@each_law
def test_every_row_that_opens_a_promise_is_shown_here(law: Law) -> None:
    assert {key for _, key in law.rows} == opened_keys(law.plugin.CLOCK)


@each_law
@pytest.mark.parametrize(("entry", "last_day"), [
    (EntryCodes("hearing"), date(2026, 6, 11)), (EntryCodes("court_result"), date(2026, 6, 11)),
    (EntryCodes("arrested"), date(2026, 6, 5)),
])
def test_of_a_court_the_term_counts_from_when_it_was_received(
    law: Law, entry: EntryCodes, last_day: date
) -> None:
    late = because_of(entry, "2026-06-02", known_at="2026-06-08")
    assert [*dues(law.plugin.commitments_from(law.here, late)).values()] == [last_day]


@pytest.mark.parametrize(("law", "entry", "key"), ROWS)
def test_it_promises_nothing_where_another_law_holds(law: Law, entry: EntryCodes, key: str) -> None:
    for nation in NATIONS:
        promised = law.plugin.commitments_from(force_in(nation), because_of(entry, "2026-06-02"))
        assert bool(promised) is (nation == law.nation), nation


@each_law
def test_before_it_was_in_force_it_promises_nothing(law: Law) -> None:
    begins = law.plugin.CLOCK.editions[0].in_force_from
    for day, promises in ((begins, True), (begins - timedelta(days=1), False)):
        because = because_of(RECORDED, day.isoformat())
        assert bool(law.plugin.commitments_from(law.here, because)) is promises


@each_law
@pytest.mark.parametrize("entry", [
    EntryCodes("allocated", stage="allocated"), EntryCodes("amended"), EntryCodes("progress"),
    EntryCodes("progress", stage="investigating"),
])
def test_other_news_is_no_right(law: Law, entry: EntryCodes) -> None:
    assert law.plugin.commitments_from(law.here, because_of(entry, "2026-06-02")) == []


@each_law
def test_each_outcome_that_may_be_sent_is_news_of_one_right(law: Law) -> None:
    left_out = {(scheme, code) for scheme, codes in law.no_news.items() for code in codes}
    assert set(codes_without_one_duty(law.plugin, law.here)) == left_out
