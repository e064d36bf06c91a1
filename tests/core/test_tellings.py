"""A nation's words are told; what it lacks, or has not confirmed, is told in words true everywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask_babel import lazy_gettext as N_

from core.cases import general_words, tellings
from core.force import vocabulary

OWN = tellings.Telling(N_("Closed"), N_("Decision"))
READ_IN = tellings.Source("A page", "https://law.example/page")
KNOWN = tellings.SchemeCode("settled", N_("Closed"), N_("Closed"), "out_of_court", True, OWN, (READ_IN,))
RUMOUR = replace(KNOWN, id="rumour", sources=())
WORDS = tellings.Tellings(
    stages={"court": OWN}, now={"court": (N_("Court"), N_("Decision"))}, entries={"charged": OWN},
    released={"bail": OWN}, schemes={"ours": {"settled": KNOWN, "rumour": RUMOUR}})


def test_a_nation_s_own_words_are_told() -> None:
    assert WORDS.tell("progress", stage="court") is OWN
    assert WORDS.tell("charged") is OWN
    assert WORDS.tell("released", release_kind="bail") is OWN
    assert WORDS.tell("outcome", outcome="settled", scheme="ours") is OWN
    assert str(WORDS.stage_now("court")[0]) == "Court"


def test_what_it_has_no_words_for_is_told_in_general_ones() -> None:
    assert WORDS.tell("progress", stage="closed") is general_words.STAGES["closed"]
    assert WORDS.tell("arrested") is general_words.ENTRIES["arrested"]
    assert WORDS.tell("released", release_kind="no_further_action") is (
        general_words.RELEASED["no_further_action"])
    assert WORDS.stage_now("closed") == general_words.NOW["closed"]


@pytest.mark.parametrize(("outcome", "scheme"), [
    ("rumour", "ours"), ("settled", "theirs"), ("settled", None), ("99", "ours"), (None, "ours")])
def test_what_is_not_confirmed_or_of_no_scheme_is_not_explained(outcome: str, scheme: str) -> None:
    assert WORDS.tell("outcome", outcome=outcome, scheme=scheme) is general_words.DECISION_RECORDED


def test_what_nobody_foresaw_is_told_in_general_words() -> None:
    assert WORDS.tell("teleported") is general_words.GENERAL
    assert WORDS.tell("progress", stage="lost") is general_words.GENERAL
    assert WORDS.tell("progress") is general_words.NEWS
    assert WORDS.tell("released", release_kind="by balloon") is general_words.RELEASED_SOMEHOW
    assert WORDS.tell("released") is general_words.RELEASED_SOMEHOW
    assert WORDS.stage_now("lost") == WORDS.stage_now(None) == general_words.NOW_SOMEWHERE


def test_general_words_there_are_for_every_stage() -> None:
    assert set(general_words.STAGES) == set(general_words.NOW) == set(vocabulary.STAGES)
