"""Each reads the law of where they live: two forces of two nations, served by one process."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import lazy_gettext as N_

from core.base.i18n import force_locale
from core.base.scope import scope_of
from core.cases import general_words, timeline
from core.cases.models import Case
from core.force.vocabulary import RELEASE_KINDS
from core.hookspecs import EntryCodes, Telling, hookimpl
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage.db import db
from core.testing import recorded
from plugins import victim_charter_ni, victims_code, victims_code_scotland
from tests.conftest import HERTS
from tests.core.plugin_host.hostile import at_hertfordshire
from tests.plugins.test_words_of_nations import ENGLISH_LAW
from tests.plugins.victims_code.test_whoever_wrote_last import Event, on

SCOTLAND, ULSTER = "police-scotland", "northern-ireland"
DISTRICTS = {SCOTLAND: "edinburgh-city", ULSTER: "belfast-city", HERTS: "watford"}
PLUGINS = {SCOTLAND: victims_code_scotland, ULSTER: victim_charter_ni, HERTS: victims_code}
STORY = [on(4, "suspect.charged"), on(5, "crime.progress", stage="court"),
         on(6, "crime.progress", stage="closed")]


@pytest.fixture(autouse=True)
def nothing_is_kept(app: Flask) -> None:
    for one in host(app).installed.values():
        one.law.kept.clear()


def read(app: Flask, force: str, *news: Event, language: str = "en") -> list[str]:
    """What a victim reads of a case with this *news*, from the top; nothing of it stays."""
    with scope_of(force), app.test_request_context(), force_locale(language):
        [*results] = take_in(host().get(force).force, "niche", [
            recorded("41/1/24", district=DISTRICTS[force]), *news], announce=False)
        assert [one.status for one in results] == ["accepted"] * (1 + len(news)), results
        case = db.session.scalars(sa.select(Case)).one()
        entries = timeline.entries_of(case.id)
        now = timeline.as_it_stands(case, entries)
        db.session.rollback()
    texts = [now.title, now.meaning, now.next_step, *(text for one in entries for text in one.telling)]
    return [text for text in texts if text]


def refused(app: Flask, force: str, news: Event) -> str | None:
    """Why *news* waits, None if it was taken in; nothing of it stays."""
    with scope_of(force), app.test_request_context():
        _, result = take_in(host().get(force).force, "niche", [
            recorded("41/1/24", district=DISTRICTS[force]), news], announce=False)
        db.session.rollback()
    return None if result.status == "accepted" else str(result.detail)


# --- who reads what -----------------------------------------------------------------------------


@pytest.mark.parametrize("first", [HERTS, SCOTLAND])
def test_a_scottish_victim_reads_scottish_words_beside_an_english_one_who_reads_english_words(
    app: Flask, first: str
) -> None:
    told = {force: " ".join(read(app, force, *STORY))
            for force in (first, *{HERTS, SCOTLAND} - {first}, first)}
    assert "procurator fiscal" in told[SCOTLAND] and "Victims' Code for Scotland" in told[SCOTLAND]
    assert not ENGLISH_LAW.search(told[SCOTLAND])
    assert "Witness Care Unit" in told[HERTS] and ENGLISH_LAW.search(told[HERTS])
    assert "fiscal" not in told[HERTS] and "Scotland" not in told[HERTS]


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("force", PLUGINS)
def test_everyone_reads_what_the_plugin_of_their_nation_tells(app: Flask, force: str, language: str) -> None:
    told, plugin = read(app, force, *STORY, language=language), PLUGINS[force]
    with app.test_request_context(), force_locale(language):
        expected = [str(plugin.tell("charged").meaning), str(plugin.tell("progress", stage="court").title),
                    str(plugin.stage_now("closed")[0]), str(plugin.tell("progress", stage="closed").rights)]
    assert [text for text in expected if text not in told] == []


def test_what_is_read_in_one_language_is_not_kept_for_the_other(app: Flask) -> None:
    english, welsh = read(app, HERTS, *STORY), read(app, HERTS, *STORY, language="cy")
    assert not {*english} & {*welsh}
    assert read(app, HERTS, *STORY) == english


def test_a_force_whose_plugins_tell_no_law_is_told_of_in_words_that_name_none(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own plugin may be there: it answers nothing for another nation."""
    hertfordshire = host(app).get(HERTS)
    elsewhere = hertfordshire.force.model_copy(update={"nation": "Northern Ireland"})
    with at_hertfordshire(app):
        monkeypatch.setitem(vars(hertfordshire), "force", elsewhere)
        told = read(app, HERTS, *STORY, on(7, "crime.outcome", outcome="18"))
    assert str(general_words.ENTRIES["charged"].meaning) in told
    assert str(general_words.DECISION_RECORDED.title) in told
    assert not ENGLISH_LAW.search(" ".join(told))


def test_every_force_lists_the_one_plugin_that_tells_its_nation_s_law(app: Flask) -> None:
    forces = host(app).installed.values()
    assert len(forces) > 40
    assert {one.force.id: [plugin.NAME for plugin in one.law.telling] for one in forces} == {
        one.force.id: [next(plugin.NAME for plugin in PLUGINS.values() if one.force.nation in plugin.NATIONS)]
        for one in forces}


