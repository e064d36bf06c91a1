"""The preview of a force shows its cases in the words and codes of the law that holds there."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from werkzeug.test import Client

from core.force.vocabulary import STAGES, NationCodes
from core.testing.browser import words
from plugins import victim_charter_ni, victims_code, victims_code_scotland
from plugins.preview.stories import Story, ending_at, every_sample
from tests.plugins.preview.conftest import MakePortal
from tests.plugins.test_words_of_nations import ENGLISH_LAW

PLUGINS = (victims_code, victims_code_scotland, victim_charter_ni)
CODES = {one.NAME: NationCodes(one.SCHEMES) for one in PLUGINS}
REPORTED = datetime(2024, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("force", ["police-scotland", "northern-ireland"])
def test_a_preview_outside_of_england_shows_every_way_a_case_ends_there(
    portals: MakePortal, force: str
) -> None:
    portal = portals(force, None)
    assert portal.load() == []
    browser = Client(portal)

    def text_of(address: str) -> str:
        answer = browser.get(address, base_url="http://127.0.0.1:8010", follow_redirects=True)
        return words(unescape(re.sub(r"<[^>]+>", " ", answer.text)))

    index = browser.get(f"/{force}/preview/", base_url="http://127.0.0.1:8010").text
    cases = {address.split("/")[2]: unescape(address)
             for address in re.findall(r'href="(/as/[^"]+/case/[^"/]+lang=en)"', index)}
    plugin = victims_code_scotland if force == "police-scotland" else victim_charter_ni
    ((scheme, codes),) = plugin.SCHEMES.items()
    told = {name: text_of(address) for name, address in cases.items()}
    assert not {name for name, text in told.items() if ENGLISH_LAW.search(text)}
    for code in codes:
        title = str(plugin.tell("outcome", scheme=scheme, outcome=code).title)
        assert title in told[f"ending-1-{code}"], code
    for stage in STAGES:
        assert str(plugin.stage_now(stage)[0]) in told[f"stage-{stage.replace('_', '-')}"], stage


@pytest.mark.parametrize("nation", CODES)
def test_a_sample_case_ends_by_a_code_of_its_nation(nation: str) -> None:
    for stage in ("no_further_action", "out_of_court", "result"):
        how = ending_at(CODES[nation], stage)
        assert CODES[nation].schemes[how["scheme"]][how["outcome"]].stage == stage
    names = [one.name for one in every_sample(CODES[nation])]
    assert len({*names}) == len(names)


def test_english_samples_end_as_they_are_known() -> None:
    stages = ("no_further_action", "out_of_court", "result")
    ends = [ending_at(CODES["victims_code"], stage) for stage in stages]
    assert [(one["scheme"], one["outcome"]) for one in ends] == [
        ("home_office", "18"), ("home_office", "8"), ("police_uk", "community-penalty")]


def test_where_no_code_leads_to_a_stage_the_sample_says_the_stage_itself() -> None:
    assert ending_at(NationCodes({"ours": {}}), "result") == {}
    (sample,) = [one for one in every_sample(NationCodes({"ours": {}})) if one.name == "stage-out-of-court"]
    story = Story("41/1/24", REPORTED, REPORTED + timedelta(days=40), [{"id": "O1", "name": "PC Example"}])
    sample.tell(story)
    assert story.events[-1]["data"]["stage"] == "out_of_court"
