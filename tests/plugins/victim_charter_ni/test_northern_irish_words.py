"""What a victim in Northern Ireland reads: of prosecutors, who informs, and what takes a court's place."""

from __future__ import annotations

import re

import pytest

from plugins import victim_charter_ni as ni
from tests.plugins.nations import codes, every_text, tell_code

PROSECUTORS_DECIDE_AGAINST_COURT = {"no_prosecution_evidence", "no_prosecution_public_interest"}


@pytest.mark.parametrize("stage", ["charged", "court", "result"])
def test_from_a_charge_on_the_victim_and_witness_care_unit_informs(stage: str) -> None:
    telling = ni.tell("progress", stage=stage)
    assert "Victim and Witness Care Unit" in str(telling.next_step)
    assert "Victim and Witness Care Unit" in str(ni.stage_now(stage)[1])


def test_whoever_waits_for_prosecutors_reads_that_she_is_told_in_writing() -> None:
    for telling in (ni.tell("progress", stage="decision"), tell_code(ni, "sent_to_prosecutors")):
        assert "in writing" in str(telling.next_step)
        assert "Public Prosecution Service" in f"{telling.title} {telling.meaning}"


def test_where_the_case_is_at_court_people_read_which_courts_there_are() -> None:
    assert re.search("magistrates' court.*Crown Court", str(ni.tell("progress", stage="court").meaning))


@pytest.mark.parametrize("code", codes(ni))
def test_a_review_is_held_out_only_where_prosecutors_decided_against_a_court_case(code: str) -> None:
    rights = str(codes(ni)[code].telling.rights)
    assert ("for a review" in rights) is (code in PROSECUTORS_DECIDE_AGAINST_COURT)
    if code in PROSECUTORS_DECIDE_AGAINST_COURT:
        assert "ask the Public Prosecution Service for a review" in rights


def test_where_it_is_not_said_who_decided_a_review_depends_on_that() -> None:
    rights = str(ni.tell("progress", stage="no_further_action").rights)
    assert rights.startswith("If the Public Prosecution Service decided this")


def test_words_do_not_tell_apart_what_only_age_tells_apart() -> None:
    known = codes(ni)
    assert known["caution"].telling is known["restorative_caution"].telling
    assert known["diversionary_youth_conference"].telling is (
        known["community_based_restorative_justice"].telling)


def test_a_community_resolution_is_said_to_depend_on_what_the_person_does() -> None:
    meaning = str(tell_code(ni, "community_resolution_notice").meaning)
    assert "community resolution notice" in meaning
    assert "If they do not keep to it" in meaning


@pytest.mark.parametrize("code", ["caution", "informed_warning", "community_based_restorative_justice"])
def test_what_prosecutors_chose_instead_of_a_court_is_explained_by_them(code: str) -> None:
    assert "ask the Public Prosecution Service to explain" in str(tell_code(ni, code).rights)


def test_a_statement_is_called_by_its_name_there_and_said_to_be_the_victim_s_own() -> None:
    named = [text for text in every_text(ni) if "victim personal statement" in text]
    assert named and all("your own account" in text for text in named)
