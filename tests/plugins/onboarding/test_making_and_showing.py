"""A force made with ``trackmycrime forces new``, shown, and compared with another."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from core.cli.main import root
from core.force.file.reading import read_force
from core.plugin_host.review import forces_dir
from plugins.onboarding import new
from tests.plugins.onboarding.folder import READY, Run, line_of, put

# --- where the file is --------------------------------------------------------------------------


def test_what_new_writes_is_found_by_every_command_in_the_same_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from a wheel: the portal's own forces are elsewhere, and nothing is set."""
    monkeypatch.delenv("TMC_FORCES_DIR")
    monkeypatch.chdir(tmp_path)
    made = run("new", "midshire", "--name", "Midshire Police", "--district", "North Side",
               "--colour", "#14505c", "--reference", "41/12345/16", "--yes")
    assert made.exit_code == 0 and "TMC_FORCES_DIR" not in made.output
    assert (tmp_path / "forces/midshire/force.toml").exists()
    assert run("check", "midshire").exit_code == 0
    assert run("show", "midshire").exit_code == 0
    monkeypatch.chdir(tmp_path / "forces")
    assert CliRunner().invoke(root, ["forces", "check", "midshire"]).exit_code != 0


def test_a_clone_of_the_portal_in_this_folder_is_not_taken_twice(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMC_FORCES_DIR")
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "forces", READY)
    (tmp_path / "forces/midshire").rename(tmp_path / "forces/hertfordshire")
    assert forces_dir() is None and run("check", "hertfordshire").exit_code == 0


# --- show, diff ---------------------------------------------------------------------------------


def test_show_says_where_each_value_comes_from(folder: Path, run: Run) -> None:
    text = READY.replace("[plugins.messages]", "[plugins.sign_in]")
    put(folder, text)
    shown = {one["key"]: one for one in json.loads(run("show", "midshire", "--json").output)}
    assert shown["name"] == {"key": "name", "value": "Midshire Police", "from": "force.toml",
                             "line": line_of(text, "name = ")}
    assert shown["ons_code"] == {"key": "ons_code", "value": None, "from": "default", "line": None}
    assert shown["brand.accent"]["value"] == "#14505c"
    assert shown["brand.accent"]["from"] == "same as brand.colour"
    assert (shown["crime_types[2].name"]["value"], shown["crime_types[2].name"]["from"]) == (
        "Theft from a shop", "force.toml")
    assert shown["crime_types[3].sensitive"]["value"] is True
    assert shown["crime_types[3].sensitive"]["from"] == "shared list"
    assert shown["phases[1].opens"]["value"] == "2016-04-01"
    assert shown["plugins.sign_in.details"]["from"] == "default of sign_in"
    lines = run("show", "midshire").output.splitlines()
    (line,) = [line for line in lines if " brand.colour = " in line]
    assert line.startswith(f"force.toml:{line_of(text, 'colour = ')} ")
    assert line.endswith('"#14505c"')


def test_show_of_a_faulty_file_tells_the_faults(folder: Path, run: Run) -> None:
    from core.force.fault import ForceFileError

    put(folder, READY.replace('"101"', '"none"'))
    told = CliRunner().invoke(root, ["forces", "show", "midshire"])
    assert isinstance(told.exception, ForceFileError)
    assert "non_emergency" in str(told.exception)


def test_diff_tells_what_a_changed_copy_would_change(folder: Path, run: Run) -> None:
    put(folder, READY)
    copy = folder / "copy.toml"
    copy.write_text(
        READY.replace('colour = "#14505c"', 'colour = "#204a5e"')
        .replace('crime_types = ["bicycle-theft"]', 'crime_types = ["bicycle-theft", "shoplifting"]')
        .replace('name = "South Side"', 'name = "South End"')
    )
    told = run("diff", "midshire", str(copy))
    assert told.exit_code == 0
    assert told.output == f"""\
brand.colour
  - midshire: "#14505c"
  + {copy}: "#204a5e"
districts[south-side].name
  - midshire: "South Side"
  + {copy}: "South End"
phases[1].crime_types
  + {copy}: ["shoplifting"]
"""
    assert json.loads(run("diff", "midshire", str(copy), "--json").output)[0] == {
        "key": "brand.colour", "a": "#14505c", "b": "#204a5e"}
    assert run("diff", "midshire", "midshire").output == "no difference\n"


def test_diff_names_the_districts_that_only_one_force_has(folder: Path, run: Run) -> None:
    put(folder, READY)
    put(folder, READY.replace("south-side", "west-side").replace("track.m", "track.e"), "eastshire")
    found = {d["key"]: d for d in json.loads(run("diff", "midshire", "eastshire", "--json").output)}
    assert found["districts"] == {"key": "districts", "a": ["south-side"], "b": ["west-side"]}


# --- new ----------------------------------------------------------------------------------------

FLAGS = ("--name", "Westshire Police", "--district", "North Side", "--district", "St Albans",
         "--colour", "#14505c", "--reference", "41/12345/16")


