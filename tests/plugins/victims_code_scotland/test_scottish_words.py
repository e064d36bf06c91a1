"""What a victim in Scotland reads: of the procurator fiscal, courts, and what takes a court's place."""

from __future__ import annotations

import re

import pytest

from core.cases import general_words
from plugins import victims_code_scotland as scotland
from tests.plugins.nations import codes, every_text, tell_code

FISCAL_DECIDES_AGAINST_COURT = {"no_action", "discontinued"}


def words_of(code: str) -> str:
    telling = tell_code(scotland, code)
    return f"{telling.title} {telling.meaning} {telling.next_step} {telling.rights}"


def test_whoever_reads_of_a_charge_reads_that_the_procurator_fiscal_decides() -> None:
    charged = scotland.tell("charged")
    assert scotland.tell("progress", stage="charged") is charged
    assert "procurator fiscal" in str(charged.next_step)
    assert "does not mean that there will be a court case" in str(charged.meaning)
    assert "procurator fiscal" in str(scotland.stage_now("charged")[1])


def test_where_the_case_is_at_court_people_read_which_courts_there_are() -> None:
    meaning = str(scotland.tell("progress", stage="court").meaning)
    assert {"justice of the peace court", "sheriff court", "High Court"} <= set(re.findall(
        r"justice of the peace court|sheriff court|High Court", meaning))
    assert not [text for text in every_text(scotland) if re.search("magistrate|Crown Court", text)]


def test_nobody_reads_of_a_caution_which_scotland_does_not_have() -> None:
    assert not [text for text in every_text(scotland) if "caution" in text.lower()]


@pytest.mark.parametrize(("kind", "says"), [
    ("undertaking", "a signed promise to come to court"),
    ("investigative_liberation", "has not been charged"),
    ("under_investigation", "has not been charged"),
    ("bail", "must follow conditions"),
])
def test_a_victim_is_told_how_someone_was_released(kind: str, says: str) -> None:
    telling = scotland.tell("released", release_kind=kind)
    assert says in str(telling.meaning)
    assert telling.rights is general_words.SAFETY


@pytest.mark.parametrize("code", [code for code in codes(scotland) if code.startswith("fiscal_")])
def test_what_the_procurator_fiscal_did_instead_of_a_court_is_explained_by_their_office(code: str) -> None:
    assert "procurator fiscal is the public prosecutor" in words_of(code)
    assert "ask the procurator fiscal's office to explain" in words_of(code)
    assert "court" in str(tell_code(scotland, code).meaning)


@pytest.mark.parametrize("code", codes(scotland))
def test_a_review_is_held_out_only_for_what_the_lord_advocate_s_rules_let_be_reviewed(code: str) -> None:
    telling = codes(scotland)[code].telling
    assert ("review" in str(telling.rights).lower()) is (code in FISCAL_DECIDES_AGAINST_COURT)


def test_where_it_is_not_said_who_decided_a_review_depends_on_that() -> None:
    rights = str(scotland.tell("progress", stage="no_further_action").rights)
    assert rights.startswith("If the procurator fiscal decided this")


def test_words_do_not_tell_apart_what_only_age_tells_apart() -> None:
    known = codes(scotland)
    assert known["referred_to_reporter"].telling is known["passed_to_another_body"].telling
    in_general = scotland.tell("progress", stage="out_of_court")
    assert known["early_and_effective_intervention"].telling is in_general
    assert known["police_restorative_warning"].telling is in_general


def test_not_proven_is_said_to_be_the_same_as_not_guilty() -> None:
    assert "same effect as not guilty" in words_of("not_proven")
    assert "not mean that you were not believed" in words_of("not_proven")


def test_a_court_s_decision_is_explained_by_the_courts_and_the_procurator_fiscal_s_office() -> None:
    results = [code.telling for code in codes(scotland).values() if code.stage == "result"]
    assert len(results) == 9
    assert {str(one.rights) for one in results} == {
        str(scotland.tell("progress", stage="result").rights)}
    assert "Scottish Courts and Tribunals Service" in str(results[0].rights)


def test_only_some_are_told_that_victim_information_and_advice_will_contact_them() -> None:
    named = [text for text in every_text(scotland) if "VIA" in text]
    assert named and all("In some cases" in text for text in named)
