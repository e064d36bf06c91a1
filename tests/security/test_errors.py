"""A failure shows a number and nothing else; nobody starts the portal with a debugger on."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask

from core.base.settings import Settings
from core.base.settings_source import SettingsError
from core.cli.processes.start import refuse_debug
from tests.core.base.logged import WORD, failure_with_all, raising
from tests.security.checklist import requirement
from tests.security.walk import Walk, begin

TELLING = re.compile(r"Traceback|File \"|DataError|ValueError|SELECT|sqlalchemy|site-packages|\.py\b")


@requirement("G10")
@pytest.mark.parametrize("who", ["visitor", "person", "officer"])
def test_every_page_that_fails_shows_a_number_that_stands_in_the_log(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], who: str
) -> None:
    walk: Walk = begin(app)
    browser = getattr(walk, who)()
    for endpoint, view in list(app.view_functions.items()):
        monkeypatch.setitem(app.view_functions, endpoint, raising(failure_with_all, view))
    failed = 0
    for rule in walk.rules("GET"):
        capfd.readouterr()
        answer = browser.client.get(walk.url(rule), buffered=True, query_string={"lang": "en"})
        if answer.status_code != 500:
            continue
        failed += 1
        (line,) = [json.loads(one) for one in capfd.readouterr().err.splitlines()]
        shown = re.search(r"<strong><bdi>([0-9A-F]{8})</bdi></strong>", answer.text)
        assert shown and shown[1] == line["reference"] == line["request"], rule.rule
        assert WORD not in answer.text and not TELLING.search(answer.text), rule.rule
        assert answer.headers["Cache-Control"] == "no-store"
    assert failed > 10


@requirement("G10")
@pytest.mark.parametrize("name", ["FLASK_DEBUG", "PYTHONASYNCIODEBUG", "PYTHONDEVMODE"])
def test_a_debugger_stops_the_start_wherever_others_can_reach_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    real = settings.model_copy(update={"mode": "production"})
    for bind in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000", "unix:/run/tmc", "0.0.0.0:8000"):
        refuse_debug(settings, bind)
        refuse_debug(real, bind)
    monkeypatch.setenv(name, "1")
    for bind in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000", "unix:/run/tmc"):
        refuse_debug(settings, bind)
        with pytest.raises(SettingsError, match=f"{name} must not be set in production"):
            refuse_debug(real, bind)
    for bind in ("0.0.0.0:8000", "[::]:8000", "10.0.0.5:80", ":8000"):
        with pytest.raises(SettingsError, match="which others can reach"):
            refuse_debug(settings, bind)
    monkeypatch.setenv(name, "0")
    refuse_debug(real, "0.0.0.0:8000")


@requirement("G10")
def test_web_asks_before_it_opens_its_door(
    portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.cli.processes import web

    served: list[Any] = []
    monkeypatch.setenv("FLASK_DEBUG", "1")
    monkeypatch.setattr(web, "create_app", lambda: portal)
    monkeypatch.setattr(web, "run", lambda *given: served.append(given))
    with pytest.raises(SettingsError, match=r"FLASK_DEBUG must not be set on 0\.0\.0\.0:80"):
        web.serve("0.0.0.0:80", 1, 1)
    assert served == []
