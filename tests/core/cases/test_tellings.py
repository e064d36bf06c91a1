"""A nation's words are told; what it lacks, or has not confirmed, is told in words true everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask_babel import lazy_gettext as N_
from markupsafe import Markup

from core.cases import general_words, tellings
from core.force import vocabulary
from core.hookspecs import EntryCodes

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


@pytest.mark.parametrize(("entry", "told"), [
    (EntryCodes("progress", stage="court"), OWN),
    (EntryCodes("outcome", outcome="settled", scheme="ours"), OWN),
    (EntryCodes("outcome", outcome="settled"), OWN),
    (EntryCodes("outcome", outcome="settled", scheme="theirs"), general_words.DECISION_RECORDED),
    (EntryCodes("released", release_kind="bail"), OWN),
    (EntryCodes("charged"), OWN),
    (EntryCodes("standing", stage="closed"), tellings.Telling(*general_words.NOW["closed"])),
    (EntryCodes("standing"), tellings.Telling(*general_words.NOW_SOMEWHERE)),
])
def test_a_plugin_answers_for_every_kind_of_entry_and_for_where_a_case_stands(
    entry: EntryCodes, told: tellings.Telling
) -> None:
    """An outcome without a scheme is of the first."""
    assert WORDS.of(entry) == told


def test_a_nation_may_have_its_own_words_for_what_is_not_known_in_full() -> None:
    words = replace(WORDS, decided=OWN, released_somehow=OWN)
    assert words.tell("outcome", outcome="rumour", scheme="ours") is OWN
    assert words.tell("released", release_kind="by balloon") is OWN
    assert words.tell("released", release_kind="no_further_action") is (
        general_words.RELEASED["no_further_action"])


@pytest.mark.parametrize("given", [
    {"title": None}, {"meaning": None}, {"meaning": 7}, {"title": Markup("Closed")}, {"rights": ["Closed"]},
    {"next_step": Markup("Closed")}, {"unexplained": b"Closed"}])
def test_words_that_are_no_text_fail_where_they_are_made(given: Any) -> None:
    """So a page shows no HTML of a plugin, and nobody reads "None"."""
    with pytest.raises(TypeError, match=f"Telling.{next(iter(given))}"):
        tellings.Telling(**{"title": N_("Closed"), "meaning": N_("Decision"), **given})
