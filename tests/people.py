"""The people of a test, at Hertfordshire and from its record system unless it says another."""

from __future__ import annotations

from functools import partial

from flask import Flask

from core.intake import conversation
from core.storage.db import db, force_scope
from core.testing import people
from core.testing.browser import form_on
from core.testing.people import Met, sign_in_as

FORCE, SOURCE = "hertfordshire", "niche"
take = partial(people.take, force=FORCE, source=SOURCE)
meet = partial(people.meet, force=FORCE)
staff_id = partial(people.staff_id, force=FORCE)
person_browser = partial(people.person_browser, force=FORCE)
officer_browser = partial(people.officer_browser, force=FORCE)

__all__ = [
    "Met", "form_on", "meet", "officer_browser", "person_browser", "sign_in_as", "staff_id", "take",
    "write_message",
]


def write_message(app: Flask, met: Met, text: str, name: str = "P1", *, from_person: bool = True) -> None:
    """A person on the case writes to its officer, or the officer to them; past the page for it."""
    with app.app_context(), force_scope(FORCE):
        conversation.post_message(
            case_id=met.case, person_id=met.people[name], staff_id=met.staff, from_person=from_person,
            text=text, form_key=text,
        )
        db.session.commit()
