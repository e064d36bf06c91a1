"""Where a case stands is a member of an enumeration wherever code decides by it or hands it on."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cases.stage_track import STAGE_STEPS, STEP_NAMES, StepId
from core.force.vocabulary import STAGES, StageId
from core.plugin_host.finding import find_plugins
from tests.contracts.bare_kinds import bare_stages, places_of

ROOT = Path(__file__).resolve().parents[2]
TAKES = {"bring_to": 2, "stage_now": 0}


def files() -> list[Path]:
    return [path for folder in ("core", "plugins", "forces")
            for path in sorted((ROOT / folder).rglob("*.py"))]


def test_every_stage_has_its_name_and_place_and_its_step() -> None:
    assert [*STAGES] == [*StageId] == [*STAGE_STEPS]
    assert all(one.id is StageId(key) for key, one in STAGES.items())
    assert [*STEP_NAMES] == [*StepId]


def test_codes_of_outcomes_lead_to_stages() -> None:
    schemes = [scheme for module in find_plugins().values()
               for scheme in getattr(module, "SCHEMES", {}).values()]
    codes = [code for scheme in schemes for code in scheme.values()]
    assert len(codes) > 50
    assert [code.id for code in codes if type(code.stage) is not StageId] == []


def test_no_stage_is_a_bare_string() -> None:
    code = {str(path.relative_to(ROOT)): path.read_text() for path in files()}
    assert len(code) > 300
    places = dict(place for text in code.values() for place in places_of(text, "stage"))
    assert TAKES.items() <= places.items()
    assert [f"{path}:{line}: {stage}" for path, text in code.items()
            for line, stage in bare_stages(text, STAGES, places)] == []


@pytest.mark.parametrize("code", [
    'Kept("closed_cases", which=lambda case: case.stage == "closed")', 'if stage in ("closed",): pass',
    'open_case(stage="recorded")', 'bring_to(case, "allocated", "allocated", stamp)', 'stage_now("court")',
    'row = {"stage": "investigating"}',
    'stage = "charged" if kind == "charged" else other',
    'known = row["stage"] != "result"', 'Entry.stage.in_([CLOSED, "result"])',
    'def end(stage="closed"): pass', 'stage: str = "closed"',
])
def test_one_that_is_would_be_found(code: str) -> None:
    assert len(list(bare_stages(code, STAGES, TAKES))) == 1


def test_a_list_of_them_would_be_found() -> None:
    assert [stage for _, stage in bare_stages('OVER = frozenset({"closed", "result"})', STAGES, {})] == [
        "closed", "result"]


@pytest.mark.parametrize("code", [
    'WORDS = {"closed": N_("Closed")}', 'force.status == "closed"', 'REASONS = ("court", "danger")',
    'entry.kind == "charged"', 'open_case(stage=StageId.RECORDED)', 'if stage in (StageId.CLOSED,): pass',
    'bring_to(case, "charged", StageId.CHARGED, stamp)', 'sa.text("stage = \'closed\'")',
])
def test_what_is_none_is_not(code: str) -> None:
    assert list(bare_stages(code, STAGES, TAKES)) == []
