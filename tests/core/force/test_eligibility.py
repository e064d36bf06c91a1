"""Who may follow a case in the portal: each refusal beside the case that is offered."""

from __future__ import annotations

from datetime import date

import pytest

from core.force.eligibility import eligibility
from core.force.file.reading import build_force
from tests.core.force.force_texts import GOOD, changed

IN_PHASE = date(2016, 6, 1)
MORE = GOOD + """
[[phases]]
opens = 2018-01-01
districts = ["north-side", "south-side"]
crime_types = ["bicycle-theft", "shoplifting"]
"""
FIRST = build_force(GOOD)
FORCE = build_force(MORE)


def ask(district="north-side", crime_type="bicycle-theft", flags=(), on=IN_PHASE, force=FORCE):
    return eligibility(force, district, crime_type, flags, on)


def test_a_crime_of_the_phase_is_offered():
    answer = ask()
    assert (answer.offered, answer.reason, answer.opens_on) == (True, "offered", None)
    assert "follow your report" in str(answer.text)


@pytest.mark.parametrize(("change", "reason"), [
    ({"flags": ("domestic-abuse",)}, "sensitive_flag"),
    ({"flags": ("knife-crime", "hate-race")}, "sensitive_flag"),
    ({"crime_type": "rape"}, "sensitive_crime_type"),
    ({"crime_type": "arson"}, "unknown_crime_type"),
    ({"crime_type": ""}, "unknown_crime_type"),
    ({"district": "nowhere"}, "unknown_district"),
    ({"district": "North Side"}, "unknown_district"),
    ({"district": "south-side", "force": FIRST}, "district_not_covered"),
    ({"crime_type": "shoplifting", "force": FIRST}, "crime_type_not_covered"),
    ({"on": date(2017, 1, 1), "force": FIRST}, "closed"),
    ({"on": date(2016, 3, 31)}, "not_open_yet"),
    ({"force": build_force(MORE.replace('"draft"', '"closed"'))}, "closed"),
])
def test_one_thing_changed_and_the_same_crime_is_not_offered(change, reason):
    refused = ask(**change)
    assert (refused.offered, refused.reason) == (False, reason)
    assert len(str(refused.text)) > 30
    assert ask().offered


def test_a_district_is_open_for_the_days_on_which_it_stands():
    merged = build_force(MORE.replace(
        'name = "South Side"', 'name = "South Side"\nfrom = 2018-04-01\nto = 2023-03-31'
    ))
    ends = {date(2018, 3, 31): False, date(2018, 4, 1): True,
            date(2023, 3, 31): True, date(2023, 4, 1): False}
    for day, offered in ends.items():
        assert ask(district="south-side", on=day, force=merged).offered is offered
    assert ask(district="south-side", on=date(2023, 4, 1)).offered


@pytest.mark.parametrize("flags", [(), ("knife-crime",), ("online",), ["knife-crime", "online"]])
def test_ordinary_flags_change_nothing(flags):
    assert ask(flags=flags).offered


@pytest.mark.parametrize("flag", ["Domestic_Abuse", "DOMESTIC ABUSE", "a-mark-nobody-told-us-of"])
def test_a_flag_in_other_letters_or_unknown_counts_as_sensitive(flag):
    assert ask(flags=[flag]).reason == "sensitive_flag"


def test_what_keeps_people_safe_is_asked_before_anything_else():
    unknown = {"district": "nowhere", "crime_type": "arson"}
    assert ask(**unknown, flags=["hate-race"]).reason == "sensitive_flag"
    assert ask(district="nowhere", crime_type="rape").reason == "sensitive_crime_type"


def test_the_words_do_not_tell_which_mark_a_crime_carries():
    marked, kind = ask(flags=["domestic-abuse"]), ask(crime_type="rape")
    assert str(marked.text) == str(kind.text)


@pytest.mark.parametrize(("day", "offered"), [
    (date(2016, 3, 31), False), (date(2016, 4, 1), True),
    (date(2016, 12, 31), True), (date(2017, 1, 1), False),
])
def test_a_phase_opens_on_its_first_day_and_closes_after_its_last(day, offered):
    assert ask(on=day).offered is offered


def test_who_is_too_early_hears_from_which_day_on():
    before, between = ask(on=date(2015, 1, 1)), ask(on=date(2017, 6, 1))
    assert before.opens_on == date(2016, 4, 1)
    assert between.opens_on == date(2018, 1, 1)
    assert "1 April 2016" in str(before.text)
    assert "1 January 2018" in str(between.text)


def test_a_phase_without_an_end_stays_open():
    assert ask(on=date(2099, 1, 1)).offered


def test_a_type_that_the_force_calls_sensitive_is_never_offered():
    stricter = changed('"bicycle-theft",\n', '{ id = "bicycle-theft", sensitive = true },\n')
    stricter = stricter.replace('crime_types = ["bicycle-theft"]', 'crime_types = ["shoplifting"]')
    assert ask(force=build_force(stricter)).reason == "sensitive_crime_type"
    assert ask(crime_type="shoplifting", force=build_force(stricter)).offered