def test_a_force_made_from_flags_is_faultless_and_says_what_to_do_next(
    folder: Path, run: Run
) -> None:
    made = run("new", "westshire", *FLAGS, "--yes")
    assert made.exit_code == 0, made.output
    assert "always 41, a number (12345), the year (16)" in made.output
    for words in ("forces check westshire", "forces preview westshire", "to_confirm"):
        assert words in made.output
    checked = json.loads(run("check", "westshire", "--json").output)
    assert (checked["problems"], checked["warnings"]) == ([], [])
    text = (folder / "westshire" / "force.toml").read_text()
    assert text.startswith('id = "westshire"\n')
    assert r"pattern = '^41/\d{1,7}/\d{2}$'" in text
    assert 'id = "st-albans"' in text
    assert "[plugins.demo]" in text
    assert "[plugins.preview]" not in text


@pytest.mark.parametrize("flags", [
    ("--nation", "wales"), ("--nation", "Scotland"), ("--nation", "Northern Ireland"),
    ("--nation", "Great Britain", "--languages", "en,cy", "--name-cy", "Heddlu Gorllewin"),
    ("--short-name", "Updates", "--opens", "2030-01-01"), ("--reference", ""),
    ("--crime-types", "robbery,criminal-damage-arson"), ("--website", "https://www.westshire.police.uk"),
    ("--reference", "5224012345"), ("--reference", "AB*77"), ("--name", "Mid \"& <Shire> Police"),
])
def test_every_choice_ends_in_a_faultless_file(
    flags: tuple[str, ...], folder: Path, run: Run
) -> None:
    made = run("new", "westshire", *FLAGS, *flags, "--yes")
    assert made.exit_code == 0, made.output
    assert json.loads(run("check", "westshire", "--json").output)["problems"] == []


@pytest.mark.parametrize(("nation", "listed"), [
    ("England", {"victims_code"}), ("Wales", {"victims_code"}), ("Great Britain", {"victims_code"}),
    ("Scotland", {"victims_code_scotland"}), ("Northern Ireland", {"victim_charter_ni"}),
])
def test_a_new_force_lists_the_words_of_its_own_nation_s_law_only(
    nation: str, listed: set[str], folder: Path, run: Run
) -> None:
    assert run("new", "westshire", *FLAGS, "--nation", nation, "--yes").exit_code == 0
    listing = read_force(folder / "westshire" / "force.toml").plugins
    assert {"victims_code", "victims_code_scotland", "victim_charter_ni"} & set(listing) == listed
    assert "messages" in listing


@pytest.mark.parametrize("name", [
    'Mid "& <Shire> Police', "O'Neill \\ Police", "{{ 7*191 }} Police", "{% if x %} Police",
    "{# Mid #} Police",
])
def test_a_name_stands_in_the_file_as_it_was_typed_and_escaped_in_the_wordmark(
    name: str, folder: Path, run: Run
) -> None:
    assert run("new", "westshire", *FLAGS, "--name", name, "--short-name", "Mid", "--yes").exit_code == 0
    text = (folder / "westshire" / "force.toml").read_text()
    assert f"\n# {name} in the portal.\n" in text
    assert read_force(folder / "westshire" / "force.toml").name == name
    logo = (folder / "westshire" / "static" / "logo.svg").read_text()
    assert f'<title id="title">{escape(name)}</title>' in logo


def test_nothing_is_asked_when_nobody_is_there_and_all_that_is_missing_is_named(run: Run) -> None:
    told = run("new", "westshire", "--name", "Westshire Police")
    assert told.exit_code == 2
    assert "--district, --colour" in told.output
    assert "ID, --name, --district, --colour" in run("new").output


@pytest.mark.parametrize(("flags", "words"), [
    (("--colour", "#ffee00"), "a darker colour"),
    (("--colour", "teal"), "#204a5e"),
    (("--nation", "Englnd"), "“England”"),
    (("--languages", "cy"), "English is missing"),
    (("--crime-types", "burglery"), "“burglary”"),
    (("--opens", "soon"), "a day like 2016-04-01"),
    (("--reference", "none"), "41/12345/16"),
    (("--non-emergency", "ask"), "digits"),
    (("--website", "westshire"), "https://"),
    (("--district", "North side"), "another district"),
    (("--district", "North End, South End, Loam Vale"), "semicolons between them"),
    (("--district", "A / B / C"), "semicolons between them"),
    (("--district", "A/B/C"), "semicolons between them"),
    (("--reference", "01/04/2016"), "is a day"),
    (("--reference", "14 March 2026"), "is a day"),
    (("--name", ""), "a text"),
])
def test_a_wrong_flag_is_refused_with_what_would_be_right(
    flags: tuple[str, str], words: str, folder: Path, run: Run
) -> None:
    told = run("new", "westshire", *FLAGS, *flags, "--yes")
    assert told.exit_code == 2
    assert f"{flags[0]}: " in told.output
    assert words in told.output
    assert not (folder / "westshire").exists()


