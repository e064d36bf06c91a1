"""The accessibility statement says what the regulations ask for, and a day that does not lie."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from core.base.installation import installation
from core.web.pages import STATEMENT_PREPARED
from tests.conftest import HERTS
from tests.live import ROOT
from tests.pages import Browser

# Whoever changes what the statement says makes sure that all of it is true, and writes that day into
# STATEMENT_PREPARED and here, with the mark that the test prints.
MADE_SURE_OF = ("2026-11-30", "0e360ce9a3180e93")
EHRC, NORTHERN_IRELAND = "Equality and Human Rights Commission", "Equality Commission for Northern Ireland"


def statement_page(app: Flask, monkeypatch: pytest.MonkeyPatch, language: str = "en", **changed: Any) -> str:
    host = installation(app).host
    found = host.get(HERTS)
    monkeypatch.setitem(host.installed, HERTS, replace(found, force=found.force.model_copy(update=changed)))
    browser = Browser(app, HERTS)
    assert browser.get(f"/accessibility?lang={language}").status_code == 200
    assert browser.page
    return browser.page.text


def test_the_day_is_that_on_which_what_it_says_was_last_made_sure_of(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / "core/web/templates/words/accessibility.html").read_text()
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


@pytest.mark.parametrize(("nation", "named", "not_named"), [
    ("England", EHRC, NORTHERN_IRELAND), ("Wales", EHRC, NORTHERN_IRELAND),
    ("Great Britain", EHRC, NORTHERN_IRELAND), ("Scotland", EHRC, NORTHERN_IRELAND),
    ("Northern Ireland", NORTHERN_IRELAND, EHRC),
])
def test_it_names_who_enforces_the_rules_where_the_force_is(
    app: Flask, monkeypatch: pytest.MonkeyPatch, nation: str, named: str, not_named: str
) -> None:
    page = statement_page(app, monkeypatch, nation=nation)
    assert named in page
    assert not_named not in page
