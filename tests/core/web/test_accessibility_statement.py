"""The accessibility statement says what the regulations ask for, and a day that does not lie."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from jinja2 import ChoiceLoader

from core.base.installation import installation
from core.plugin_host.pages import templates_of
from core.web.pages import STATEMENT_PREPARED
from tests.conftest import HERTS
from tests.live import ROOT
from tests.pages import Browser

# Whoever changes what the statement says makes sure that all of it is true, and writes that day into
# STATEMENT_PREPARED and here, with the mark that the test prints.
MADE_SURE_OF = ("2026-11-30", "0fe3d234cddc25bc")
WORDS = ("core/web/templates/words/accessibility.html",
         "plugins/victim_charter_ni/templates/victim_charter_ni/accessibility.html")
EHRC, NORTHERN_IRELAND = "Equality and Human Rights Commission", "Equality Commission for Northern Ireland"


def statement_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch, language: str = "en", like: str = HERTS, **changed: Any
) -> str:
    """The statement of Hertfordshire, as if that were a force *like* another, with all its plugins."""
    host = installation(app).host
    found = host.get(like)
    force = found.force.model_copy(update={"id": HERTS, **changed})
    monkeypatch.setitem(host.installed, HERTS, replace(found, force=force))
    own = [templates_of(name, host.plugins[name]) for name in force.plugins]
    monkeypatch.setattr(app, "jinja_loader", ChoiceLoader([app.jinja_loader, *own]))
    browser = Browser(app, HERTS)
    assert browser.get(f"/accessibility?lang={language}").status_code == 200
    assert browser.page
    return browser.page.text


def test_the_day_is_that_on_which_what_it_says_was_last_made_sure_of(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join((ROOT / file).read_text() for file in WORDS)
    mark = hashlib.sha256("\n".join(re.findall(r'_\("(.+?)"[,)]', text)).encode()).hexdigest()[:16]
    assert (STATEMENT_PREPARED.isoformat(), mark) == MADE_SURE_OF
    assert "prepared on 30 November 2026" in statement_page(app, monkeypatch)
    assert "30 Tachwedd 2026" in statement_page(app, monkeypatch, "cy")


@pytest.mark.parametrize("language", ["en", "cy"])
def test_it_says_whom_to_tell_of_a_problem_and_when_they_answer(
    app: Flask, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    force = installation(app).host.get(HERTS).force
    without = statement_page(app, monkeypatch, language)
    assert force.non_emergency in without
    assert "access@herts.example" not in without
    own = force.accessibility.model_copy(update={"email": "access@herts.example", "answer_days": 17})
    page = statement_page(app, monkeypatch, language, accessibility=own)
    assert "access@herts.example" in page
    assert "17" in page and "17" not in without


@pytest.mark.parametrize(("like", "nation", "named", "not_named"), [
    (HERTS, "England", EHRC, NORTHERN_IRELAND), ("north-wales", "Wales", EHRC, NORTHERN_IRELAND),
    ("btp", "Great Britain", EHRC, NORTHERN_IRELAND), ("police-scotland", "Scotland", EHRC, NORTHERN_IRELAND),
    ("northern-ireland", "Northern Ireland", NORTHERN_IRELAND, EHRC),
])
def test_it_names_who_enforces_the_rules_where_the_force_is(
    app: Flask, monkeypatch: pytest.MonkeyPatch, like: str, nation: str, named: str, not_named: str
) -> None:
    assert installation(app).host.get(like).force.nation == nation
    page = statement_page(app, monkeypatch, like=like)
    assert named in page
    assert not_named not in page
