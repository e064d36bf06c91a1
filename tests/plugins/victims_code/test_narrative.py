"""What people are told about their case: complete, plain, kind and in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from core.cases import things
from core.cases.general_news import CONTACTS, TRIED
from core.cases.general_words import GENERAL, NOW_SOMEWHERE
from core.cases.stage_track import COURT_PERHAPS, STAGE_STEPS, STEP_NAMES, steps
from core.cases.tellings import Telling
from core.force.vocabulary import COURT_RESULTS, ENDED, HOME_OFFICE_OUTCOMES, STAGES
from plugins.victims_code import stage_now, tell
from plugins.victims_code.entries import ENTRIES, RELEASED, RELEASED_SOMEHOW
from plugins.victims_code.outcomes import DECISION_RECORDED
from plugins.victims_code.schemes import POLICE_UK_OUTCOMES
from plugins.victims_code.stages import NOW

WELSH = Path(__file__).parents[3] / "translations" / "cy" / "LC_MESSAGES" / "messages.po"

KINDS = (
    "recorded", "allocated", "arrested", "interviewed", "bail_changed", "charged", "reopened",
    "amended", "hearing", "court_result",
)  # fmt: skip
RELEASE_KINDS = ("bail", "under_investigation", "no_further_action")

AVOIDED = re.compile(
    r"!|\bNFA\b|undetected|\bIPs?\b|aggrieved|complainant|closure|unfortunately|offender"
    r"|\bfail|refus|withdr[ae]w|unwilling|uncooperative|declin|plan nothing",
    re.IGNORECASE,
)
KIND = re.compile(
    r"sorry|not mean that we do|not a judgement about you|respect that|not because of anything you did"
    r"|may leave you with questions|can help")
ABOUT_A_SUSPECT = re.compile(
    r"\byoung|\byouth|\bchild|\badult|\bage[ds]?\b|\bill\b|\billness|\bhealth|\bmental|\bsick"
    r"|\bname[ds]?\b|\baddress|\bman\b|\bwoman\b|\bboy\b|\bgirl\b|\bhis\b|\bher\b",
    re.IGNORECASE,
)


def every_telling() -> Iterator[Telling]:
    yield from (tell(kind) for kind in KINDS)
    yield from (tell("progress", stage=stage) for stage in STAGES)
    yield from (tell("released", release_kind=kind) for kind in RELEASE_KINDS)
    yield from (tell("court_result", outcome=each, scheme=None) for each in COURT_RESULTS)
    yield from (tell("property", outcome=each) for each in things.STATUSES)
    yield from (tell("contact", outcome=each, release_kind=way)
                for way in CONTACTS for each in (None, TRIED))
    yield from (tell("outcome", outcome=each) for each in HOME_OFFICE_OUTCOMES)
    yield from (tell("outcome", outcome=each, scheme="police_uk") for each in POLICE_UK_OUTCOMES)
    yield from (GENERAL, RELEASED_SOMEHOW, DECISION_RECORDED)


def every_text() -> set[str]:
    told = {
        text
        for telling in every_telling()
        for text in (telling.title, telling.meaning, telling.next_step, telling.rights,
                     telling.unexplained)
        if text is not None
    }
    now = {text for pair in (*NOW.values(), NOW_SOMEWHERE) for text in pair}
    return {str(text) for text in (*told, *now, *STEP_NAMES.values(), COURT_PERHAPS)}


def sentences(text: str) -> list[list[str]]:
    return [part.split() for part in re.split(r"[.;:]\s*", text) if part.strip()]


@pytest.mark.parametrize("outcome", HOME_OFFICE_OUTCOMES)
def test_a_victim_is_told_what_each_home_office_outcome_means(outcome: str) -> None:
    telling = tell("outcome", outcome=outcome)
    assert telling is not DECISION_RECORDED
    assert telling.rights is not None


@pytest.mark.parametrize("outcome", POLICE_UK_OUTCOMES)
def test_a_victim_is_told_what_each_published_outcome_means(outcome: str) -> None:
    telling = tell("outcome", outcome=outcome, scheme="police_uk")
    assert telling is not DECISION_RECORDED
    assert telling.rights is not None


@pytest.mark.parametrize("kind", KINDS)
def test_a_victim_is_told_what_each_kind_of_entry_means(kind: str) -> None:
    assert tell(kind) is ENTRIES[kind]


@pytest.mark.parametrize("release_kind", RELEASE_KINDS)
def test_a_victim_is_told_how_someone_was_released(release_kind: str) -> None:
    assert tell("released", release_kind=release_kind) is RELEASED[release_kind]


@pytest.mark.parametrize("stage", STAGES)
def test_a_victim_sees_what_each_stage_means_and_where_it_is_on_the_way(stage: str) -> None:
    assert tell("progress", stage=stage) is not GENERAL
    assert stage_now(stage) != NOW_SOMEWHERE
    shown = steps(stage)
    assert [step.id for step in shown if step.state == "now"] == [STAGE_STEPS[stage]]


def test_what_nobody_foresaw_is_told_in_general_words() -> None:
    assert tell("teleported") is GENERAL
    assert tell("progress", stage="lost") is GENERAL
    assert "officer" in str(tell("progress").title)
    assert tell("released", release_kind="by balloon") is RELEASED_SOMEHOW
    for scheme in ("home_office", "police_uk", "mars", None):
        assert tell("outcome", outcome="99", scheme=scheme) is DECISION_RECORDED
    assert stage_now("lost") == stage_now(None) == NOW_SOMEWHERE
    assert steps("lost")[0].state == "now"


def test_nobody_reads_words_that_hurt_or_hide() -> None:
    assert not {text for text in every_text() if AVOIDED.search(text)}


@pytest.mark.parametrize("stage", sorted(ENDED))
def test_whoever_reads_of_an_end_reads_at_the_top_once_that_support_stays(stage: str) -> None:
    ends = [tell("progress", stage=stage), *(
        tell("outcome", outcome=one.id) for one in HOME_OFFICE_OUTCOMES.values() if one.stage == stage)]
    for telling in ends:
        assert f"{stage_now(stage)[1]} {telling.next_step}".lower().count("support") == 1


@pytest.mark.parametrize(("scheme", "outcome"), [
    (scheme, one.id) for scheme, known in (
        ("home_office", HOME_OFFICE_OUTCOMES), ("police_uk", POLICE_UK_OUTCOMES))
    for one in known.values() if one.stage == "no_further_action"])
def test_whoever_reads_that_nobody_goes_to_court_reads_a_kind_word(scheme: str, outcome: str) -> None:
    assert KIND.search(str(tell("outcome", outcome=outcome, scheme=scheme).meaning))


def test_the_victims_code_is_named_where_a_case_begins_reasons_lack_or_one_may_complain() -> None:
    first = {str(telling.rights) for telling in (
        tell("progress", stage="received"), tell("recorded"), tell("allocated"),
        tell("progress", stage="investigating"))}
    lacking = {str(one.unexplained) for one in every_telling() if "should be told" in str(one.unexplained)}
    complaints = {text for text in every_text() if "complain" in text}
    assert first and lacking and complaints
    assert not [text for text in first | lacking | complaints if "Victims' Code" not in text]


def test_a_case_without_an_outcome_is_said_to_be_open() -> None:
    told = tell("outcome", outcome="0")
    assert "open" in str(told.meaning)
    assert HOME_OFFICE_OUTCOMES["0"].stage not in ENDED


def test_nobody_reads_who_a_suspect_is_or_how_old_or_how_well() -> None:
    assert not {text for text in every_text() if ABOUT_A_SUSPECT.search(text)}


def test_words_do_not_tell_apart_what_only_age_or_health_tells_apart() -> None:
    assert tell("outcome", outcome="11") == tell("outcome", outcome="12")
    assert tell("outcome", outcome="2") == tell("outcome", outcome="3")
    assert tell("outcome", outcome="2A") == tell("outcome", outcome="3A")


def test_the_only_number_anyone_reads_is_999() -> None:
    assert {number for text in every_text() for number in re.findall(r"\d+", text)} == {"999"}


def test_sentences_are_short() -> None:
    lengths = [len(sentence) for text in every_text() for sentence in sentences(text)]
    assert sum(lengths) / len(lengths) <= 13
    assert max(lengths) <= 21


def test_titles_fit_a_small_screen_and_meanings_are_three_sentences_at_most() -> None:
    for telling in every_telling():
        assert len(str(telling.title)) <= 70
        assert 1 <= len(re.findall(r"\.(?:\s|$)", str(telling.meaning))) <= 3


@pytest.mark.parametrize("outcome", ["10", "15"])
def test_a_decision_not_to_charge_says_how_to_ask_for_a_review(outcome: str) -> None:
    assert "Right to Review" in str(tell("outcome", outcome=outcome).rights)


@pytest.mark.parametrize(
    "outcome",
    sorted(set(HOME_OFFICE_OUTCOMES) - {"9", "10", "15"}, key=lambda one: (len(one), one)),
)
def test_no_review_is_held_out_where_the_scheme_has_none(outcome: str) -> None:
    assert "review" not in str(tell("outcome", outcome=outcome).rights).lower()


def test_a_decision_of_prosecutors_is_reviewed_by_prosecutors() -> None:
    rights = str(tell("outcome", outcome="9").rights)
    assert "Crown Prosecution Service" in rights
    assert "Right to Review" not in rights


@pytest.mark.parametrize("outcome", ["14", "16"])
def test_someone_who_does_not_go_on_is_not_blamed_and_may_come_back(outcome: str) -> None:
    telling = tell("outcome", outcome=outcome)
    assert "we respect that" in str(telling.meaning)
    assert "support" in str(telling.next_step)
    assert "come back" in str(telling.rights)


def test_nobody_is_promised_a_court_before_someone_is_charged() -> None:
    names = {step.id: str(step.name) for step in steps("investigating")}
    assert names["court"] == "Court, if someone is charged"
    assert "court" not in {step.id for step in steps("no_further_action")}
    assert "court" not in {step.id for step in steps("closed", seen=["recorded", "investigating"])}


@pytest.mark.parametrize("seen", [(), ("recorded", "allocated", "investigating"), ("charged", "court")])
@pytest.mark.parametrize("stage", STAGES)
def test_nothing_is_still_to_come_once_a_case_has_ended_and_something_is_before_that(
    stage: str, seen: tuple[str, ...]
) -> None:
    states = {step.id: step.state for step in steps(stage, seen)}
    assert list(states.values()).count("now") == 1
    if stage in ENDED:
        assert "ahead" not in states.values() and states["closed"] == "now"
    else:
        assert states["closed"] == "ahead"


@pytest.mark.parametrize("outcome", ["2", "6", "8", "15", "18", "22"])
def test_an_outcome_without_court_leaves_the_decision_behind(outcome: str) -> None:
    shown = steps(HOME_OFFICE_OUTCOMES[outcome].stage, ["recorded", "allocated", "investigating"])
    assert [(step.id, step.state) for step in shown] == [
        ("reported", "done"), ("investigating", "done"), ("decision", "done"), ("closed", "now")]


def test_a_case_that_went_to_court_keeps_that_step_when_it_closes() -> None:
    shown = steps("closed", seen=["recorded", "investigating", "charged", "court", "result"])
    assert [step.id for step in shown] == list(STEP_NAMES)
    assert [step.state for step in shown] == ["done"] * 4 + ["now"]
    assert str(shown[3].name) == "Court"


def test_a_case_that_was_never_investigated_does_not_say_it_was() -> None:
    assert [step.id for step in steps("not_investigating", seen=["recorded"])] == [
        "reported",
        "closed",
    ]
    later = steps("closed", seen=["recorded", "not_investigating"])
    assert "investigating" not in {step.id for step in later}


def test_a_reopened_case_is_under_way_again() -> None:
    shown = steps("reopened", seen=["recorded", "not_investigating", "closed"])
    assert [step.id for step in shown if step.state == "now"] == ["investigating"]
    assert [step.id for step in shown if step.state == "ahead"] == ["decision", "court", "closed"]


def test_a_welsh_reader_finds_every_text_in_welsh() -> None:
    with WELSH.open("rb") as file:
        catalogue = read_po(file, locale="cy")
    for text in every_text():
        message = catalogue.get(text)
        assert message is not None, text
        assert message.string
        assert message.string != text
        assert not message.fuzzy
        assert "!" not in message.string
        assert re.findall(r"%\(\w+\)s|\{\w*\}", text) == re.findall(
            r"%\(\w+\)s|\{\w*\}", message.string
        )
        assert ("999" in text) == ("999" in message.string)
