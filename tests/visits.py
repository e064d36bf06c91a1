"""Visitors of a running demo: what a person or an officer does in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from core.force.file.reading import read_force
from plugins.demo import samples
from tests.live import Demo

FORCE = "hertfordshire"
HOME = f"/{FORCE}/"
CODE = r"\b\d{6}\b"
HEIGHTS = {320: 640, 1280: 860}


@dataclass(frozen=True)
class Details:
    """What somebody knows about themselves and their report."""

    reference: str
    surname: str
    born: tuple[str, str, str]
    postcode: str
    email: str

    def fields(self) -> dict[str, str]:
        day, month, year = self.born
        return {
            "crime_reference": self.reference, "surname": self.surname, "date_of_birth-day": day,
            "date_of_birth-month": month, "date_of_birth-year": year, "postcode": self.postcode,
        }


@dataclass
class Watch:
    """What a browser did beside showing pages: requests to others, complaints, failed files."""

    base: str
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.base}/", "data:", "blob:")):
            self.elsewhere.append(request.url)

    def console(self, message: ConsoleMessage) -> None:
        # A refused form is a page with status 400: Chromium says so here, and `response` judges.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"{message.text} ({message.page and message.page.url})")

    def response(self, response: Response) -> None:
        if response.status >= (500 if response.request.is_navigation_request() else 400):
            self.complaints.append(f"{response.status} for {response.url}")


def sample(case: str) -> Details:
    """The sample person with an early, a busy or a closed case."""
    force = read_force(Path(__file__).resolve().parents[1] / "forces" / FORCE / "force.toml")
    number, one = next((n, one) for n, one in enumerate(samples.PEOPLE) if one.case == case)
    year, month, day = one.date_of_birth.split("-")
    reference, born = samples.reference(force, number), (day, month, year)
    return Details(reference, one.family, born, one.postcode, one.email)


@contextmanager
def visit(
    browser: Browser, demo: Demo, *, width: int = 320, scripts: bool = True, kept: Any = None
) -> Iterator[tuple[Page, Watch]]:
    """A browser of one's own; at its end it has asked nobody else and complained of nothing."""
    context = browser.new_context(
        base_url=demo.base, viewport={"width": width, "height": HEIGHTS[width]},
        java_script_enabled=scripts, storage_state=kept, reduced_motion="reduce", locale="en-GB",
        timezone_id="Europe/London")
    context.set_default_timeout(60_000)  # a ceiling for a busy machine
    watch = Watch(demo.base)
    context.on("request", watch.request)
    context.on("response", watch.response)
    context.on("console", watch.console)
    context.on("weberror", lambda error: watch.complaints.append(str(error.error)))
    try:
        yield context.new_page(), watch
        assert not watch.elsewhere, f"asked another host: {watch.elsewhere}"
        assert not watch.complaints, f"the browser complained: {watch.complaints}"
    finally:
        context.close()


def fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        page.locator(f"[name='{name}']").fill(value)


def send(page: Page, form: str = "main form") -> None:
    """Press the form's button, whatever it is called in this language."""
    with page.expect_navigation():
        page.locator(f"{form}:not([data-tmc-passkey]) button[type=submit]").first.click()


def unfold(page: Page, part: str = "update") -> None:
    """Open this part of a case's page at the desk, if the page has it and it is closed."""
    closed = page.locator(f"details:not([open]) > #{part}")
    if closed.count():
        closed.click()


def sign_in(page: Page, demo: Demo, details: Details, *, at: str = f"{HOME}sign-in") -> None:
    """Details, then the code of the letter; ends on the case page."""
    give_code(page, demo, details, at=at)
    assert re.search(r"/case/[0-9a-f-]{36}$", page.url), page.url


def give_code(page: Page, demo: Demo, details: Details, *, at: str = f"{HOME}sign-in") -> None:
    """Details, then the code of the letter; ends where that leads to."""
    before = demo.letters(details.email)
    page.goto(at)
    fill(page, details.fields())
    send(page)
    page.locator("[name=code]").fill(code_in(demo.next_letter(details.email, before, CODE)))
    send(page)


def code_in(letter: dict[str, str]) -> str:
    found = re.search(CODE, letter["text"])
    assert found, letter["text"]
    return found[0]


def kept_by(browser: Browser, demo: Demo, who: str, details: Details | None = None) -> Any:
    """What the browser of a person or of a sample officer keeps once they are signed in.

    Done once for each: a person is sent three codes an hour, no more.
    """
    if who not in demo.signed_in:
        with visit(browser, demo) as (page, _):
            if who.startswith("officer"):
                enter_desk(page, who)
            elif who == "twins":  # not signed in yet: their given name is asked for
                assert details
                give_code(page, demo, details)
            else:
                sign_in(page, demo, details or sample(who))
            demo.signed_in[who] = (page.context.storage_state(), page.url)
    return demo.signed_in[who][0]


def enter_desk(page: Page, who: str) -> None:
    """Sign in as the officer of a sample, ``officer of busy``, or as who reviews, ``officer for reviews``."""
    names = {one.case: samples.OFFICER_NAMES[n][0] for n, one in enumerate(samples.PEOPLE)}
    name = (names | {"reviews": samples.REVIEWERS[0][1]})[who.split()[-1]]
    page.goto(f"{HOME}demo/officers")
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(name)).click()
    assert page.url.endswith("/desk/")
