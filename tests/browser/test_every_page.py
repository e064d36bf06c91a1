"""Every page in every state, in English and Welsh, at 320 and 1280 pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.states import ALL, State
from tests.live import ROOT, Demo, wait_until
from tests.security.checklist import requirement
from tests.visits import HEIGHTS, Details, Watch, kept_by, visit
from tests.words_of_a_page import english_sentences

AXE = Path(ROOT, "node_modules", "axe-core", "axe.min.js")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """tags => axe.run({
  runOnly: tags, resultTypes: ["violations"], rules: {"target-size": {enabled: true}},
}).then(found => found.violations.map(
  one => [one.id, one.help, one.nodes.map(node => node.html.slice(0, 200))]))"""
# Pressed by themselves, not as a word of a sentence: WCAG 2.5.8 asks for 24 pixels both ways.
SMALL = """() => [...document.querySelectorAll(
  "a, button, input:not([type=hidden]), select, textarea, summary"
)].filter(one => {
  const box = one.getBoundingClientRect();
  const inSentence = getComputedStyle(one).display === "inline"
    && one.parentElement.textContent.trim() !== one.textContent.trim();
  const shown = box.width > 1 && box.height > 1 && one.checkVisibility();
  return shown && !inSentence && (box.height < 24 || box.width < 24);
}).map(one => one.outerHTML.slice(0, 160))"""
# Addresses that give no page: data, files, and what only leads elsewhere.
NO_PAGES = {
    "/brand.css", "/logo.svg", "/static/<path:filename>", "/demo/mailbox.json", "/desk/people.csv",
    "/health/live", "/health/ready", "/leave", "/stay",
}


class Rooms:
    """One browser for each visitor, kept open for all states."""

    def __init__(self, browser: Browser, demo: Demo, olu: Details) -> None:
        self.browser, self.demo, self.olu = browser, demo, olu
        self.opened: dict[str, tuple[Any, Page, Watch]] = {}

    def of(self, who: str) -> Page:
        return self.with_watch(who)[0]

    def with_watch(self, who: str) -> tuple[Page, Watch]:
        if who not in self.opened:
            kept = None
            if who != "nobody":
                kept = kept_by(self.browser, self.demo, who, self.olu if who == "olu" else None)
            visiting = visit(self.browser, self.demo, kept=kept)
            self.opened[who] = visiting, *visiting.__enter__()
        return self.opened[who][1:]

    def case_of(self, who: str) -> str:
        return str(self.demo.signed_in[who][1]) if who in self.demo.signed_in else ""


@pytest.fixture(scope="module")
def rooms(browser: Browser, demo: Demo, olu: Details) -> Iterator[Rooms]:
    opened = Rooms(browser, demo, olu)
    yield opened
    for visiting, *_ in opened.opened.values():
        visiting.__exit__(None, None, None)


@requirement("C11")
@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("state", ALL, ids=lambda state: state.name)
def test_everybody_can_use_the_page(state: State, language: str, rooms: Rooms) -> None:
    page, watch = rooms.with_watch(state.who)
    state.open(page, rooms.case_of(state.who), language)
    _is_where_it_should_be(page, state)
    assert page.locator("html").get_attribute("lang") == language
    for width, height in HEIGHTS.items():
        page.set_viewport_size({"width": width, "height": height})
        needed = page.evaluate("document.documentElement.scrollWidth")
        assert needed <= width, f"at {width} pixels the page is {needed} wide"
        small = page.evaluate(SMALL)
        assert not small, f"at {width} pixels these are too small to press: {small}"
        if width == 320 or language == "en":  # what else axe looks at has no language
            faults = axe(page)
            assert not faults, f"at {width} pixels: {faults}"
        leave = page.locator(".govuk-exit-this-page__button:visible").count()
        assert leave == (1 if state.exit else 0), "the button that leaves"
    if language == "cy":
        assert not english_sentences(page)
    assert not watch.elsewhere, "asked another host"


def axe(page: Page) -> list[Any]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[Any] = page.evaluate(RUN, TAGS)
    return found


def _is_where_it_should_be(page: Page, state: State) -> None:
    path = urlsplit(page.url).path.removeprefix("/hertfordshire")
    wanted = "[^/]+".join(re.escape(part) for part in re.split(r"<[^>]+>", state.rule))
    assert not state.rule or re.fullmatch(wanted, path), f"{path} is no {state.rule}"


def test_no_page_is_left_out(demo: Demo) -> None:
    rules = {
        line.split()[0] for line in demo.command("routes").splitlines() if "GET" in line.split()[1]
    }
    assert rules - NO_PAGES <= {state.rule for state in ALL}


@requirement("C11")
def test_the_browser_tells_of_a_request_to_another_host(browser: Browser, demo: Demo) -> None:
    context, watch = browser.new_context(base_url=demo.base, bypass_csp=True), Watch(demo.base)
    try:
        context.on("request", watch.request)
        page = context.new_page()
        page.goto("/hertfordshire/")
        assert not watch.elsewhere
        for others in ("https://evil.example/pixel.png", "//fonts.example/a.woff2"):
            page.evaluate("address => { new Image().src = address; }", others)
        page.evaluate("navigator.sendBeacon('https://count.example/')")
        wait_until(lambda: page.evaluate("true") and len(watch.elsewhere) == 3, 10, "nothing was seen")
    finally:
        context.close()


def test_the_check_sees_a_fault(rooms: Rooms) -> None:
    page = rooms.of("nobody")
    page.goto("/hertfordshire/sign-in?lang=en")
    page.evaluate("""() => {
      document.querySelector("label[for=surname]").remove();
      document.querySelector("h1").style.cssText = "width: 2000px; color: #ddd";
      document.querySelector("main button").style.cssText
        = "all: unset; display: block; height: 9px";
    }""")
    assert {fault[0] for fault in axe(page)} >= {"label", "color-contrast"}
    assert page.evaluate("document.documentElement.scrollWidth") > 320
    assert page.evaluate(SMALL)
