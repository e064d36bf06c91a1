"""Starts Playwright's driver and the browser once, before any test does, and says what they lack.

Without them the tests in a browser are skipped by name; where nothing may lack, as in CI, that is a failure.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache

from tools import system_programs

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OF_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
LIBRARY = re.compile(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object")
START_WITHIN = 120  # seconds


class Lacking(Exception):
    """The browser or its driver does not start; the text says why and what to install."""


def chromium_path() -> str:
    """Where Chromium or Chrome is. Raises :class:`Lacking`."""
    found = next(filter(None, map(shutil.which, (*NAMES, *OF_MACOS))), None)
    if found is None:
        raise Lacking(f"there is no Chromium and no Chrome. {how('chromium', 'chromium-sandbox')}")
    return found


def how(*packages: str) -> str:
    """What to type to install these packages of the list."""
    if sys.platform == "darwin":
        return "Install it: brew install --cask google-chrome"
    chosen = [one for one in system_programs.packages() if one.name in packages]
    return f"Install it: {system_programs.line(chosen)}"


@cache
def driver_starts() -> None:
    """Raises :class:`Lacking` when the driver's program does not run here."""
    from playwright._impl._driver import compute_driver_executable

    program = compute_driver_executable()[0]
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    if told.returncode:
        raise Lacking(f"Playwright's driver does not start: {_why(told.stderr)}")


def browser_starts(path: str) -> None:
    """Raises :class:`Lacking` when Chromium shows no page here, as the user who runs this."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=path, timeout=START_WITHIN * 1000)
            browser.new_page().set_content("<p>here</p>")
            browser.close()
        except Error as error:
            raise Lacking(f"{path} does not start: {_why(str(error))}") from None


def _why(said: str) -> str:
    if library := LIBRARY.search(said):
        of = [one.name for one in system_programs.packages() if one.sign == library[1]]
        return f"it lacks {library[1]}. {how(*of) if of else 'Install the package that has it'}"
    if "No usable sandbox" in said:
        return f"it has no sandbox for an ordinary user. {how('chromium-sandbox')}"
    lines = [line for line in said.splitlines() if line.strip()]
    return " / ".join(lines[:3]) or "it says no reason"


def main() -> int:
    try:
        path = chromium_path()
        driver_starts()
        browser_starts(path)
    except Lacking as lacking:
        print(f"Tests in a browser cannot run: {lacking}", file=sys.stderr)
        if system_programs.nothing_may_lack():
            return 1
        print("They are skipped by name until then.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
