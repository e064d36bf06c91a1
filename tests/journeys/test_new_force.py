"""A new force in an afternoon: made, checked, previewed and signed in to, with a text file alone."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.judges import axe
from tests.browser.looks import SMALL
from tests.plugins.preview.process import Preview, command, previewing
from tests.visits import HEIGHTS
from tests.words_of_a_page import english_sentences

ID, NAME, COLOUR, OTHER = "wessex", "Wessex Police", "#4b2e83", "#7a1f5c"
WAIT = 60_000


@pytest.fixture(scope="module")
def forces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which ``forces new`` has made the force, from answers alone."""
    folder = tmp_path_factory.mktemp("new-force") / "forces"
    folder.mkdir()
    made = command(
        folder, folder.parent / "data", "forces", "new", ID, "--name", NAME, "--colour", COLOUR,
        "--district", "North Wessex", "--district", "South Wessex", "--reference", "47/12345/26",
        "--dir", str(folder), "--yes")
    assert made.returncode == 0, made.stderr
    assert "forces check" in made.stdout and "forces preview" in made.stdout
    return folder


@pytest.fixture(scope="module")
def preview(forces: Path) -> Iterator[Preview]:
    with previewing(ID, forces, forces.parent / "data") as running:
        yield running
        running.stop(signal.SIGTERM)


@contextmanager
def visit(browser: Browser, preview: Preview, *, width: int = 1280) -> Iterator[Page]:
    context = browser.new_context(
        base_url=preview.base, viewport={"width": width, "height": HEIGHTS[width]}, locale="en-GB",
        timezone_id="Europe/London", reduced_motion="reduce")
    context.set_default_timeout(WAIT)
    elsewhere: list[str] = []
    context.on("request", lambda request: None if request.url.startswith(f"{preview.base}/")
               else elsewhere.append(request.url))
    try:
        yield context.new_page()
        assert elsewhere == [], "only the preview itself was asked"
    finally:
        context.close()


def test_a_new_force_is_faultless_and_says_what_it_lacks(forces: Path) -> None:
    checked = command(forces, forces.parent / "data", "forces", "check", ID)
    assert checked.returncode == 0, checked.stdout
    assert ID in checked.stdout and "email_sender.address" in checked.stdout
    live = command(forces, forces.parent / "data", "forces", "check", "--for-live", ID)
    assert live.returncode == 1
    assert not list(forces.rglob("*.py"))


def test_its_own_staff_sign_in_as_a_victim_would(preview: Preview, browser: Browser) -> None:
    with visit(browser, preview, width=320) as page:
        page.goto(preview.index)
        expect(page.locator("h1")).to_have_text(f"Preview of {NAME}")
        details = page.locator(".pv-details dd").all_inner_texts()
        page.locator("main").get_by_role("link", name="Sign in", exact=True).last.click()
        page.locator("[name=crime_reference]").fill(details[0])
        page.locator("[name=surname]").fill(details[1])
        for part, value in zip(("day", "month", "year"), details[2].split(), strict=True):
            page.locator(f"[name=date_of_birth-{part}]").fill(value)
        page.locator("[name=postcode]").fill(details[3])
        page.get_by_role("button", name="Continue").click()
        page.locator("[name=code]").fill(code_of(page, preview))
        page.locator("main form:not([data-tmc-passkey]) button[type=submit]").click()
        expect(page.locator("h1")).to_have_text("Your report")
        assert re.search(rf"/{ID}/case/[0-9a-f-]{{36}}$", page.url)
        expect(page.locator(".tmc-case__head")).to_contain_text(details[0])
        expect(page.locator(".tmc-header")).to_have_css("background-color", "rgb(75, 46, 131)")
        expect(page.locator(".tmc-sample")).to_be_visible()


def code_of(page: Page, preview: Preview) -> str:
    """The code of the newest email, from the page where the preview shows what it sent."""
    with_letters = page.context.new_page()
    for _ in range(40):
        with_letters.goto(f"{preview.index}sent")
        found = re.search(r"\b\d{6}\b", with_letters.locator("main").inner_text())
        if found:
            with_letters.close()
            return found[0]
        with_letters.wait_for_timeout(250)
    raise AssertionError("no code was sent")


def test_the_open_page_follows_the_file(preview: Preview, browser: Browser, forces: Path) -> None:
    file = forces / ID / "force.toml"
    with visit(browser, preview) as page:
        page.goto(preview.index)
        page.get_by_role("link", name="At court", exact=True).click()
        expect(page.locator("h1")).to_have_text("Your report")
        header = page.locator(".tmc-header")

        file.write_text(file.read_text().replace(COLOUR, "#ffee00"))
        expect(page.locator("h1")).to_have_text(f"1 fault in the file of {ID}", timeout=WAIT)
        assert axe(page) == []
        expect(page.locator(".pv-fault")).to_contain_text("white text on #ffee00")
        expect(page.locator(".pv-line--faulty")).to_contain_text('colour = "#ffee00"')

        file.write_text(file.read_text().replace("#ffee00", OTHER))
        expect(page.locator("h1")).to_have_text("Your report", timeout=WAIT)
        expect(header).to_have_css("background-color", "rgb(122, 31, 92)")


@pytest.mark.parametrize("width", HEIGHTS)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_everybody_can_use_the_preview(
    preview: Preview, browser: Browser, width: int, language: str
) -> None:
    with visit(browser, preview, width=width) as page:
        for path in ("", "email/named-code-en", "email/case-silent", "sent"):
            page.goto(f"{preview.index}{path}?lang={language}")
            assert page.locator("html").get_attribute("lang") == language
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.evaluate(SMALL) == [], path
            assert axe(page) == [], path
            if language == "cy":
                assert not english_sentences(page), path
