"""What ``trackmycrime forces check`` says of all forces, and of one that is to go live."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from core.cli.main import root
from core.force.file.reading import build_force
from core.plugin_host.finding import find_forces, find_plugins
from core.plugin_host.nations import untold
from core.plugin_host.promises import unkept
from core.plugin_host.review import review
from plugins import staff_sign_in
from tests.core.force.force_texts import changed
from tests.forces import ALL
from tests.plugins.onboarding.folder import LIVE, READY, Run, put

# --- check: all of them, and going live ---------------------------------------------------------


@pytest.mark.usefixtures("officers_can_sign_in")
def test_all_forces_are_one_line_each_with_what_they_lack(folder: Path, run: Run) -> None:
    put(folder, LIVE)
    put(folder, "not toml", "eastshire")
    told = run("check")
    assert told.exit_code == 1
    lines = {line.split()[0]: line for line in told.output.splitlines() if line}
    assert lines["midshire"].split()[1:4] == ["draft", "0", "nothing"]
    assert lines["eastshire"].split()[1:3] == ["faulty", "-"]
    assert told.output.splitlines()[0].startswith(f"{folder / 'eastshire' / 'force.toml'}:1: ")
    assert max(map(len, lines.values())) < 200
    assert "1 fault, " in told.output.splitlines()[-1]


@pytest.mark.usefixtures("officers_can_sign_in")
def test_going_live_fails_while_anything_is_missing(folder: Path, run: Run) -> None:
    put(folder, changed('greeting = "Hello"', ""))
    told = run("check", "--for-live", "midshire")
    assert told.exit_code == 1
    assert "  references.help: nothing says where to find one's reference" in told.output
    assert "made-up" in run("check", "--for-live", "midshire", "--quiet").output
    put(folder, LIVE)
    ready = run("check", "--for-live", "midshire")
    assert ready.exit_code == 0
    assert "nothing is missing to go live" in ready.output


@pytest.mark.parametrize("words", [("show", "midshir"), ("diff", "midshire", "midshir")])
def test_show_and_diff_of_a_force_that_is_not_there_name_the_nearest(
    words: tuple[str, ...], folder: Path
) -> None:
    put(folder, READY)
    told = CliRunner().invoke(root, ["forces", *words])
    assert str(told.exception).startswith("midshir: no such force here; did you mean midshire?")


def test_a_force_with_sample_people_on_cannot_go_live(folder: Path, run: Run) -> None:
    put(folder, READY.replace("[plugins.messages]", "[plugins.messages]\n[plugins.demo]"))
    told = run("check", "--for-live", "midshire")
    assert told.exit_code == 1
    assert "plugins.demo: the plugin demo is for demo only" in told.output


def test_a_force_that_is_not_there_is_answered_with_the_nearest(folder: Path, run: Run) -> None:
    put(folder, READY)
    told = run("check", "midshir")
    assert told.exit_code == 2
    assert "“midshire”" in told.output


# --- going live: a plugin for each thing that is promised ----------------------------------------


def without(name: str, text: str = LIVE) -> str:
    assert f"[plugins.{name}]\n" in text
    return text.replace(f"[plugins.{name}]\n", "", 1)


MISSED = {
    "record_feed": "no record system can send news",
    "sign_in": "people cannot sign in",
    "your_account": "people cannot lock their access",
    "messages": "people cannot write to their officer",
    "officer_desk": "officers have no desk",
    "email_notices": "nobody gets an email",
    "support": "people are not told where they find support",
    "eligibility": "people cannot ask beforehand",
    "staff_door": "officers cannot sign in",
    "victims_code": "no plugin tells the words of stages and outcomes for the law of England",
}
OURS = {"staff_door": "staff_sign_in"}  # named first where a plugin of others is as good
TOLD_BY = {"England": "victims_code", "Wales": "victims_code", "Great Britain": "victims_code",
           "Scotland": "victims_code_scotland", "Northern Ireland": "victim_charter_ni"}


@pytest.mark.usefixtures("officers_can_sign_in")
@pytest.mark.parametrize("status", ["draft", "ready", "live"])
@pytest.mark.parametrize("name", ALL)
def test_a_force_without_one_plugin_is_told_what_people_would_miss_and_does_not_go_live(
    name: str, status: str, folder: Path, run: Run
) -> None:
    put(folder, without(name).replace('status = "draft"', f'status = "{status}"'))
    told = run("check", "--for-live", "midshire")
    assert told.exit_code == 1
    (line,) = [line for line in told.output.splitlines() if f" plugins.{OURS.get(name, name)}: " in line]
    assert MISSED[name] in line
    assert "add [plugins." in line and f"[plugins.{name}]" in line
    assert run("check", "midshire").exit_code == (0 if status == "draft" else 1)


@pytest.mark.usefixtures("officers_can_sign_in")
def test_a_force_with_every_plugin_goes_live(folder: Path, run: Run) -> None:
    put(folder, LIVE.replace('status = "draft"', 'status = "live"'))
    assert run("check", "--for-live", "midshire").exit_code == 0


@pytest.mark.usefixtures("officers_can_sign_in")
def test_a_force_without_any_plugin_is_told_all_that_it_needs_at_once(folder: Path, run: Run) -> None:
    text = LIVE
    for name in set(ALL) - {"eligibility"}:
        text = without(name, text)
    put(folder, text)
    told = run("check", "--for-live", "midshire").output
    assert [name for name in ALL if f"  plugins.{OURS.get(name, name)}: " not in told] == ["eligibility"]


@pytest.mark.parametrize("listed", sorted({*TOLD_BY.values()}))
@pytest.mark.parametrize("nation", TOLD_BY)
def test_a_force_under_a_law_that_none_of_its_plugins_tells_is_told_which_one_does(
    nation: str, listed: str
) -> None:
    text = LIVE.replace('"England"', f'"{nation}"').replace("[plugins.victims_code]", f"[plugins.{listed}]")
    said = list(untold(build_force(text), find_plugins()))
    right = TOLD_BY[nation]
    assert said == ([] if listed == right else [(("plugins", right), (
        f"no plugin tells the words of stages and outcomes for the law of {nation}: add [plugins.{right}]"))])


def test_a_force_in_wales_is_told_that_its_own_texts_are_for_welsh_readers_too() -> None:
    wales, plugins = LIVE.replace('"England"', '"Wales"'), find_plugins()
    said = (("languages",), "a force in Wales has its own texts in Welsh too")
    assert said in list(unkept(build_force(wales), plugins))
    bilingual = wales.replace('["en"]', '["en", "cy"]')
    assert not any(place == ("languages",) for text in (bilingual, LIVE)
                   for place, _ in unkept(build_force(text), plugins))


def test_where_no_plugin_here_tells_a_law_that_is_said() -> None:
    force = build_force(LIVE.replace('"England"', '"Scotland"'))
    plugins = {name: one for name, one in find_plugins().items() if name != "victims_code_scotland"}
    ((place, said),) = untold(force, plugins)
    assert place == ("plugins",)
    assert "the law of Scotland" in said and "install one" in said


@pytest.mark.parametrize("texts", [LIVE, *(without(name) for name in ("messages", "officer_desk"))])
def test_what_staff_use_does_not_go_live_while_staff_cannot_sign_in(
    folder: Path, run: Run, texts: str
) -> None:
    """Also when what needs it is taken out: the desk and messages are promised to people themselves."""
    put(folder, without("staff_door", texts))
    told = run("check", "--for-live", "midshire")
    assert told.exit_code == 1
    (line,) = [line for line in told.output.splitlines() if line.startswith("  plugins.staff_sign_in: ")]
    assert "messages" in line and "officer_desk" in line
    assert "add [plugins.staff_sign_in]" in line


def test_where_no_plugin_here_lets_staff_sign_in_that_is_said(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_sign_in, "PROVIDES", ())
    put(folder, without("staff_door"))
    told = run("check", "--for-live", "midshire")
    assert told.exit_code == 1
    (line,) = [line for line in told.output.splitlines() if line.startswith("  ")]
    assert "messages and officer_desk" in line
    assert "no plugin that is installed here provides “staff_sign_in”" in line


def test_every_force_of_the_portal_says_that_its_officers_cannot_sign_in_yet() -> None:
    folders = find_forces(None)
    for one in review(folders, folders, find_plugins()):
        assert any("officers cannot sign in" in said for _, said in one.lacks), one.id


def test_a_demo_s_sign_in_of_officers_counts_for_nothing_when_a_force_goes_live(
    folder: Path, run: Run
) -> None:
    put(folder, LIVE.replace("[plugins.staff_door]", "[plugins.demo]"))
    assert "officers cannot sign in" in run("check", "--for-live", "midshire").output


def of_others(**declared: Any) -> dict[str, ModuleType]:
    """The plugins of this installation and one of somebody else."""
    theirs = ModuleType("theirs")
    vars(theirs).update(NAME="theirs", VERSION="1", SETTINGS=None, **declared)
    return {**find_plugins(), "theirs": theirs}


@pytest.mark.usefixtures("officers_can_sign_in")
def test_a_plugin_of_others_takes_the_place_of_one_of_ours() -> None:
    force = build_force(LIVE.replace("[plugins.email_notices]", "[plugins.theirs]"))
    assert [said for _, said in unkept(force, of_others(PROVIDES=("letters",)))] == []
    (missing,) = unkept(force, of_others())
    assert missing[0] == ("plugins", "email_notices")


@pytest.mark.usefixtures("officers_can_sign_in")
@pytest.mark.parametrize(("capability", "said"), [
    ("lost_property", "provides “lost_property”; install"),
    ("staff_sing_in", "provides “staff_sing_in”, only “staff_sign_in”; install"),
])
def test_a_plugin_of_others_says_what_it_needs_itself(capability: str, said: str) -> None:
    force = build_force(LIVE.replace("[plugins.staff_door]", "[plugins.staff_door]\n[plugins.theirs]"))
    ((place, sentence),) = unkept(force, of_others(NEEDS={capability: "found things stay where they are"}))
    assert place == ("plugins",)
    assert sentence.startswith("found things stay where they are (for theirs): ")
    assert said in sentence


# --- all forces of the portal -------------------------------------------------------------------


def test_every_force_of_the_portal_is_faultless(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TMC_FORCES_DIR", raising=False)
    folders, plugins = find_forces(None), find_plugins()
    found = review(folders, folders, plugins)
    assert [str(problem) for one in found for problem in (*one.faults, *one.warnings)] == []
    told = CliRunner().invoke(root, ["forces", "check"])
    assert told.exit_code == 0
    lines = told.output.splitlines()
    assert [line.split()[0] for line in lines[1:len(folders) + 1]] == list(folders)
    assert lines[-1].startswith(f"{len(folders)} forces: no faults, no warnings.")
