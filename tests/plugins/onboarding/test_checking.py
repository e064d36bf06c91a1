"""What ``trackmycrime forces check`` tells a clerk: what is wrong, where, and what would be right."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.base.clock import travel
from tests.core.force.force_texts import FAULTS, changed
from tests.plugins.onboarding.folder import LIVE, LOGO, READY, Run, faults, line_of, put

# --- check: what is wrong -----------------------------------------------------------------------


@pytest.mark.usefixtures("officers_can_sign_in")
def test_a_clerk_without_a_mistake_is_told_what_is_left_and_nothing_fails(
    folder: Path, run: Run
) -> None:
    put(folder, LIVE.replace(".police.uk\"\nd", ".example\"\nd"))
    told = run("check", "midshire")
    assert told.exit_code == 0
    assert told.output == (
        "midshire (draft): no faults. To go live it lacks:\n"
        "  email_sender.address: the address of letters is a made-up one\n"
    )
    assert run("check", "midshire", "--quiet").output == ""


@pytest.mark.parametrize("name", [name for name in FAULTS if FAULTS[name][2] not in ("", "id")])
def test_every_fault_is_one_line_with_its_place_and_its_remedy(
    name: str, folder: Path, run: Run
) -> None:
    old, new, key, right = FAULTS[name]
    file = put(folder, READY.replace(old, new, 1) if old in READY else changed(old, new))
    told = run("check", "midshire", "--quiet")
    assert told.exit_code == 1
    (line,) = [line for line in told.output.splitlines() if f": {key}: " in line]
    assert line.startswith(f"{file}:")
    assert right in line.partition("Right would be: ")[2]
    assert "Traceback" not in told.output


SETTINGS = {
    "a plugin misspelt": ("[plugins.mesages]", "plugins.mesages", "“messages”"),
    "a setting misspelt": ("[plugins.sign_in]\ndetail = []", "plugins.sign_in.detail", "“details”"),
    "a setting of another kind": (
        '[plugins.sign_in]\ndetails = "surname"', "plugins.sign_in.details", "square brackets"),
    "a detail nobody asks for": (
        '[plugins.sign_in]\ndetails = ["crime_reference", "surname", "post_code"]',
        "plugins.sign_in.details[3]", "“postcode”"),
    "a setting of a plugin that has none": (
        "[plugins.email_notices]\ncolour = 1", "plugins.email_notices.colour", "an empty table"),
    "a category misspelt": (
        '[plugins.police_uk.crime_types]\nburglery = "shoplifting"',
        "plugins.police_uk.crime_types.burglery", "“burglary”"),
    "a crime type the force has not": (
        '[plugins.police_uk.crime_types]\nshoplifting = "shop-lifting"',
        "plugins.police_uk.crime_types.shoplifting", "“shoplifting”"),
    "a source the force has not": (
        '[plugins.record_feed.csv.nich]\ncolumns = { A = "subject", B = "time" }\n'
        'values = { type = "uk.police.crime.recorded" }', "plugins.record_feed.csv.nich", "“niche”"),
    "a moment without its hour": (
        '[plugins.record_feed.csv.niche]\ncolumns = { A = "subject", B = "time" }\n'
        'values = { type = "x" }\nmoments = { time = "%d/%m/%Y" }',
        "plugins.record_feed.csv.niche.moments.time", "%H:%M"),
    "a day without its year": (
        '[plugins.record_feed.csv.niche]\nvalues = { type = "x" }\n'
        'columns = { A = "subject", B = "time", C = "data.day" }\n'
        'dates = { "data.day" = "%d/%m" }', "plugins.record_feed.csv.niche.dates.data.day",
        "%d/%m/%Y"),
    "a column for nothing": (
        '[plugins.record_feed.csv.niche]\nvalues = { type = "x" }\n'
        'columns = { A = "subject", B = "time", C = "data..x" }',
        "plugins.record_feed.csv.niche.columns", "data.people"),
    "no column for the time": (
        '[plugins.record_feed.csv.niche]\nvalues = { type = "x" }\ncolumns = { A = "subject" }',
        "plugins.record_feed.csv.niche", "a line for each"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_plugin_s_settings_are_judged_with_the_file(name: str, folder: Path, run: Run) -> None:
    table, key, right = SETTINGS[name]
    head, tail = READY.split("[[phases]]", 1)
    text = f"{head}{table}\n\n[[phases]]{tail}"
    put(folder, text)
    told = run("check", "midshire", "--json")
    assert told.exit_code == 1
    fault = faults(told)[key]
    assert right in fault["right"]
    first = line_of(text, table.split("\n")[0])
    assert first <= fault["line"] <= first + table.count("\n")


def test_settings_that_fit_the_force_are_taken(folder: Path, run: Run) -> None:
    head, tail = READY.split("[[phases]]", 1)
    put(folder, head + """[plugins.record_feed.csv.niche]
