"""A clerk runs ``forces simulate``: what is said, written and drawn, and how faults are told."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from core.cli.main import main
from plugins.police_uk.simulate_figures import REASONS
from plugins.police_uk.simulate_picture import COLOURS, tick
from plugins.police_uk.simulate_svg import luminance, on, shade
from tests.plugins.police_uk.conftest import WESTSHIRE
from tests.plugins.police_uk.police_uk_builders import outcome, street, write

ROOT = Path(__file__).resolve().parents[3]
SVG = "{http://www.w3.org/2000/svg}"
PORT = "Ports, Quays and Poole 002A"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    write(folder, "2021-01", "street", street("a", "2021-01"),
          street("b", "2021-01", "Bicycle theft", PORT), street("c", "2021-01", "Other theft"),
          street("", "2021-01", "Anti-social behaviour"), zipped=True)
    write(folder, "2021-02", "street", street("d", "2021-02", place=PORT),
          street("e", "2021-02", "Drugs"))
    write(folder, "2021-02", "outcomes", outcome("a", "2021-02", "Suspect charged"))
    write(folder, "2021-02", "street", street("z", "2021-02"), force="eastshire")
    return folder


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "changed.toml"
    path.write_text(WESTSHIRE.replace('districts = ["north", "ports"]', 'districts = ["north"]'))
    return path


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "other.toml"
    path.write_text(WESTSHIRE)
    return path


@pytest.fixture
def simulate(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command; its exit status, standard output and errors."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["forces", "simulate", *map(str, arguments)])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def table(path: Path) -> list[dict[str, str]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines()))


# --- what is told -----------------------------------------------------------------------------


def test_the_tables_add_up_and_fit_a_terminal(simulate: Run, toml: Path, files: Path) -> None:
    code, out, err = simulate(toml, "--from-replay", files, "--full")
    assert (code, err) == (0, "")
    assert "1 offered + 3 not offered + 2 left out = 6 rows read." in out
    assert all(len(line.rstrip()) <= 100 for line in out.splitlines())
    for words in ("By month", "By district", "By crime type", "By reason", "North Vale",
                  "no phase opens this district", "Anti-social behaviour", "2 street files",
                  "Open Government Licence v3.0"):
        assert words in out


def test_json_is_one_object_whose_cells_add_up(simulate: Run, toml: Path, files: Path) -> None:
    code, out, _ = simulate(toml, "--from-replay", files, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["adds_up"]
    assert sum(cell["rows"] for cell in told["cells"]) == told["rows_read"] == 6
    assert sum(month["asked"] + month["left_out"] for month in told["by_month"]) == 6
    assert told["reasons"] == {"offered": 1, "crime_type_not_covered": 1, "district_not_covered": 2}
    assert told["left_out_reasons"] == {"no_crime_id": 1, "no_crime_type": 1}


def test_the_csv_holds_every_row_once_and_quiet_says_nothing(
    simulate: Run, toml: Path, files: Path, tmp_path: Path,
) -> None:
    made = tmp_path / "made.csv"
    assert simulate(toml, "--from-replay", files, "--csv", made, "--quiet") == (0, "", "")
    assert sum(int(row["rows"]) for row in table(made)) == 6
    assert {row["answer"] for row in table(made)} == {"offered", "not_offered", "left_out"}


def test_a_month_asked_for_alone_is_told_alone(simulate: Run, toml: Path, files: Path) -> None:
    _, out, _ = simulate(toml, "--from-replay", files, "--from", "2021-02", "--json")
    assert json.loads(out)["months"] == ["2021-02"]


def test_a_changed_file_says_what_it_adds_and_takes_away(
    simulate: Run, toml: Path, other: Path, files: Path, tmp_path: Path,
) -> None:
    made = tmp_path / "made.csv"
    other.write_text(other.read_text().replace(
        'crime_types = ["burglary-residential", "bicycle-theft"]', 'crime_types = ["bicycle-theft"]'
    ))
    code, out, _ = simulate(toml, "--from-replay", files, "--compare", other, "--csv", made)
    assert code == 0
    assert "1 offered now, +1 added, -1 taken away = 1 offered then." in out
    changed = {(row["district"], row["crime_type"], row["month"]): (row["gained"], row["lost"])
               for row in table(made)}
    assert changed == {("north", "burglary-residential", "2021-01"): ("0", "1"),
                       ("ports", "bicycle-theft", "2021-01"): ("1", "0")}


def test_the_same_file_again_changes_nothing(simulate: Run, toml: Path, files: Path) -> None:
    _, out, _ = simulate(toml, "--from-replay", files, "--compare", toml)
    assert "+0 added, -0 taken away" in out
    assert "The same crimes would be offered." in out


def test_a_draft_known_by_its_id_needs_no_database_and_nothing_is_written(
    tmp_path: Path, files: Path,
) -> None:
    forces = tmp_path / "forces" / "westshire"
    forces.mkdir(parents=True)
    (forces / "force.toml").write_text(WESTSHIRE)
    before = sorted(tmp_path.rglob("*"))
    bare = {name: value for name, value in os.environ.items() if not name.startswith("TMC_")}
    done = subprocess.run(
        [sys.executable, "-m", "core", "forces", "simulate", "westshire", "--from-replay", files],
        cwd=ROOT, env=bare | {"TMC_FORCES_DIR": str(forces.parent)}, capture_output=True, text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Westshire Police" in done.stdout
    assert sorted(tmp_path.rglob("*")) == before


# --- faults -----------------------------------------------------------------------------------


def one_line(answer: tuple[int, str, str], code: int, *said: str) -> None:
    assert answer[:2] == (code, "")
    (line,) = answer[2].splitlines()
    assert line.startswith("trackmycrime: ")
    for words in said:
        assert words in line


def test_a_wrong_call_is_one_line_and_exit_two(
    simulate: Run, toml: Path, files: Path, tmp_path: Path,
) -> None:
    crimes = ("--from-replay", files)
    one_line(simulate(toml, "--from-replay", tmp_path / "no"), 2, "no such folder")
    one_line(simulate(toml, *crimes, "--from", "2021-13"), 2, "--from 2021-13", "like 2021-01")
    one_line(simulate(toml, *crimes, "--from", "2021-02", "--to", "2021-01"), 2, "is after")
    one_line(simulate(toml), 2, "--from-replay DIR", "--from-csv FILE")
    one_line(simulate(toml, "--from-csv", tmp_path / "no.csv"), 2, "no such file")
    one_line(simulate(toml, *crimes, "--plot", tmp_path / "a.png"), 2, ".svg")
    one_line(simulate(toml, *crimes, "--csv", tmp_path / "no" / "a.csv"), 2, "cannot be written")
    one_line(simulate("atlantis", *crimes), 2, "no such force", "path of a force.toml")


def test_files_of_another_force_or_month_are_one_line_and_exit_one(
    simulate: Run, toml: Path, files: Path, tmp_path: Path,
) -> None:
    (tmp_path / "empty").mkdir()
    one_line(simulate(toml, "--from-replay", tmp_path / "empty"), 1, "no data.police.uk file")
    one_line(simulate(toml, "--from-replay", files, "--from", "2022-01"), 1, "2021-01 to 2021-02")


def test_a_file_to_compare_with_is_faulted_as_the_check_faults_it(
    simulate: Run, toml: Path, other: Path, files: Path,
) -> None:
    crimes = ("--from-replay", files)
    other.write_text(WESTSHIRE.replace('"bicycle-theft", "other-theft"]', '"bycicle-theft", "other-theft"]'))
    code, out, err = simulate(toml, *crimes, "--compare", other)
    assert (code, out) == (1, "")
    assert f"{other}:" in err
    assert "bicycle-theft" in err
    one_line(simulate(toml, *crimes, "--compare", other.with_name("no.toml")), 1, "cannot be read")
    other.write_text(WESTSHIRE.replace('"westshire"', '"eastshire"'))
    one_line(simulate(toml, *crimes, "--compare", other), 2, "eastshire", "westshire")


def test_a_force_that_maps_no_categories_is_told_what_to_add(
    simulate: Run, toml: Path, files: Path,
) -> None:
    head, rest = WESTSHIRE.split("[plugins.police_uk.crime_types]")
    toml.write_text(head + "[[phases]]" + rest.split("[[phases]]")[1])
    one_line(simulate(toml, "--from-replay", files), 2, "[plugins.police_uk.crime_types]",
             "--from-csv")
    toml.write_text(WESTSHIRE.replace('burglary = "burglary', 'burglary = "x-burglary'))
    one_line(simulate(toml, "--from-replay", files), 1, "x-burglary")


def test_a_row_that_cannot_be_read_is_named_and_exit_is_one(
    simulate: Run, toml: Path, files: Path,
) -> None:
    write(files, "2021-03", "street", "a,b")
    code, out, err = simulate(toml, "--from-replay", files)
    assert code == 1
    assert "2021-03-westshire-street.csv line 2: 2 fields" in err
    assert "= 7 rows read." in out


def test_words_of_a_file_cannot_steer_the_terminal(
    simulate: Run, toml: Path, files: Path, tmp_path: Path,
) -> None:
    write(files, "2021-03", "street", street("f", "2021-03", "[bold]\x1b[2JGardening :smile:"))
    code, out, _ = simulate(toml, "--from-replay", files)
    assert code == 0
    assert "[bold][2JGardening :smile:" in " ".join(out.split())
    crimes = tmp_path / "t.csv"
    crimes.write_text("district,crime_type,reported_on\n\x1b[2J[bold]x,bicycle-theft,2021-01\n")
    code, out, _ = simulate(toml, "--from-csv", crimes)
    assert code == 0
    assert "\x1b" not in out
    assert "[2J[bold]x" in out


# --- the picture ------------------------------------------------------------------------------


def drawn(simulate: Run, tmp_path: Path, *arguments: object) -> ET.Element:
    path = tmp_path / "picture.svg"
    assert simulate(*arguments, "--plot", path, "--quiet") == (0, "", "")
    return ET.fromstring(path.read_text().split("?>", 1)[1])  # noqa: S314


def test_the_picture_says_in_words_what_it_shows(
    simulate: Run, toml: Path, other: Path, files: Path, tmp_path: Path,
) -> None:
    svg = drawn(simulate, tmp_path, toml, "--from-replay", files, "--compare", other)
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "title description"
    assert svg.findtext(f"{SVG}title") == "Who would be offered the portal: Westshire Police"
    told = svg.findtext(f"{SVG}desc") or ""
    assert "6 rows read, 2 of them left out" in told
    assert "Jan 2021 33.3%" in told
    texts = [text.text or "" for text in svg.iter(f"{SVG}text")]
    assert sum("North Vale" in text for text in texts) == 2
    assert any("+2 −0" in text for text in texts)
    assert any("Open Government Licence" in text for text in texts)
    assert all(float(text.get("font-size", "0")) >= 12 for text in svg.iter(f"{SVG}text"))


def test_columns_stand_for_all_rows_that_have_a_month(
    simulate: Run, toml: Path, files: Path, tmp_path: Path,
) -> None:
    svg = drawn(simulate, tmp_path, toml, "--from-replay", files)
    tips = [tip.text or "" for tip in svg.iter(f"{SVG}title")]
    stacked = [tip for tip in tips if any(tip.startswith(f"{m} 2021, ") for m in ("Jan", "Feb"))]
    assert sum(int(tip.rpartition(": ")[2]) for tip in stacked) == 6


def test_markup_in_a_name_stays_words(
    simulate: Run, toml: Path, files: Path, tmp_path: Path,
) -> None:
    name = "North <script>alert(1)</script> & Vale"
    toml.write_text(toml.read_text().replace(
        'name = "North Vale"', f'name = {{ en = "{name}", cy = "North Vale" }}'))
    svg = drawn(simulate, tmp_path, toml, "--from-replay", files)
    assert not list(svg.iter(f"{SVG}script"))


def test_a_picture_of_nothing_says_so(simulate: Run, toml: Path, tmp_path: Path) -> None:
    crimes = tmp_path / "t.csv"
    crimes.write_text("district,crime_type,reported_on\n")
    svg = drawn(simulate, tmp_path, toml, "--from-csv", crimes)
    assert any("None of these rows" in (text.text or "") for text in svg.iter(f"{SVG}text"))


def contrast(one: str, two: str) -> float:
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def test_figures_can_be_read_on_every_shade_and_every_reason_has_its_own_colour() -> None:
    for percent in range(101):
        colour = shade(percent / 100)
        assert contrast(colour, on(colour)) >= 4.5
    lightness = [luminance(shade(step / 10)) for step in range(11)]
    assert lightness == sorted(lightness, reverse=True)
    assert set(COLOURS) == set(REASONS)
    assert len(set(COLOURS.values())) == len(REASONS)


@pytest.mark.parametrize("most", [0, 1, 7, 49, 9551, 123_456])
def test_lines_behind_the_columns_are_few_and_round(most: int) -> None:
    step = tick(most)
    assert most / step <= 5
    assert str(step).rstrip("0") in {"1", "2", "5"}
