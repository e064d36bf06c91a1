"""Exampleshire, as its record system and its people have it."""

from __future__ import annotations

import pytest

from core.cases import Case
from core.testing import AtForce, Portal, event, recorded
from tests.conftest import REFERENCE


@pytest.mark.parametrize(("beat", "district"), [("N12", "north"), ("S1", "south"), ("north", "north")])
def test_a_beat_of_the_record_system_is_a_district(portal: Portal, beat: str, district: str) -> None:
    force = portal.at("exampleshire")
    force.take_in(recorded(REFERENCE, district=beat))
    with force.scope() as session:
        assert session.get(Case, ("exampleshire", force.case(REFERENCE).case)).district == district


def test_a_beat_that_is_not_ours_waits_for_somebody_to_look(portal: Portal) -> None:
    with pytest.raises(AssertionError, match="there is no beat X1: they begin with N or S"):
        portal.at("exampleshire").take_in(recorded(REFERENCE, district="X1"))


def test_a_person_is_written_to_in_the_name_of_the_force(exampleshire: AtForce) -> None:
    exampleshire.take_in(event("crime.progress", REFERENCE, time="2026-03-05T10:00:00Z",
                               stage="investigating", text="I asked the neighbours."))
    letter = exampleshire.letters()[-1]
    assert (letter.to, letter.sender_name) == ("amina1@example.com", "Exampleshire Police")
    assert "neighbours" not in letter.text
