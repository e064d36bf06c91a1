"""Each language has its own environment of templates; what they are compiled to is shared."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask, render_template
from jinja2 import DictLoader

from core.base.i18n import force_locale
from core.base.templates import Templates

PAGE = "{% from 'part.html' import part %}{{ lang }} {{ _('Sign out') }} {{ day | when }} {{ part() }}"
PART = "{% macro part() %}{{ _('Sign out') }}{{ 'cy' | in_language }}{% endmacro %}"


@pytest.fixture
def own_templates(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    environment: Any = app.jinja_env
    anew = {"loader": DictLoader({"page.html": PAGE, "part.html": PART}), "cache": {}, "of_languages": {}}
    for name, value in anew.items():
        monkeypatch.setattr(environment, name, value)
    return environment


def read_in(app: Flask, code: str) -> str:
    with app.test_request_context("/"), force_locale(code):
        return render_template("page.html", day=date(2026, 3, 1))


def test_who_reads_one_language_after_another_reads_each_whole(app: Flask, own_templates: Any) -> None:
    """Also in macros, which know nothing of who reads; and again, when all is kept."""
    english = 'en Sign out 1 March 2026 Sign out lang="cy"'
    welsh = "cy Allgofnodi 1 Mawrth 2026 Allgofnodi"
    for _ in range(2):
        assert read_in(app, "en") == english
        assert read_in(app, "cy") == welsh


def test_a_template_is_compiled_once_for_all_languages(app: Flask, own_templates: Any) -> None:
    before = len(Templates.compiled.compiled)
    read_in(app, "en")
    first = len(Templates.compiled.compiled)
    read_in(app, "cy")
    assert first - before in (0, 2)  # 0 where another test had the same before
    assert len(Templates.compiled.compiled) == first
    assert len(own_templates.of_languages) == 2