# --- asked once, and kept -----------------------------------------------------------------------


class Teller:
    """Answers every entry with its own title, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[EntryCodes] = []

    def answer(self, entry: EntryCodes) -> Telling | None:
        self.asked.append(entry)
        return Telling(N_("Closed"), N_("Decision")) if entry.kind == "charged" else None


def test_a_plugin_is_asked_once_for_each_kind_of_entry_in_each_language(app: Flask) -> None:
    teller = Teller()

    @hookimpl
    def tell_entry(entry: EntryCodes) -> Telling | None:
        return teller.answer(entry)

    with at_hertfordshire(app, tell_entry=tell_entry):
        told = read(app, HERTS, *STORY)
        asked = list(teller.asked)
        assert read(app, HERTS, *STORY) == told
        assert teller.asked == asked and len({*asked}) == len(asked)
        read(app, HERTS, *STORY, language="cy")
        assert [*teller.asked] == asked * 2
        read(app, SCOTLAND, *STORY)
        assert [*teller.asked] == asked * 2, "the plugin of one force is asked for no other"
    assert EntryCodes("standing", stage="closed") in asked and EntryCodes("charged", stage="charged") in asked
    assert "Decision" in told, "the first answer is told"
    assert str(victims_code.tell("progress", stage="court").meaning) in told, "None leaves it to the next"


def test_words_of_another_edition_are_asked_for_anew(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read(app, HERTS, *STORY)
    charged = victims_code.WORDS.entries["charged"]
    monkeypatch.setitem(victims_code.ENTRIES, "charged", Telling(charged.title, N_("Decision")))
    assert read(app, HERTS, *STORY) == before, "what was told is kept"
    monkeypatch.setattr(victims_code, "EDITION", "2031")
    assert "Decision" in read(app, HERTS, *STORY)


# --- what record systems may send ---------------------------------------------------------------

SENT: list[tuple[str, dict[str, Any], str | None]] = [
    (HERTS, {"outcome": "18"}, None), (HERTS, {"outcome": "18", "scheme": "Home Office"}, None),
    (HERTS, {"outcome": "fined", "scheme": "police_uk"}, None),
    (HERTS, {"outcome": "Charged", "scheme": "police-uk"}, None),
    (HERTS, {"outcome": "fined"}, "the scheme home_office has no such outcome"),
    (HERTS, {"outcome": "fiscal_fine", "scheme": "scottish_disposals"},
     "/data/scheme: is none of 'home_office' or 'police_uk'"),
    (SCOTLAND, {"outcome": "fiscal_fine", "scheme": "scottish_disposals"}, None),
    (SCOTLAND, {"outcome": "Fiscal Fine"}, None),
    (SCOTLAND, {"outcome": "fiscal_fine", "scheme": None}, None),
    (SCOTLAND, {"outcome": "18"}, "the scheme scottish_disposals has no such outcome"),
    (SCOTLAND, {"outcome": "18", "scheme": "home_office"}, "/data/scheme: is none of 'scottish_disposals'"),
    (ULSTER, {"outcome": "caution"}, None),
    (ULSTER, {"outcome": "caution", "scheme": "scottish_disposals"},
     "/data/scheme: is none of 'psni_outcomes'"),
]


@pytest.mark.parametrize(("force", "data", "why"), SENT)
def test_a_record_system_sends_the_outcomes_of_its_nation(
    app: Flask, force: str, data: dict[str, Any], why: str | None
) -> None:
    said = refused(app, force, on(5, "crime.outcome", **data))
    assert said is None if why is None else why in str(said)


@pytest.mark.parametrize(("force", "kind", "taken"), [
    *((force, kind, True) for force in PLUGINS for kind in RELEASE_KINDS),
    *((force, kind, force == SCOTLAND) for force in PLUGINS
      for kind in ("undertaking", "investigative_liberation", "Investigative liberation")),
    *((force, "by_balloon", False) for force in PLUGINS),
])
def test_a_record_system_says_how_somebody_was_released_in_the_terms_of_its_nation(
    app: Flask, force: str, kind: str, taken: bool
) -> None:
    said = refused(app, force, on(5, "suspect.released", kind=kind))
    assert (said is None) == taken
    assert taken or "/data/kind: is none of 'bail', 'under_investigation'" in str(said)


@pytest.mark.parametrize("kind", victims_code_scotland.RELEASE_KINDS)
def test_a_scottish_victim_reads_what_a_release_there_means(app: Flask, kind: str) -> None:
    told = read(app, SCOTLAND, on(5, "suspect.released", kind=kind))
    assert str(victims_code_scotland.RELEASED[kind].meaning) in told


def test_every_code_of_a_scheme_brings_a_case_to_its_stage(app: Flask) -> None:
    for force, plugin in PLUGINS.items():
        for scheme, codes in plugin.SCHEMES.items():
            for code in codes.values():
                told = read(app, force, on(5, "crime.outcome", scheme=scheme, outcome=code.id))
                assert str(plugin.stage_now(code.stage)[0]) == told[0], (scheme, code.id)
                shown = plugin.tell("outcome", scheme=scheme, outcome=code.id)
                assert str(shown.title) in told, (scheme, code.id)
