"""A visitor's browser, as the authors of plugins have it."""

from typing import Any

from core.testing.browser import Browser, Page, check_page, words

__all__ = ["Browser", "Page", "check_page", "shown", "words"]


def shown(browser: Browser, path: str, **how: Any) -> str:
    """The text of a page that must be there; *how* as for a test client."""
    answer = browser.get(path, **how)
    assert answer.status_code == 200
    assert browser.page
    return browser.page.text
