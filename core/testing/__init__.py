"""The test kit for authors of plugins and forces; docs/writing-a-plugin.md shows it at work.

Nothing here is for production, and the portal itself imports none of it. Fixtures for pytest are in
:mod:`core.testing.fixtures`.
"""

from core.base.clock import travel
from core.testing.browser import Browser, Page, check_page, form_on, words
from core.testing.builders import allocated, event, officer, person, recorded
from core.testing.commands import run_command
from core.testing.kit import AtForce, Portal, portal
from core.testing.people import Met

__all__ = [
    "AtForce", "Browser", "Met", "Page", "Portal", "allocated", "check_page", "event", "form_on",
    "officer", "person", "portal", "recorded", "run_command", "travel", "words",
]
