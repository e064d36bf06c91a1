"""Thirteen months that Hertfordshire Constabulary really published, under a pilot of two districts.

The pilot of 2016 began with two districts; the months on disk are later, so the phases here have
days that fall among them.
"""

from __future__ import annotations

import json
import os
import tracemalloc
from pathlib import Path

import pytest

from core.cli.main import main
from core.force.file.reading import read_force
from core.force.model import Force
from plugins.police_uk.files import Months
from plugins.police_uk.simulate import Simulation, run
from plugins.police_uk.simulate_sources import PoliceUkWords, rows_of_files, street_files

ROOT = Path(__file__).resolve().parents[3]
FILES = ROOT.parent / "shared" / "data" / "police_uk" / "csv" / "hertfordshire"
OWN = ROOT / "forces" / "hertfordshire" / "force.toml"
ROWS = 108_465
PILOT = ("dacorum", "watford")

pytestmark = pytest.mark.skipif(
    not FILES.is_dir() or os.environ.get("CI") == "true",
    reason="needs the published files beside the checkout, in ../shared/data/police_uk; not for CI",
)


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """The force's own file with two phases: two districts first, then all, with more types."""
    few = '"bicycle-theft", "burglary-residential", "theft-from-vehicle", "theft-from-person"'
    more = f'{few}, "other-theft", "shoplifting", "robbery-personal", "criminal-damage-other"'
    before = OWN.read_text().split("[[phases]]")[0]
    districts = ", ".join(f'"{district.id}"' for district in read_force(OWN).districts)
    path = tmp_path / "pilot.toml"
    path.write_text(before + f"""
[[phases]]
name = "Pilot"
opens = 2021-01-01
closes = 2021-06-30
districts = ["dacorum", "watford"]
crime_types = [{few}]

[[phases]]
name = "All districts"
opens = 2021-07-01
districts = [{districts}]
crime_types = [{more}]
""")
    return path


def asked(force: Force) -> Simulation:
    words = PoliceUkWords(force, dict(force.plugin_settings["police_uk"]["crime_types"]))
    simulation = Simulation(force, words, Months())
    run(rows_of_files(street_files(FILES, force.id, Months())), simulation)
    return simulation


def test_the_figures_add_up_to_every_row_of_thirteen_months(
    pilot: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["forces", "simulate", str(pilot), "--from-replay", str(FILES), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0
    assert told["rows_read"] == ROWS == told["asked"] + told["left_out"]
    assert sum(cell["rows"] for cell in told["cells"]) == ROWS
    assert told["left_out_reasons"]["no_crime_id"] == 27_858
    assert len(told["months"]) == 13


def test_in_the_pilot_two_districts_are_offered_and_later_all(pilot: Path) -> None:
    tally = asked(read_force(pilot, by_folder=False)).tally
    offered = {(cell.month, cell.district) for cell in tally.cells if cell.offered}
    before = {district for month, district in offered if month < "2021-07"}
    after = {district for month, district in offered if month >= "2021-07"}
    assert before == set(PILOT)
    assert len(after) == 10
    waiting = {cell.district for cell in tally.cells if cell.reason == "not_open_yet"}
    assert waiting == after
    assert not any(cell.offered for cell in tally.cells
                   if cell.crime_type == "shoplifting" and cell.month < "2021-07")


def test_the_force_compared_with_its_pilot_gains_nothing_and_loses_what_it_says(
    pilot: Path,
) -> None:
    own, changed = asked(read_force(OWN)).tally, asked(read_force(pilot, by_folder=False)).tally
    assert own.read == changed.read
    assert own.left == changed.left
    assert own.offered > changed.offered


def test_little_memory_is_used(pilot: Path) -> None:
    force = read_force(pilot, by_folder=False)
    files = street_files(FILES, force.id, Months("2021-01", "2021-02"))
    words = PoliceUkWords(force, dict(force.plugin_settings["police_uk"]["crime_types"]))
    tracemalloc.start()
    try:
        run(rows_of_files(files), Simulation(force, words, Months()))
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
