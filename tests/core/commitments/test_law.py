"""When a promise of the law is due: by edition, service level, calendar, and from when it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core.commitments.law import Clock, Confidence, Duty, Edition, Since, Term, Unit, When
from core.force.working_days import day_of
from core.hookspecs import CauseKind, CommitmentKind, EntryCodes
from tests.plugins.clocks import because_of, dues, force_in

ENGLAND = force_in("England")
ARRESTED = EntryCodes("arrested")
ARREST = Duty(
    key="arrested", right="6", what="a suspect was arrested", teller="police", source="https://law.example/",
    triggers=(When("arrested"),), standard=Term(5), enhanced=Term(1), kind=CommitmentKind.TOLD)
OLD = Edition("2021", date(2021, 4, 1), (ARREST,))
NEW = Edition("2099", date(2026, 6, 3), (replace(ARREST, standard=Term(3)),))


def clock(duty: Duty = ARREST) -> Clock:
    return Clock((Edition("2021", date(2021, 4, 1), (duty,)),), "home_office")


def due(duty: Duty, at: str, nation: str = "England", **other: str) -> date:
    found = dues(clock(duty).promised(force_in(nation), because_of(ARRESTED, at, **other)))
    return found["2021/arrested"]


@pytest.mark.parametrize(("at", "promised"), [
    ("2026-06-02T23:59", {"2021/arrested": date(2026, 6, 9)}),
    ("2026-06-03T00:00", {"2099/arrested": date(2026, 6, 8)}),  # 23:00 of the day before in UTC
    ("2021-04-01", {"2021/arrested": date(2021, 4, 12)}),  # over Easter
    ("2021-03-31", {}),
])
@pytest.mark.parametrize("editions", [(OLD, NEW), (NEW, OLD)])
def test_the_edition_of_the_events_day_holds(
    at: str, promised: dict[str, date], editions: tuple[Edition, ...]
) -> None:
    assert dues(Clock(editions, "").promised(ENGLAND, because_of(ARRESTED, at))) == promised


def test_news_that_comes_late_keeps_the_edition_and_the_day_of_its_event() -> None:
    late = because_of(ARRESTED, "2026-06-02", known_at="2026-07-20")
    assert dues(Clock((OLD, NEW), "").promised(ENGLAND, late)) == {"2021/arrested": date(2026, 6, 9)}


@pytest.mark.parametrize(("since", "last_day"), [
    (Since.EVENT, date(2026, 6, 9)), (Since.RECEIVED, date(2026, 6, 15)),
])
def test_a_term_counts_from_its_own_beginning(since: Since, last_day: date) -> None:
    assert due(replace(ARREST, since=since), "2026-06-02", known_at="2026-06-08") == last_day


@pytest.mark.parametrize(("nation", "at", "last_day"), [
    ("England", "2026-12-24", date(2026, 12, 31)),  # 25 and 28 December, and the weekend between
    ("Wales", "2026-12-24", date(2026, 12, 31)),
    ("Great Britain", "2026-12-24", date(2026, 12, 31)),
    ("England", "2026-12-30", date(2027, 1, 5)),  # 1 January
    ("Scotland", "2026-12-30", date(2027, 1, 6)),  # and 2 January, on the Monday after
    ("England", "2027-03-15", date(2027, 3, 18)),
    ("Northern Ireland", "2027-03-15", date(2027, 3, 19)),  # St Patrick's day
    ("Scotland", "2026-04-02", date(2026, 4, 8)),  # Good Friday, no Easter Monday
    ("England", "2026-04-02", date(2026, 4, 9)),
    ("England", "2026-06-05", date(2026, 6, 10)),  # a Friday
    ("England", "2026-06-06", date(2026, 6, 10)),  # a Saturday
])
def test_working_days_are_those_of_the_forces_nation(nation: str, at: str, last_day: date) -> None:
    assert due(replace(ARREST, standard=Term(3)), at, nation) == last_day


@pytest.mark.parametrize(("at", "last_day"), [
    ("2026-12-24", date(2026, 12, 29)), ("2026-06-02", date(2026, 6, 7)),  # a Sunday
])
def test_days_that_are_not_working_days_are_all_days(at: str, last_day: date) -> None:
    assert due(replace(ARREST, standard=Term(5, Unit.DAYS)), at) == last_day


@pytest.mark.parametrize(("enhanced_since", "last_day"), [
    (None, date(2026, 6, 9)),
    ("2026-05-01", date(2026, 6, 3)),  # before the arrest: from the arrest
    ("2026-06-04", date(2026, 6, 5)),  # after it: from the change
    ("2026-06-08", date(2026, 6, 9)),
    ("2026-06-09", date(2026, 6, 9)),  # never later than the standard term
    ("2026-08-01", date(2026, 6, 9)),
])
def test_a_change_to_the_enhanced_service_shortens_and_never_lengthens(
    enhanced_since: str | None, last_day: date
) -> None:
    other = {"enhanced_since": enhanced_since} if enhanced_since else {}
    assert due(ARREST, "2026-06-02", **other) == last_day


def test_where_the_law_knows_no_enhanced_term_all_have_the_same() -> None:
    assert due(replace(ARREST, enhanced=None), "2026-06-02", enhanced_since="2026-06-02") == date(2026, 6, 9)


@pytest.mark.parametrize(("at", "due_at"), [
    ("2026-06-02", datetime(2026, 6, 9, 22, 59, tzinfo=UTC)),
    ("2026-06-02T00:30", datetime(2026, 6, 9, 22, 59, tzinfo=UTC)),  # still 1 June in UTC
    ("2026-10-23", datetime(2026, 10, 30, 23, 59, tzinfo=UTC)),  # over the end of summer time
    ("2026-03-27", datetime(2026, 4, 7, 22, 59, tzinfo=UTC)),  # over its beginning, and Easter
])
def test_a_promise_ends_with_its_day_in_the_united_kingdom(at: str, due_at: datetime) -> None:
    (promised,) = clock().promised(ENGLAND, because_of(ARRESTED, at))
    assert promised.due_at == due_at


STANDARD, SOONER = date(2026, 6, 9), date(2026, 6, 3)


@pytest.mark.parametrize(("standard", "enhanced", "enhanced_since", "kept_to", "shown"), [
    (Confidence.OK, Confidence.OK, "2026-06-02", SOONER, SOONER),
    (Confidence.OK, Confidence.UNCONFIRMED, None, STANDARD, STANDARD),
    (Confidence.OK, Confidence.UNCONFIRMED, "2026-06-02", SOONER, STANDARD),
    (Confidence.OK, Confidence.OLD, "2026-06-02", SOONER, STANDARD),
    (Confidence.OK, Confidence.OLD, "2026-06-08", STANDARD, STANDARD),  # the same day by both terms
    (Confidence.UNCONFIRMED, Confidence.OK, None, STANDARD, None),
    (Confidence.UNCONFIRMED, Confidence.OK, "2026-06-02", SOONER, SOONER),
    (Confidence.UNCONFIRMED, Confidence.UNCONFIRMED, "2026-06-02", SOONER, None),
    (Confidence.OLD, Confidence.UNCONFIRMED, "2026-06-02", SOONER, None),
])
def test_only_a_number_that_was_confirmed_is_shown_and_the_sooner_one_is_kept_to(
    standard: Confidence, enhanced: Confidence, enhanced_since: str | None, kept_to: date, shown: date | None
) -> None:
    duty = replace(ARREST, standard=Term(5, confidence=standard), enhanced=Term(1, confidence=enhanced))
    cause = because_of(ARRESTED, "2026-06-02", enhanced_since=enhanced_since)
    (promised,) = clock(duty).promised(ENGLAND, cause)
    assert day_of(promised.due_at) == kept_to
    told = promised.shown_due_at or promised.due_at
    assert (day_of(told) if promised.shown else None) == shown


@pytest.mark.parametrize("kind", [CauseKind.CONTACT, CauseKind.MESSAGE, CauseKind.UNREACHED])
def test_only_news_opens_what_the_law_promises(kind: CauseKind) -> None:
    assert clock().promised(ENGLAND, because_of(ARRESTED, "2026-06-02", kind=kind)) == []
    assert clock().promised(ENGLAND, because_of(None, "2026-06-02", kind=kind)) == []


@pytest.mark.parametrize(("entry", "opens"), [
    (EntryCodes("outcome", outcome="3", scheme="home_office"), True),
    (EntryCodes("outcome", outcome="3"), True),  # the usual scheme is meant
    (EntryCodes("outcome", outcome="3", scheme="police_uk"), False),
    (EntryCodes("outcome", outcome="4", scheme="home_office"), False),
    (EntryCodes("court_result", outcome="3"), False),
    (EntryCodes("progress", stage="charged"), True),
    (EntryCodes("progress", stage="court"), False),
    (EntryCodes("released", release_kind="bail", stage="suspect_action"), True),
    (EntryCodes("released", release_kind="under_investigation"), False),
    (EntryCodes("hearing", stage="court"), True),
    (EntryCodes("charged", stage="charged"), False),
])
def test_news_opens_a_duty_by_its_kind_and_its_code(entry: EntryCodes, opens: bool) -> None:
    triggers = (
        When("outcome", ("2", "3"), "home_office"), When("progress", ("charged",)),
        When("released", ("bail",)), When("hearing"))
    promised = clock(replace(ARREST, triggers=triggers)).promised(ENGLAND, because_of(entry, "2026-06-02"))
    assert bool(promised) is opens


def test_news_whose_code_no_duty_names_opens_that_of_its_kind() -> None:
    duties = (
        replace(ARREST, key="case_outcome", triggers=(When("court_result"),)),
        replace(ARREST, key="sentence", triggers=(When("court_result", ("sentenced",)),)))
    both = Clock((Edition("2021", date(2021, 4, 1), duties),), "home_office")
    for outcome, rule in (("sentenced", "2021/sentence"), ("guilty", "2021/case_outcome"),
                          (None, "2021/case_outcome")):
        entry = EntryCodes("court_result", outcome=outcome)
        assert [*dues(both.promised(ENGLAND, because_of(entry, "2026-06-02")))] == [rule]


def test_a_row_that_opens_nothing_says_why() -> None:
    with pytest.raises(ValueError, match="arrested needs a trigger"):
        replace(ARREST, triggers=())
    with pytest.raises(ValueError, match="arrested needs a trigger"):
        replace(ARREST, not_opened="It does.")
    assert replace(ARREST, triggers=(), not_opened="No news says so.").not_opened
