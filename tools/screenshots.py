"""Makes docs/images/*.png from a running demo: what the README shows.

Usage: python tools/screenshots.py [http://127.0.0.1:8000]

Signs in as the demo's sample people: a code by email, taken from its mailbox.
"""

from __future__ import annotations

import json
import re
import sys
import time
import urllib.parse
import urllib.request
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core.force.file.reading import read_force  # noqa: E402
from plugins.demo import samples  # noqa: E402
from tools.browser_works import chromium_path  # noqa: E402

IMAGES = ROOT / "docs" / "images"
PHONE: ViewportSize = {"width": 390, "height": 1330}
SCREEN: ViewportSize = {"width": 1100, "height": 980}
LARGEST = 150_000
LETTER_WITHIN = 30.0
QUESTION = "I have found the receipt for the missing ring. Shall I send you a copy?"
PERSON = next(number for number, one in enumerate(samples.PEOPLE) if one.case == "busy")


def main() -> None:
    base = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        portal = first_force(browser, base)
        made = [case_on_a_phone(browser, base, portal), desk(browser, portal)]
        browser.close()
    for image in made:
        size = image.stat().st_size
        print(f"{image.relative_to(ROOT)}: {size // 1000} KB")
        if size > LARGEST:
            raise SystemExit(f"{image.name} is larger than {LARGEST // 1000} KB")


def first_force(browser: Browser, base: str) -> str:
    page = browser.new_page()
    page.goto(f"{base}/?lang=en")
    href = page.locator("main a").last.get_attribute("href")
    page.close()
    assert href, "the demo serves no force"
    return portal_at(base, href)


def portal_at(base: str, link: str) -> str:
    """The address of a force's portal; the link to it also says the language."""
    return f"{base}{urllib.parse.urlsplit(link).path.rstrip('/')}"


def case_on_a_phone(browser: Browser, base: str, portal: str) -> Path:
    """The busy case, after its person has written to the officer."""
    page = browser.new_page(viewport=PHONE, reduced_motion="reduce")
    sign_in(page, base, portal)
    case = page.url
    page.goto(f"{case}/messages")
    page.locator("[name=text]").fill(QUESTION)
    press(page, "form#write")
    page.goto(case)
    path = IMAGES / "case-on-a-phone.png"
    page.screenshot(path=path, animations="disabled")
    return path


def desk(browser: Browser, portal: str) -> Path:
    page = browser.new_page(viewport=SCREEN, reduced_motion="reduce")
    page.goto(f"{portal}/demo/officers?lang=en")
    with page.expect_navigation():
        page.get_by_role("button", name=samples.OFFICER_NAMES[PERSON][0]).click()
    with page.expect_navigation():
        page.locator(".tmc-desk__title a").first.click()
    path = IMAGES / "desk.png"
    page.screenshot(path=path, animations="disabled")
    return path


def sign_in(page: Page, base: str, portal: str) -> None:
    person = samples.PEOPLE[PERSON]
    force = read_force(ROOT / "forces" / portal.rsplit("/", 1)[1] / "force.toml")
    born = date.fromisoformat(person.date_of_birth)
    before = codes(base, person.email)
    page.goto(f"{portal}/sign-in?lang=en")
    for name, value in {
        "crime_reference": samples.reference(force, PERSON), "surname": person.family,
        "date_of_birth-day": born.day, "date_of_birth-month": born.month,
        "date_of_birth-year": born.year, "postcode": person.postcode,
    }.items():
        page.locator(f"[name='{name}']").fill(str(value))
    press(page, "main form")
    page.locator("[name=code]").fill(next_code(base, person.email, before))
    press(page, "main form")


def press(page: Page, form: str) -> None:
    """The page's first such button is its own way on; others stand below it."""
    with page.expect_navigation():
        page.locator(f"{form} button[type=submit]").first.click()


def next_code(base: str, email: str, before: list[str]) -> str:
    deadline = time.monotonic() + LETTER_WITHIN
    while len(now := codes(base, email)) <= len(before):
        if time.monotonic() > deadline:
            raise SystemExit(f"No code for {email} came. The mailbox says why: {base}/demo/mailbox/")
        time.sleep(0.2)
    return now[0]


def codes(base: str, email: str) -> list[str]:
    """The sign-in codes sent to this address, newest first."""
    if not base.startswith("http"):
        raise SystemExit(f"{base} is not the address of a demo, like http://127.0.0.1:8000")
    query = urllib.parse.urlencode({"to": email})
    address = f"{base}/demo/mailbox.json?{query}"
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - checked above
        found = [re.search(r"\b\d{6}\b", letter["text"]) for letter in json.load(answer)]
    return [match[0] for match in found if match]


if __name__ == "__main__":
    main()
