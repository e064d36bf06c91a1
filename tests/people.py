"""The people of a test, at Hertfordshire unless it says another force."""

from __future__ import annotations

from functools import partial

from core.testing import people
from core.testing.browser import form_on
from core.testing.people import Met, sign_in_as

FORCE = "hertfordshire"
take = partial(people.take, force=FORCE)
meet = partial(people.meet, force=FORCE)
staff_id = partial(people.staff_id, force=FORCE)
person_browser = partial(people.person_browser, force=FORCE)
officer_browser = partial(people.officer_browser, force=FORCE)

__all__ = [
    "Met", "form_on", "meet", "officer_browser", "person_browser", "sign_in_as", "staff_id", "take",
]
