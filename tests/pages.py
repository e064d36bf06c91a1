"""A visitor's browser, as the authors of plugins have it."""

from core.testing.browser import Browser, Page, check_page, words

__all__ = ["Browser", "Page", "check_page", "words"]
