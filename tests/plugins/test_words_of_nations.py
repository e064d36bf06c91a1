"""What people in Scotland and Northern Ireland read: their own law, confirmed, plain and kind."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from core.cases import general_words, tellings
from core.force import vocabulary
from core.force.file.reading import read_force
from core.plugin_host.finding import find_plugins
from tests.plugins.nations import (
    NATIONS,
    RIGHTS_ARE_IN,
    codes,
    every_telling,
    every_text,
    tell_code,
    texts,
)
from tests.plugins.victims_code import test_narrative as english
from tests.plugins.victims_code.test_told_why import PRESUMED

ROOT = Path(__file__).parents[2]
KINDS = {
    "recorded", "allocated", "arrested", "interviewed", "bail_changed", "charged", "reopened", "amended",
    "hearing", "court_result",
}
FEED_RELEASES = {"bail", "under_investigation", "no_further_action"}

# Bodies, texts and schemes of England and Wales; the others have some with nearly the same name.
ENGLISH_LAW = re.compile(
    r"Crown Prosecution|\bCPS\b|Victims' Code(?! for Scotland)|(?<!Victim and )Witness Care Unit"
    r"|Right to Review|Code for Crown Prosecutors|Victim Personal Statement"
)

every_nation = pytest.mark.parametrize("name", NATIONS)
every_code = pytest.mark.parametrize(
    ("name", "code"), [(name, code) for name, plugin in NATIONS.items() for code in codes(plugin)])


def confirmed(plugin: ModuleType) -> dict[str, tellings.SchemeCode]:
    return {id_: code for id_, code in codes(plugin).items() if code.sources}


def sources_of(name: str) -> dict[str, tellings.Source]:
    found = vars(import_module(f"plugins.{name}.sources"))
    return {key: value for key, value in found.items() if isinstance(value, tellings.Source)}


# --- complete -----------------------------------------------------------------------------------


@every_nation
@pytest.mark.parametrize("stage", vocabulary.STAGES)
def test_a_victim_is_told_what_each_stage_means_where_she_lives(name: str, stage: str) -> None:
    plugin = NATIONS[name]
    assert plugin.tell("progress", stage=stage) is plugin.WORDS.stages[stage]
    assert plugin.tell("progress", stage=stage) is not general_words.GENERAL
    assert plugin.stage_now(stage) != general_words.NOW_SOMEWHERE


@every_nation
def test_a_victim_is_told_of_every_kind_of_news_and_release(name: str) -> None:
    plugin = NATIONS[name]
    assert set(plugin.WORDS.entries) == KINDS
    assert set(plugin.WORDS.released) >= FEED_RELEASES
    for kind in KINDS:
        assert plugin.tell(kind) is plugin.WORDS.entries[kind]
    for kind in plugin.WORDS.released:
        assert plugin.tell("released", release_kind=kind) is plugin.WORDS.released[kind]


@every_code
def test_a_victim_reads_what_each_confirmed_decision_means(name: str, code: str) -> None:
    known = codes(NATIONS[name])[code]
    told = tell_code(NATIONS[name], code)
    assert known.stage in vocabulary.STAGES and str(known.name) and str(known.label)
    assert (told is known.telling) is bool(known.sources)
    assert known.telling is not general_words.DECISION_RECORDED and known.telling.rights


@every_nation
def test_the_words_are_those_of_a_nation_that_the_shared_ones_do_not_serve(name: str) -> None:
    nations = {read_force(path).nation for path in ROOT.glob("forces/*/force.toml")}
    assert nations >= NATIONS[name].NATIONS
    for other in set(NATIONS) - {name}:
        assert not NATIONS[name].NATIONS & NATIONS[other].NATIONS
        assert not set(NATIONS[name].SCHEMES) & set(NATIONS[other].SCHEMES)
    assert find_plugins()[name] is NATIONS[name]


# --- confirmed ----------------------------------------------------------------------------------


@every_nation
def test_nobody_reads_what_is_not_confirmed(name: str) -> None:
    plugin = NATIONS[name]
    unconfirmed = set(codes(plugin)) - set(confirmed(plugin))
    assert unconfirmed
    for code in unconfirmed:
        assert tell_code(plugin, code) is general_words.DECISION_RECORDED


@every_nation
def test_each_fact_names_a_page_in_which_it_was_read(name: str) -> None:
    known = sources_of(name)
    assert all(re.fullmatch(r"https?://[\w.-]+/\S*", one.address) and one.title for one in known.values())
    beside_words = "".join(
        module.__doc__ or "" for module in (
            import_module(f"plugins.{name}.{path.stem}") for path in ROOT.glob(f"plugins/{name}/*.py")))
    of_codes = {source for code in codes(NATIONS[name]).values() for source in code.sources}
    named = set(re.findall(r"\b[A-Z][A-Z_]{2,}\b", beside_words))
    assert of_codes <= set(known.values())
    assert {key for key, one in known.items() if one not in of_codes} <= named, "a source without a fact"


@every_nation
def test_nobody_reads_of_the_law_of_england(name: str) -> None:
    assert not {text for text in every_text(NATIONS[name]) if ENGLISH_LAW.search(text)}


def test_the_law_of_england_is_noticed() -> None:
    found = {match[0] for text in english.every_text() if (match := ENGLISH_LAW.search(text))}
    assert {"Crown Prosecution", "Victims' Code", "Witness Care Unit"} <= found
    assert ENGLISH_LAW.search("This is called the Victims' Right to Review.")
    assert not ENGLISH_LAW.search("the Victims' Code for Scotland; the Victim and Witness Care Unit")


@every_nation
def test_one_nation_s_bodies_are_not_named_in_another(name: str) -> None:
    of_others = {"victims_code_scotland": "Victim Charter|Public Prosecution Service|Victim and Witness",
                 "victim_charter_ni": "[Ff]iscal|Scot|sheriff|Victims' Code"}
    said = " ".join(every_text(NATIONS[name]))
    assert not re.search(of_others[name], said)
    (other,) = set(of_others) - {name}
    assert re.search(of_others[other], said)


def test_general_words_name_no_nation_s_law() -> None:
    said = [text for telling in (
        *general_words.STAGES.values(), *general_words.ENTRIES.values(), *general_words.RELEASED.values(),
        *(one for one in vars(general_words).values() if isinstance(one, tellings.Telling)))
        for text in texts(telling)]
    said += [str(text) for pair in general_words.NOW.values() for text in pair]
    assert len(said) > 100
    assert not [text for text in said if re.search(
        r"Crown|Fiscal|fiscal|Prosecution|Code\b|Charter|Care Unit|sheriff|magistrate|caution", text)]


# --- plain and kind -----------------------------------------------------------------------------


@every_nation
def test_nobody_reads_words_that_hurt_or_hide(name: str) -> None:
    assert not {text for text in every_text(NATIONS[name]) if english.AVOIDED.search(text)}


@every_nation
def test_nobody_reads_who_a_suspect_is_or_how_old_or_how_well(name: str) -> None:
    assert not {text for text in every_text(NATIONS[name]) if english.ABOUT_A_SUSPECT.search(text)}


@every_nation
def test_the_only_number_anyone_reads_is_999(name: str) -> None:
    assert {number for text in every_text(NATIONS[name]) for number in re.findall(r"\d+", text)} == {"999"}


@every_nation
def test_no_sentence_waits_for_something_to_be_filled_in(name: str) -> None:
    assert not [text for text in every_text(NATIONS[name]) if re.search(r"%|\{|\}", text)]


@every_nation
def test_sentences_are_short_and_titles_fit_a_small_screen(name: str) -> None:
    lengths = [len(sentence) for text in every_text(NATIONS[name]) for sentence in english.sentences(text)]
    assert sum(lengths) / len(lengths) <= 13
    assert max(lengths) <= 21
    for telling in every_telling(NATIONS[name]):
        assert len(str(telling.title)) <= 70
        assert 1 <= len(re.findall(r"\.(?:\s|$)", str(telling.meaning))) <= 3


@every_nation
@pytest.mark.parametrize("stage", sorted(vocabulary.ENDED))
def test_whoever_reads_of_an_end_reads_at_the_top_once_that_support_stays(name: str, stage: str) -> None:
    plugin = NATIONS[name]
    ends = [plugin.tell("progress", stage=stage), *(
        code.telling for code in codes(plugin).values() if code.stage == stage)]
    for telling in ends:
        assert f"{plugin.stage_now(stage)[1]} {telling.next_step}".lower().count("support") == 1


@pytest.mark.parametrize(("name", "code"), [
    (name, code.id) for name, plugin in NATIONS.items() for code in codes(plugin).values()
    if code.stage == "no_further_action"])
def test_whoever_reads_that_nobody_goes_to_court_reads_a_kind_word(name: str, code: str) -> None:
    assert english.KIND.search(str(codes(NATIONS[name])[code].telling.meaning))


@every_nation
def test_what_a_decision_means_never_talks_of_reasons_as_if_they_were_there(name: str) -> None:
    assert not [one for one in every_telling(NATIONS[name]) if PRESUMED.search(str(one.meaning))]


@every_nation
def test_where_a_case_begins_reasons_lack_or_one_may_complain_the_nation_s_own_rights_are_named(
    name: str,
) -> None:
    plugin = NATIONS[name]
    first = {str(telling.rights) for telling in (
        plugin.tell("progress", stage="received"), plugin.tell("recorded"), plugin.tell("allocated"),
        plugin.tell("progress", stage="investigating"))}
    lacking = {str(one.unexplained) for one in every_telling(plugin) if one.unexplained}
    complaints = {text for text in every_text(plugin) if "complain" in text} - {str(general_words.EXPLAIN)}
    assert first and lacking and complaints
    assert not [text for text in first | lacking | complaints if RIGHTS_ARE_IN[name] not in text]


@every_nation
def test_every_end_in_which_reasons_are_owed_says_so_where_none_stand(name: str) -> None:
    plugin = NATIONS[name]
    assert not [stage for stage in vocabulary.ENDED if not plugin.tell("progress", stage=stage).unexplained]


@every_nation
def test_a_welsh_reader_finds_every_text_in_welsh(name: str) -> None:
    with (ROOT / "translations/cy/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale="cy")
    for text in every_text(NATIONS[name]):
        message = catalogue.get(text)
        assert message is not None and message.string and not message.fuzzy, text
        assert message.string != text
        assert "!" not in message.string
        assert ("999" in text) == ("999" in message.string)