columns = { A = "subject", B = "time", C = "data.people.0.date_of_birth" }
values = { type = "uk.police.crime.recorded" }
moments = { time = "%d/%m/%Y %H:%M" }
dates = { "data.people.0.date_of_birth" = "%d %b %Y" }

[plugins.police_uk.crime_types]
shoplifting = "shoplifting"

[[phases]]""" + tail)
    assert run("check", "midshire").exit_code == 0


def test_a_plugin_that_cannot_judge_its_settings_is_named_and_the_rest_is_told(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plugins import sign_in

    class Broken(sign_in.SETTINGS):  # a type of its own: what a type can do is remembered for good
        def problems_with(self, force: object) -> None:
            raise KeyError("oops")

    put(folder, READY.replace("[plugins.messages]", "[plugins.mesages]\n[plugins.sign_in]"))
    monkeypatch.setattr(sign_in, "SETTINGS", Broken)
    told = faults(run("check", "midshire", "--json"))
    assert set(told) == {"plugins.sign_in", "plugins.mesages"}
    assert "KeyError" in told["plugins.sign_in"]["wrong"]


# --- check: beside the other forces -------------------------------------------------------------


def test_a_host_that_two_forces_claim_is_told_at_both(folder: Path, run: Run) -> None:
    one = put(folder, READY)
    other = put(folder, READY, "eastshire")
    told = run("check", "midshire", "eastshire", "--quiet")
    assert told.exit_code == 1
    line = line_of(READY, "hosts =")
    assert f"{one}:{line}: hosts[1]: the force eastshire claims" in told.output
    assert f"{other}:{line}: hosts[1]: the force midshire claims" in told.output
    put(folder, READY.replace("track.midshire", "track.eastshire"), "eastshire")
    assert run("check", "midshire", "eastshire").exit_code == 0


def test_a_host_of_a_force_that_was_not_asked_about_counts_too(folder: Path, run: Run) -> None:
    put(folder, READY)
    put(folder, READY, "eastshire")
    assert set(faults(run("check", "midshire", "--json"))) == {"hosts[1]"}


def test_a_successor_that_is_not_there_is_told_with_the_nearest(folder: Path, run: Run) -> None:
    put(folder, READY.replace('"draft"', '"closed"\nsuccessor = "eastshre"'))
    put(folder, READY.replace("track.midshire", "track.eastshire"), "eastshire")
    fault = faults(run("check", "midshire", "--json"))["successor"]
    assert "eastshre" in fault["wrong"]
    assert fault["right"] == "“eastshire”"


def test_an_absorbed_force_that_is_not_there_is_told(folder: Path, run: Run) -> None:
    put(folder, READY.replace('"draft"', '"draft"\nabsorbed = ["oldshire"]'))
    assert "oldshire" in faults(run("check", "midshire", "--json"))["absorbed[1]"]["wrong"]


def test_a_merger_told_in_one_file_only_is_a_warning_and_in_both_is_none(
    folder: Path, run: Run
) -> None:
    put(folder, READY.replace('"draft"', '"closed"\nsuccessor = "eastshire"'))
    east = READY.replace("track.midshire", "track.eastshire")
    put(folder, east, "eastshire")
    told = run("check", "midshire")
    assert told.exit_code == 0
    assert ": warning: successor: the file of eastshire" in told.output
    assert run("check", "midshire", "--quiet").output == ""
    put(folder, east.replace('"draft"', '"draft"\nabsorbed = ["midshire"]'), "eastshire")
    both = run("check", "midshire", "eastshire", "--json")
    assert json.loads(both.output)["warnings"] == []


# --- check: days far from now -------------------------------------------------------------------


TODAY = datetime(2026, 11, 29, 12, tzinfo=UTC)
OPENS, CLOSES = "opens = 2016-04-01", "closes = 2016-12-31"


@pytest.mark.parametrize(("old", "new", "key", "wrong", "right"), [
    (f"{OPENS}\n{CLOSES}", "opens = 2062-01-01", "phases[1].opens", "36 years from now", "2026-01-01"),
    (f"{OPENS}\n{CLOSES}", "opens = 2126-05-05", "phases[1].opens", "100 years from now", "2026-05-05"),
    (f"{OPENS}\n{CLOSES}", "opens = 2030-01-01", "phases[1].opens", "4 years from now", "nearer to now"),
    (OPENS, "opens = 1916-04-01", "phases[1].opens", "110 years ago", "2016-04-01"),
    (OPENS, "opens = 0016-04-01", "phases[1].opens", "2010 years ago", "2016-04-01"),
    (OPENS, "opens = 1996-02-29", "phases[1].opens", "30 years ago", "nearer to now"),
    (CLOSES, "closes = 9999-12-31", "phases[1].closes", "7973 years from now", "leave closes out"),
    (CLOSES, "closes = 2061-12-31", "phases[1].closes", "35 years from now", "2016-12-31"),
    ('name = "North Side"', 'name = "North Side"\nfrom = 1074-04-01', "districts[1].from", "952 years ago",
     "nearer to now"),
    ('example = "41/12345/16"', 'example = "41/12345/16"\nto = 2202-01-01', "references.patterns[1].to",
     "176 years from now", "2022-01-01"),
])
def test_a_day_far_from_now_is_a_warning_with_the_day_that_may_have_been_meant(
    old: str, new: str, key: str, wrong: str, right: str, folder: Path, run: Run
) -> None:
    assert old in READY
    put(folder, READY.replace(old, new, 1))
    with travel(TODAY):
        told = run("check", "midshire", "--json")
    assert told.exit_code == 0
    (warning,) = json.loads(told.output)["warnings"]
    assert (warning["key"], wrong in warning["wrong"], right in warning["right"]) == (key, True, True)
    assert warning["line"]


@pytest.mark.parametrize("opens", ["2007-01-01", "2016-04-01", "2026-11-29", "2028-12-31"])
def test_a_phase_of_these_years_is_no_surprise(opens: str, folder: Path, run: Run) -> None:
    put(folder, READY.replace(f"{OPENS}\n{CLOSES}", f"opens = {opens}"))
    with travel(TODAY):
        assert json.loads(run("check", "midshire", "--json").output)["warnings"] == []


def test_a_doubled_district_is_the_fault_and_is_named_once_where_others_are_listed(
    folder: Path, run: Run
) -> None:
    put(folder, READY.replace('id = "south-side"', 'id = "north-side"')
        .replace('districts = ["north-side"]', 'districts = ["nowhere-at-all", "all"]'))
    told = faults(run("check", "midshire", "--json"))
    assert "this id is there twice: “north-side”" in told["districts[2].id"]["wrong"]
    assert told["phases[1].districts[1]"]["right"] == "one of: north-side"
    assert told["phases[1].districts[2]"]["right"] == "each by its id: north-side"


# --- check: the logo ----------------------------------------------------------------------------


WRONG_LOGOS = {
    "a picture that was renamed": ("\x89PNG\r\n", "not an SVG"),
    "another kind of file": ("<html><body>hello</body></html>", "begins with <html>"),
    "far too large": (LOGO.replace("M0 0", "M0 0" + " " * 60_000), "60 kB"),
    "a script": (LOGO.replace("<path", "<script>alert(1)</script><path"), "<script>"),
    "a script in an attribute": (LOGO.replace("<path", '<path onclick="x()"'), "onclick"),
    "a page inside": (LOGO.replace("<path", "<foreignObject/><path"), "<foreignObject>"),
    "a picture from elsewhere": (
        LOGO.replace("<path", '<image href="https://evil.example/a.png"/><path'), "elsewhere"),
    "a picture by the old name": (LOGO.replace(
        "<path", '<image xmlns:x="http://www.w3.org/1999/xlink" x:href="//evil.example/a"/><path'
    ), "elsewhere"),
    "a font from elsewhere": (LOGO.replace(
        "<path", "<style>@import 'https://evil.example/f.css';</style><path"), "style"),
    "a filling from elsewhere": (
        LOGO.replace("<path", '<path style="fill:url(https://evil.example/#a)"'), "elsewhere"),
    "an entity": ('<!DOCTYPE svg [<!ENTITY a "b">]>' + LOGO, "DOCTYPE"),
    "a style sheet beside it": ('<?xml-stylesheet href="a.css"?>' + LOGO, "xml-stylesheet"),
    "nothing at all": ("", "not an SVG"),
}


@pytest.mark.parametrize("name", WRONG_LOGOS)
def test_a_logo_that_is_not_what_it_says_is_told_at_its_key(
    name: str, folder: Path, run: Run
) -> None:
    content, words = WRONG_LOGOS[name]
    put(folder, READY, logo=content)
    fault = faults(run("check", "midshire", "--json"))["brand.logo"]
    assert words in fault["wrong"]
    assert fault["right"]
    assert fault["line"] == line_of(READY, "[brand]")


def test_a_logo_that_draws_by_itself_is_taken(folder: Path, run: Run) -> None:
    put(folder, READY, logo='<?xml version="1.0"?>' + LOGO.replace(
        "<path", '<style>.a{fill:url(#g)}</style><use href="#a"/><path style="fill:url(#g)"'))
    assert run("check", "midshire").exit_code == 0


def test_a_missing_logo_is_a_warning_and_no_fault(folder: Path, run: Run) -> None:
    put(folder, READY, logo=None)
    told = run("check", "midshire")
    assert told.exit_code == 0
    assert ": warning: brand.logo: there is no logo.svg" in told.output
    (warning,) = json.loads(run("check", "midshire", "--json").output)["warnings"]
    assert warning["key"] == "brand.logo"
