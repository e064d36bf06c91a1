"""A language is a folder of translations and a word of one setting: two that nobody speaks, one of them from
right to left, show what no sentence of English or Welsh can (tests/pseudo_languages.py).

`make test` opens some states in each; `make pages` all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from babel.dates import get_day_names, get_month_names
from playwright.sync_api import Browser, Page

from core.force.file.reading import read_force
from tests.browser.looks import COLOURS, WHOLE, Size, look, too_wide
from tests.browser.states import ALL, State
from tests.live import Demo, running_demo, start_demo
from tests.pseudo_languages import ACCENTED, ROOT, TURNED, install
from tests.record_system import of_one_day, record_of, with_long_words
from tests.visits import FORCE, Details, kept_by, visit

PHONE = Size(375, 667)
SOME = ALL if WHOLE else ALL[1::7]
# What is not marked as somebody's own or as another language; without what was typed into a box.
READ = """() => {
  const own = one => {
    const marked = one.closest("[lang], bdi");
    return marked === null || marked === document.documentElement;
  };
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode())
    if (!node.parentElement.closest("script, style, textarea, code, pre") && own(node.parentElement))
      found.push(node.data);
  for (const name of ["aria-label", "alt", "title", "placeholder"])
    for (const one of document.body.querySelectorAll(`[${name}]`))
      if (own(one)) found.push(one.getAttribute(name));
  return [document.title, ...found].map(text => text.trim()).filter(Boolean);
}"""


@pytest.fixture(scope="module")
def strange_demo() -> Iterator[Demo]:
    """A demo of a portal that can be read in both."""
    with TemporaryDirectory(prefix="tmc-test-") as folder:
        Path(folder).chmod(0o755)
        root = Path(folder) / "portal"
        root.mkdir()
        yield from running_demo(start_demo(
            Path(folder) / "data", root=install(root), TMC_LANGUAGES=f"en,cy,{ACCENTED},{TURNED}"))


@pytest.fixture(scope="module")
def people(strange_demo: Demo) -> dict[str, Details]:
    record = record_of(strange_demo)
    return {"olu": with_long_words(record), "twins": of_one_day(record)}


@pytest.fixture(scope="module")
def pages(browser: Browser, strange_demo: Demo, people: dict[str, Details]) -> Iterator[dict[str, Page]]:
    opened: dict[str, Page] = {}
    visits = []
    for who in dict.fromkeys(state.who for state in SOME):
        kept = None if who == "nobody" else kept_by(browser, strange_demo, who, people.get(who))
        visits.append(visit(browser, strange_demo, kept=kept))
        opened[who] = visits[-1].__enter__()[0]
    yield opened
    for one in visits:
        one.__exit__(None, None, None)


def open_in(language: str, state: State, pages: dict[str, Page], demo: Demo) -> Page:
    page = pages[state.who]
    case = str(demo.signed_in[state.who][1]) if state.who in demo.signed_in else ""
    look(page, PHONE, COLOURS[0])
    state.open(page, case, language)
    return page


def names_of_data() -> set[str]:
    """What the force calls things; it stands in lists of choices too, where nothing can be marked."""
    force = read_force(ROOT / "forces" / FORCE / "force.toml")
    parts = [force, *force.districts, *force.support]
    dates = [*get_month_names("wide", locale=ACCENTED).values(),
             *get_day_names("wide", locale=ACCENTED).values()]
    return {"TrackMyCrime", *(one.name for one in parts), *dates}


def as_in_the_code(page: Page) -> list[str]:
    """Pieces of text of the page that no translator was asked about."""
    known = sorted(names_of_data(), key=len, reverse=True)
    left = []
    for text in page.evaluate(READ):
        bare = re.sub("|".join(map(re.escape, known)), "", text)
        if re.search("[A-Za-z]{2,}", bare):
            left.append(text)
    return left


@pytest.mark.parametrize("state", SOME, ids=str)
def test_every_sentence_of_a_page_can_be_translated_and_may_be_longer(
    state: State, pages: dict[str, Page], strange_demo: Demo
) -> None:
    page = open_in(ACCENTED, state, pages, strange_demo)
    assert page.locator("html").get_attribute("lang") == ACCENTED
    assert as_in_the_code(page) == []
    assert too_wide(page, [PHONE]) == {}


@pytest.mark.parametrize("state", SOME, ids=str)
def test_a_page_runs_from_right_to_left_for_who_reads_so(
    state: State, pages: dict[str, Page], strange_demo: Demo
) -> None:
    page = open_in(TURNED, state, pages, strange_demo)
    html = page.locator("html")
    assert (html.get_attribute("lang"), html.get_attribute("dir")) == (TURNED, "rtl")
    assert page.locator("main").evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert too_wide(page, [PHONE]) == {}


def test_a_sentence_that_no_translator_was_asked_about_is_found(
    pages: dict[str, Page], strange_demo: Demo
) -> None:
    page = open_in(ACCENTED, ALL[1], pages, strange_demo)
    page.evaluate("""() => {
      document.querySelector("h1").insertAdjacentHTML("beforeend", " Hello there <bdi>Jane Smith</bdi>");
      document.querySelector("main").setAttribute("aria-label", "What there is");
      document.querySelector("main").insertAdjacentHTML("beforeend", "<p lang='en'>In English</p>");
    }""")
    assert {text.split()[-1] for text in as_in_the_code(page)} == {"there", "is"}
