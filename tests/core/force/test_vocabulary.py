"""The lists that all forces share hang together."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.force.vocabulary import (
    CATEGORIES,
    CRIME_TYPES,
    FLAGS,
    GROUPS,
    HOME_OFFICE_OUTCOMES,
    STAGES,
)
from plugins.victims_code.schemes import POLICE_UK_OUTCOMES

ALL = {
    "categories": CATEGORIES, "crime types": CRIME_TYPES, "flags": FLAGS, "groups": GROUPS,
    "Home Office outcomes": HOME_OFFICE_OUTCOMES, "police.uk outcomes": POLICE_UK_OUTCOMES,
    "stages": STAGES,
}


@pytest.mark.parametrize(("name", "count"), [
    ("categories", 14), ("crime types", 58), ("flags", 12), ("groups", 12),
    ("Home Office outcomes", 26), ("police.uk outcomes", 28), ("stages", 15),
])
def test_a_list_is_whole_and_everything_in_it_has_a_name(name, count):
    listed = ALL[name]
    assert len(listed) == count
    assert all(key == item.id and str(item.name) for key, item in listed.items())


def test_every_crime_type_has_a_group_and_a_category_that_exist():
    for crime_type in CRIME_TYPES.values():
        assert crime_type.group in GROUPS
        assert crime_type.category is None or crime_type.category in CATEGORIES


def test_sexual_offences_and_homicide_are_sensitive_and_bicycle_theft_is_not():
    assert all(kind.sensitive for kind in CRIME_TYPES.values() if kind.group == "sexual")
    assert CRIME_TYPES["homicide"].sensitive
    assert not CRIME_TYPES["bicycle-theft"].sensitive
    assert FLAGS["domestic-abuse"].sensitive
    assert not FLAGS["online"].sensitive


def test_every_outcome_leads_to_a_stage():
    for outcome in (*HOME_OFFICE_OUTCOMES.values(), *POLICE_UK_OUTCOMES.values()):
        assert outcome.stage in STAGES
    for outcome in HOME_OFFICE_OUTCOMES.values():
        assert str(outcome.label)


def test_home_office_outcomes_are_0_to_22_and_three_alternatives():
    assert set(HOME_OFFICE_OUTCOMES) == {*map(str, range(23)), "1A", "2A", "3A"}


def test_stages_follow_one_another_and_results_stand_side_by_side():
    orders = [stage.order for stage in STAGES.values()]
    assert all(later - earlier in (0, 1) for earlier, later in pairwise(orders))
    results = ("charged", "out_of_court", "no_further_action")
    assert len({STAGES[name].order for name in results}) == 1
    assert next(iter(STAGES)) == "received"
    assert list(STAGES)[-1] == "reopened"
