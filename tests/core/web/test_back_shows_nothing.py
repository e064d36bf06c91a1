"""After leaving, the Back button of a real browser shows nothing, and no page is kept on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Response, redirect
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from core.web.access import allow, anyone
from tests.conftest import HERTS
from tests.live import FLAGS, chromium_path, wait_until
from tests.security.checklist import protection, requirement
from tests.security.serving import served
from tests.security.table import Line, lines
from tests.security.world import CASES, WORD, World

OF_EVERYBODY = {"/brand.css", "/logo.svg", "/static/<path:filename>"}  # the look, the same for all
READERS = ("own", "lead", "supervisor")
Leave = Callable[[Page], None]


# --- what browsers are told -------------------------------------------------------------------


def with_data() -> Iterator[tuple[str, Line]]:
    """(who, line) of all that people and officers may open; what ends the session comes last."""
    for line in sorted(lines(), key=lambda line: line.path in ("/leave", "/sign-out")):
        if line.method in ("GET", "POST") and line.path not in OF_EVERYBODY:
            yield from ((who, line) for who in READERS if who in line.allow)


@requirement("C8")
def test_a_browser_is_told_to_keep_no_page(world: World, record_property: Any) -> None:
    told = 0
    for who, line in with_data():
        form = {} if line.method == "GET" else {**line.form}
        answer = world.ask(who, line.method, world.path(line.path, who), form=form)
        assert "no-store" in answer.headers["Cache-Control"], f"{line} for {who}"
        told += WORD in answer.text
    assert told >= 15
    record_property("figure", ("answers that must not be kept", told))


@requirement("C8")
def test_what_a_browser_may_keep_holds_nothing_of_a_case(world: World) -> None:
    for path in OF_EVERYBODY:
        for who in READERS:
            answer = world.ask(who, "GET", world.path(path, who))
            assert answer.status_code == 200 and WORD.encode() not in answer.data
            assert "no-store" not in answer.headers["Cache-Control"]


@requirement("C8")
@pytest.mark.parametrize(("method", "path"), [("GET", "/leave"), ("POST", "/sign-out")])
def test_leaving_empties_what_the_browser_holds(world: World, method: str, path: str) -> None:
    for who in ("own", "lead"):
        answer = world.ask(who, method, path)
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


# --- what a browser shows ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def remembering() -> Iterator[Browser]:
    """A browser as people have it, which keeps whole pages for Back; Playwright's own does not."""
    path = chromium_path()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=path, args=list(FLAGS), ignore_default_args=["--disable-back-forward-cache"])
        yield opened
        opened.close()


def press_exit(page: Page) -> None:
    page.locator(".govuk-exit-this-page__button").first.click()
    page.wait_for_url("**/weather")


def press_sign_out(page: Page) -> None:
    page.locator("form[action$='/sign-out'] button").first.click()
    page.wait_for_url(f"**/{HERTS}/")


def elsewhere(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/html"), ("Cache-Control", "no-store")])
    return [b"<!doctype html><title>Weather</title><p>Rain later."]


def walked(
    browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch, who: str, leave: Leave, scripts: bool
) -> list[str]:
    """Read two pages, leave, and press Back to the first: what was to be seen of the case on the way."""
    with served(elsewhere) as outside, served(world.app) as base:
        monkeypatch.setattr("core.web.pages.EXIT_TO", f"{outside}/weather")
        context = browser.new_context(base_url=base, java_script_enabled=scripts)
        context.set_default_timeout(60_000)
        try:
            return _seen_on_the_way_back(context, world, who, base, leave)
        finally:
            context.close()


def _seen_on_the_way_back(
    context: BrowserContext, world: World, who: str, base: str, leave: Leave
) -> list[str]:
    context.add_cookies([{"name": f"tmc-{HERTS}", "value": world.tokens[HERTS][who], "url": base}])
    page = context.new_page()
    word = {"own": WORD, "lead": CASES["theirs"]}[who]  # officers' names are on the demo's own page
    read = {"own": ("/case/<uuid:case_id>", "/case/<uuid:case_id>/messages"),
            "lead": ("/desk/", "/desk/case/<uuid:case_id>")}[who]
    for path in read:
        page.goto(f"/{HERTS}{world.path(path, who)}")
    assert word in page.content()
    leave(page)
    assert word not in page.content()
    seen = []
    for _ in range(3):
        page.go_back(wait_until="commit")
        at_once = page.locator("body").inner_text()
        wait_until(lambda: is_whole(page), 15, "the page did not come")
        if word in at_once or word in page.content():
            seen.append(page.url.removeprefix(base))
    return seen


def is_whole(page: Page) -> bool:
    """A page that comes whole from the browser's memory loads nothing, so that no event tells of it."""
    try:
        return bool(page.evaluate("document.readyState") == "complete")
    except Error:  # it was just leaving
        return False


WAYS = {"exit": press_exit, "sign-out": press_sign_out}


@requirement("C8")
@pytest.mark.parametrize(("who", "leave", "scripts"), [
    ("own", "exit", True), ("own", "exit", False), ("own", "sign-out", False), ("lead", "sign-out", True),
])
def test_back_after_leaving_shows_nothing_of_the_case(
    remembering: Browser, world: World, monkeypatch: pytest.MonkeyPatch, who: str, leave: str, scripts: bool
) -> None:
    assert walked(remembering, world, monkeypatch, who, WAYS[leave], scripts) == []


def _may_be_kept(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers["Cache-Control"] = "private, max-age=600"
    response.headers.pop("Clear-Site-Data", None)
    return response


@protection("C8")
def test_a_page_that_may_be_kept_comes_back_with_back(
    remembering: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.app.after_request_funcs, None,
                        [_may_be_kept, *world.app.after_request_funcs[None]])
    assert walked(remembering, world, monkeypatch, "own", press_exit, scripts=False)


@allow(anyone)
def _leave_signed_in() -> Any:
    from core.web.pages import EXIT_TO

    return redirect(EXIT_TO, 303)


@protection("C8")
def test_an_exit_that_ends_no_session_leaves_the_case_a_step_back(
    remembering: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.app.view_functions, "pages.leave", _leave_signed_in)
    assert walked(remembering, world, monkeypatch, "own", press_exit, scripts=True)


# --- other tabs -------------------------------------------------------------------------------


@requirement("C8")
@pytest.mark.parametrize(("who", "leave", "leads_to"), [
    ("own", "exit", "**/weather"), ("own", "sign-out", f"**/{HERTS}/"), ("lead", "sign-out", f"**/{HERTS}/"),
])
def test_leaving_in_one_tab_leaves_nothing_on_show_in_another(
    remembering: Browser, world: World, monkeypatch: pytest.MonkeyPatch, who: str, leave: str, leads_to: str
) -> None:
    word, path = {"own": (WORD, "/case/<uuid:case_id>/messages"),
                  "lead": (CASES["theirs"], "/desk/case/<uuid:case_id>")}[who]
    with served(elsewhere) as outside, served(world.app) as base:
        monkeypatch.setattr("core.web.pages.EXIT_TO", f"{outside}/weather")
        context = remembering.new_context(base_url=base)
        context.set_default_timeout(60_000)
        context.add_cookies([{"name": f"tmc-{HERTS}", "value": world.tokens[HERTS][who], "url": base}])
        one, other = context.new_page(), context.new_page()
        for tab in (one, other):
            tab.goto(f"/{HERTS}{world.path(path, who)}")
            assert word in tab.content()
        WAYS[leave](one)
        other.wait_for_url(leads_to)
        assert word not in other.content()
        context.close()
