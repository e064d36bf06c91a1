"""The world that security tests share is of the hour in which it is used."""

from __future__ import annotations

import pytest

from tests.security.world import FRESH, Built, World


def test_the_visits_of_a_world_that_was_made_long_ago_are_new_ones(
    request: pytest.FixtureRequest, built: Built
) -> None:
    """On a slow machine a run takes longer than a visit without a click lasts."""
    if not built.world:
        built.make()
    first = built.world
    assert first
    built.made_at -= FRESH
    world: World = request.getfixturevalue("world")
    assert world.tokens != first.tokens
    for actor, rule in (("own", "/case/<uuid:case_id>"), ("lead", "/desk/case/<uuid:case_id>")):
        assert world.ask(actor, "GET", world.path(rule, actor)).status_code == 200


def test_a_world_that_is_fresh_is_used_again(world: World, built: Built) -> None:
    assert built.is_fresh() and built.world
    assert world.tokens == built.world.tokens
