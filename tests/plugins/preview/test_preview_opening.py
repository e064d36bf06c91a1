"""Drafts can be previewed, whatever they lack; what the file has is never changed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.base import clock
from core.force.eligibility import eligibility
from core.force.file.reading import read_force
from core.plugin_host.finding import find_plugins
from core.plugin_host.nations import law_of
from plugins.preview.opening import LONGEST_CASE, open_for_samples, open_place
from plugins.preview.stories import every_sample
from tests.core.force.force_texts import GOOD
from tests.live import ROOT

REAL = sorted((ROOT / "forces").glob("*/force.toml"))
FIRST = clock.today() - timedelta(days=LONGEST_CASE)


@pytest.mark.parametrize("file", REAL, ids=lambda file: file.parent.name)
def test_sample_cases_of_every_force_are_shown_online(file: Path) -> None:
    force = read_force(file)
    opened = open_for_samples(force, file)
    place = opened.place
    assert place.reported_on == FIRST
    assert eligibility(opened.force, place.district, place.crime_type, [], FIRST).offered
    assert opened.force.phases[:len(force.phases)] == force.phases
    assert opened.force.name == force.name and opened.force.brand == force.brand
    assert bool(opened.added) is (open_place(force) is None)


@pytest.mark.parametrize("file", REAL, ids=lambda file: file.parent.name)
def test_sample_references_are_unlike_one_another(file: Path) -> None:
    force, plugins = read_force(file), find_plugins()
    samples = every_sample(law_of(force, (plugins[name] for name in force.plugins)).codes)
    made = [force.sample_reference(n, 2026) for n in range(len(samples))]
    keys = [force.normalise_reference(one) for one in made]
    assert len(set(keys)) == len(samples) == len({one.name for one in samples})
    assert all(map(force.looks_like_reference, made))


@pytest.mark.parametrize(("opens", "closes", "open_then"), [
    (FIRST, None, True), (FIRST + timedelta(days=1), None, False), (FIRST, FIRST, True),
    (FIRST - timedelta(days=9), FIRST - timedelta(days=1), False),
])
def test_a_phase_counts_from_the_day_the_samples_were_reported(
    tmp_path: Path, opens: object, closes: object, open_then: bool
) -> None:
    text = GOOD[:GOOD.index("[[phases]]")] + f"[[phases]]\nopens = {opens}\n"
    text += f"closes = {closes}\n" * bool(closes)
    text += 'districts = ["south-side"]\ncrime_types = ["shoplifting"]\n'
    (tmp_path / "midshire").mkdir()
    file = tmp_path / "midshire" / "force.toml"
    file.write_text(text)
    opened = open_for_samples(read_force(file), file)
    assert (opened.place.district, opened.place.crime_type) == ("south-side", "shoplifting")
    assert bool(opened.added) is not open_then
