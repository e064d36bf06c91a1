"""Every page in every state: in English and Welsh, with and without scripts, in windows and with text of
every size, in colours of one's own.

`make test` opens each state once; languages, scripts and colours come by turns. `make pages` opens it in
every way, looks at it in all colours, and asks two more programs what they think of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.browser.judges import axe, html_errors, sniffed
from tests.browser.looks import COLOURS, SIZES, SMALL, WAYS, WHOLE, Colours, Way, look, too_wide
from tests.browser.states import ALL, State
from tests.live import Demo, need, wait_until
from tests.security.checklist import requirement
from tests.visits import Details, Watch, kept_by, visit
from tests.words_of_a_page import english_sentences

# Addresses that give no page: data, files, and what only leads elsewhere.
NO_PAGES = {
    "/brand.css", "/logo.svg", "/static/<path:filename>", "/demo/mailbox.json", "/desk/people.csv",
    "/demo/mailbox/<string(maxlength=60):name>",
    "/desk/case/<uuid:case_id>/messages/<uuid:person_id>/no-answer",
    "/health/live", "/health/ready", "/leave", "/stay",
}
# Each state once, in the next of the ways and colours; or in all of them. What a way opened is looked at
# in all colours before the next, and judged at once: a visit ends, and codes and tries are limited.
BY_TURNS = [
    pytest.param(state, way, COLOURS if WHOLE else (COLOURS[number % len(COLOURS)],), id=f"{state}-{way}")
    for number, state in enumerate(ALL)
    for way in (WAYS if WHOLE else (WAYS[(number + number // len(COLOURS)) % len(WAYS)],))
]


class Rooms:
    """One browser for each visitor, with and without scripts, kept open for all states."""

    def __init__(self, browser: Browser, demo: Demo, details: dict[str, Details]) -> None:
        self.browser, self.demo, self.details = browser, demo, details
        self.opened: dict[tuple[str, bool], tuple[Any, Page, Watch]] = {}
        self.html: dict[str, bytes] = {}  # of each page that was shown, as it came
        if WHOLE:
            need("java")  # told now, not when all is done

    def of(self, who: str, scripts: bool = True) -> tuple[Page, Watch]:
        if (who, scripts) not in self.opened:
            kept = None
            if who != "nobody":
                kept = kept_by(self.browser, self.demo, who, self.details.get(who))
            visiting = visit(self.browser, self.demo, kept=kept, scripts=scripts)
            self.opened[who, scripts] = visiting, *visiting.__enter__()
        return self.opened[who, scripts][1:]

    def case_of(self, who: str) -> str:
        return str(self.demo.signed_in[who][1]) if who in self.demo.signed_in else ""


@pytest.fixture(scope="module")
def rooms(browser: Browser, demo: Demo, olu: Details, twins: Details) -> Iterator[Rooms]:
    opened = Rooms(browser, demo, {"olu": olu, "twins": twins})
    yield opened
    for visiting, *_ in opened.opened.values():
        visiting.__exit__(None, None, None)


def shown(rooms: Rooms, state: State, way: Way) -> tuple[Page, Watch]:
    """The page of *state*, opened that way."""
    page, watch = rooms.of(state.who, way.scripts)
    came: list[Response] = []
    hears = lambda response: came.append(response)  # noqa: E731 - the same one is taken away again
    look(page, SIZES[0], COLOURS[0])
    page.on("response", hears)
    state.open(page, rooms.case_of(state.who), way.language)
    page.remove_listener("response", hears)
    _is_where_it_should_be(page, state)
    assert page.locator("html").get_attribute("lang") == way.language
    pages = [one for one in came if one.request.is_navigation_request() and one.frame == page.main_frame]
    rooms.html[f"{state}-{way}"] = pages[-1].body()
    return page, watch


@requirement("C11")
@pytest.mark.parametrize(("state", "way", "colours"), BY_TURNS)
def test_everybody_can_use_the_page(
    state: State, way: Way, colours: Sequence[Colours], rooms: Rooms
) -> None:
    page, watch = shown(rooms, state, way)
    faults: dict[str, Any] = {}
    for seen in colours:
        look(page, SIZES[0], seen)
        faults[f"too wide, {seen}"] = too_wide(page)
        for size in SIZES[:3]:
            look(page, size)
            faults[f"too small to press, {seen}, {size}"] = page.evaluate(SMALL)
            if way.scripts and (WHOLE or size.width == 320):
                faults[f"axe, {seen}, {size}"] = axe(page)
    leave = page.locator(".govuk-exit-this-page__button:visible").count()
    assert leave == (1 if state.exit else 0), "the button that leaves"
    if way.language == "cy":
        faults["English"] = english_sentences(page)
    if WHOLE and way.scripts:
        faults["HTML_CodeSniffer"] = sniffed(page)
    faults["asked another host"] = watch.elsewhere
    assert not {where: found for where, found in faults.items() if found}


@pytest.mark.skipif(not WHOLE, reason="`make pages` asks this program")
def test_what_came_is_html(rooms: Rooms, tmp_path: Path) -> None:
    wrong = {"an action": b'<form action=""></form>', "a mark": b'<input type="hidden" autocomplete="off">'}
    right = b'<!doctype html><html lang="en"><title>x</title>'
    pages = {"right": right} | {name: right + html for name, html in wrong.items()} | rooms.html
    faults = html_errors(pages, tmp_path)
    assert {fault.partition(": ")[0] for fault in faults} == set(wrong), faults


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
    page, _ = rooms.of("nobody")
    page.goto("/hertfordshire/sign-in?lang=en")
    look(page, SIZES[0], COLOURS[0])
    page.evaluate("""() => {
      document.querySelector("label[for=surname]").remove();
      document.querySelector("h1").style.cssText = "width: 2000px; color: #ddd";
      document.querySelector("main button").style.cssText
        = "all: unset; display: block; height: 9px";
    }""")
    assert {fault[0] for fault in axe(page)} >= {"label", "color-contrast"}
    assert page.evaluate(SMALL)
    assert {str(size) for size in SIZES} == set(too_wide(page))
    page.evaluate("""() => {
      document.querySelector("h1").style.cssText = "width: 50px; overflow: hidden; text-wrap: nowrap";
    }""")
    assert all(any("<h1" in fault for fault in faults) for faults in too_wide(page).values())


@pytest.mark.skipif(not WHOLE, reason="`make pages` asks this program")
def test_the_sniffer_sees_a_fault(rooms: Rooms) -> None:
    page, _ = rooms.of("nobody")
    page.goto("/hertfordshire/sign-in?lang=en")
    page.evaluate("""() => { document.querySelector("main button").remove(); }""")
    assert [code for code, *_ in sniffed(page) if "H32" in code]
