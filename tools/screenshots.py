"""Makes docs/images/*.png from a running demo: what the README shows.

Usage: python tools/screenshots.py [http://127.0.0.1:8000] [force]
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
PHONE: ViewportSize = {"width": 390, "height": 844}
SCREEN: ViewportSize = {"width": 1280, "height": 860}


def chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    raise SystemExit("Screenshots need Chromium or Chrome: sudo apt-get install chromium")


def main() -> None:
    base = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    force = sys.argv[2] if len(sys.argv) > 2 else "hertfordshire"
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        case_on_a_phone(browser, f"{base}/{force}")
        desk(browser, f"{base}/{force}")
        browser.close()
    print(f"Made {', '.join(sorted(path.name for path in IMAGES.glob('*.png')))} in {IMAGES}")


def case_on_a_phone(browser: Browser, portal: str) -> None:
    page = browser.new_page(viewport=PHONE, device_scale_factor=2, reduced_motion="reduce")
    enter(page, portal, "person")
    page.screenshot(path=IMAGES / "case-phone.png")


def desk(browser: Browser, portal: str) -> None:
    page = browser.new_page(viewport=SCREEN, reduced_motion="reduce")
    enter(page, portal, "officer")
    page.screenshot(path=IMAGES / "desk.png")


def enter(page: Page, portal: str, who: str) -> None:
    """Through the demo's own door for samples."""
    page.goto(f"{portal}/demo/")
    page.get_by_test_id(f"enter-{who}").first.click()
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
