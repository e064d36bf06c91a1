"""The pages of our own words: safety, privacy and accessibility."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2 import DictLoader, Environment

from core.base.i18n import bdi
from core.force.file.reading import build_force
from tests.core.force.force_texts import GOOD

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "core" / "web" / "templates" / "words").glob("*.html"))
FORCE = build_force(GOOD)
LAYOUT = "<title>{% block title %}{% endblock %}</title><main>{% block content %}{% endblock %}"


def sentences_of(page: Path) -> list[str]:
    return [str(each[1]) for each in extract_from_file("jinja2", page, keywords={"_": None})]


def rendered(page: Path) -> str:
    templates = {"layout.html": LAYOUT, page.name: page.read_text("utf-8")}
    environment = Environment(
        loader=DictLoader(templates), extensions=["jinja2.ext.i18n"], autoescape=True
    )
    environment.globals["_"] = lambda text, **values: text % values if values else text
    environment.filters.update(when=str, bdi=bdi, name_in=lambda names, code: bdi(names))
    return environment.get_template(page.name).render(force=FORCE, prepared=date(2026, 11, 30))


def test_the_three_pages_are_there() -> None:
    assert {page.stem for page in PAGES} >= {"accessibility", "privacy", "safety"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_page_has_one_heading_which_is_its_title(page: Path) -> None:
    html = rendered(page)
    headings = re.findall(r"<h1[^>]*>(.*?)</h1>", html)
    assert headings == re.findall(r"<title>(.*?)</title>", html)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_welsh_reader_finds_each_page_in_welsh(page: Path) -> None:
    with (ROOT / "translations/cy/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale="cy")
    for text in sentences_of(page):
        message = catalogue.get(text)
        assert message is not None, text
        assert message.string
        assert message.string != text
        assert re.findall(r"\d+", str(message.string)) == re.findall(r"\d+", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_words_stand_outside_the_catalogue(page: Path) -> None:
    """The names of websites stand in every language as they are."""
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]+>|www\.[a-z.]+", "",
                  page.read_text("utf-8"), flags=re.DOTALL)
    assert not bare.strip()


def test_someone_at_risk_is_told_that_history_is_not_erased() -> None:
    page = rendered(ROOT / "core/web/templates/words/safety.html")
    assert "Your history is not erased" in page
    assert "do not protect you" in page
    assert "999" in page