def test_a_person_at_a_terminal_is_asked_and_asked_again(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new, "person_is_there", lambda: True)
    told = run("new", typed="\n".join([
        "West Shire", "westshire", "Heddlu Gorllewin", "", "Wales", "", "Heddlu'r Gorllewin", "",
        "", "North Side / Ochr y Gogledd", "North Side", "South Side", "", "", "tomorrow",
        "2027-01-04", "01/04/2026", "41/12345/16", "", "yellow", "#14505c", "",
    ]))
    assert told.exit_code == 0, told.output
    for words in ("is not an id", "is there already", "is not a day", "is not a colour",
                  "“01/04/2026” is a day", "would be taken: 41/1/26", "would not: 41/12345, 42/12345/16"):
        assert words in told.output
    text = (folder / "westshire" / "force.toml").read_text()
    assert 'name = { en = "North Side", cy = "Ochr y Gogledd" }' in text
    assert 'name = { en = "Heddlu Gorllewin", cy = "Heddlu\'r Gorllewin" }' in text
    assert 'languages = ["en", "cy"]' in text
    assert "opens = 2027-01-04" in text
    assert run("check", "westshire").exit_code == 0


def test_several_districts_in_one_answer_are_several(folder: Path, run: Run) -> None:
    flags = ("--district", "East End; West End |  Loam Vale;", "--district", "Bournley, Crest and Poole",
             "--district", "abc = A, B, C", "--crime-types", "robbery; vehicle")
    assert run("new", "westshire", *FLAGS, *flags, "--yes").exit_code == 0
    shown = json.loads(run("show", "westshire", "--json").output)
    named = [one["value"] for one in shown if re.fullmatch(r"districts\[\d+\]\.name", one["key"])]
    assert named == ["North Side", "St Albans", "East End", "West End", "Loam Vale",
                     "Bournley, Crest and Poole", "A, B, C"]


@pytest.mark.parametrize("typed", ["53/12345/27", "53 / 12345 / 27", " 53/ 12345 /27 "])
def test_a_new_force_takes_references_of_other_numbers_and_years(
    typed: str, folder: Path, run: Run
) -> None:
    flags = [*FLAGS[:-1], typed]
    assert run("new", "westshire", *flags, "--yes").exit_code == 0
    force = read_force(folder / "westshire" / "force.toml")
    for taken in ("53/1234/26", "53/1/25", "53/1234567/28", "53 / 1234 / 26"):
        assert force.looks_like_reference(taken), taken
    for other in ("54/1234/26", "53/1234", "01/04/2016"):
        assert not force.looks_like_reference(other), other


def test_several_examples_of_references_make_one_shape_or_several(folder: Path, run: Run) -> None:
    flags = ("--reference", "41/7/17", "--reference", "5224012345; 5225999999")
    made = run("new", "westshire", *FLAGS, *flags, "--yes")
    assert made.exit_code == 0, made.output
    assert "The example 41/12345/16 and 41/7/17 was read as: always 41" in made.output
    assert "would be taken: 5226000001" in made.output
    text = (folder / "westshire" / "force.toml").read_text()
    assert text.count("[[references.patterns]]") == 2
    assert 'template = "41/{number}/{yy}"' in text
    assert "It looks like 41/12345/16 or 5224012345." in text
    assert run("check", "westshire").exit_code == 0


def test_what_is_there_is_never_overwritten(folder: Path, run: Run) -> None:
    file = put(folder, READY, "westshire")
    told = run("new", "westshire", *FLAGS, "--yes")
    assert told.exit_code == 2
    assert "is there already" in told.output
    assert file.read_text() == READY.replace('id = "midshire"', 'id = "westshire"')
    (folder / "elsewhere" / "northshire").mkdir(parents=True)
    told = run("new", "northshire", *FLAGS, "--dir", str(folder / "elsewhere"))
    assert told.exit_code == 1
    assert "left as it is" in told.output


def test_a_folder_that_the_portal_does_not_read_is_named_in_what_to_do_next(
    folder: Path, run: Run
) -> None:
    made = run("new", "westshire", *FLAGS, "--dir", str(folder / "elsewhere"))
    assert made.exit_code == 0
    assert f"TMC_FORCES_DIR={folder / 'elsewhere'} trackmycrime forces check" in made.output


@settings(max_examples=40, deadline=None)
@given(
    name=st.text(max_size=30), district=st.text(max_size=20), reference=st.text(max_size=12),
    short=st.text(max_size=10),
)
def test_whatever_is_typed_ends_in_a_faultless_file_or_a_refusal(
    name: str, district: str, reference: str, short: str
) -> None:
    with tempfile.TemporaryDirectory() as made_in, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMC_FORCES_DIR", made_in)
        words = ["forces", "new", "westshire", "--colour", "#14505c", "--yes", f"--name={name}",
                 f"--district={district}", f"--reference={reference}", f"--short-name={short}"]
        made = CliRunner().invoke(root, words)
        assert made.exit_code in (0, 1, 2)
        assert made.exception is None or isinstance(made.exception, SystemExit)
        assert (Path(made_in) / "westshire").exists() == (made.exit_code == 0)
        if made.exit_code == 0:
            checked = CliRunner().invoke(root, ["forces", "check", "westshire"])
            assert checked.exit_code == 0, checked.output
