"""A contact, and a lock, are set here and taken back, and once more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from core.base import clock
from core.cases import people
from core.cases.models import Person
from core.intake import desk
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from tests.conftest import HERTS
from tests.core.cases.changes import DAY, START, days, of
from tests.people import meet, person_browser, take


def change(app: Flask, do: Callable[[Any], Any]) -> Any:
    met = meet(app)
    with app.app_context(), force_scope(HERTS):
        answer = do(met.people["P1"])
        db.session.commit()
        return answer


def test_access_is_locked_and_unlocked_twice(app: Flask) -> None:
    take(app, recorded(), allocated())
    for turn in range(2):
        hers = person_browser(app, meet(app))
        assert change(app, lambda who: people.lock_access(who, by="person")) == turn + 1
        assert of(app, Person, "locked_by")["locked_by"] == "person"
        assert hers.get("/your-reports").status_code == 303
        change(app, lambda who: people.unlock_access(who, how="in_person"))
        assert not people.is_locked(SimpleNamespace(**of(app, Person, "locked_by")))
        assert hers.get("/your-reports").status_code == 303  # who was out stays out
        assert person_browser(app, meet(app)).get("/your-reports").status_code == 303


A, B, C, D = (f"{number}@example.com" for number in ("one", "two", "three", "four"))
PHONES = {one: f"07700 90000{number}" for number, one in enumerate((A, B, C, D), 1)}


def contact(name: str, email: str) -> str:
    return email if name == "email" else PHONES[email]


@pytest.mark.parametrize("name", people.CONTACTS)
@pytest.mark.parametrize("path", [(B, A), (B, A, B, A), (B, C, A), (B, C, B, A)])
def test_a_contact_that_came_back_here_is_also_taken_from_the_record(
    app: Flask, name: str, path: tuple[str, ...]
) -> None:
    """A, B, and A again: the record's A is no longer what was replaced, and what it replaced is."""
    take(app, recorded(people=[person(**{name: contact(name, A)})]), allocated())
    old = A
    for turn, value in enumerate(path):
        with clock.travel(START + turn * timedelta(hours=1)):
            assert change(app, lambda who, to=value: desk.set_contact(who, name, contact(name, to))) \
                == contact(name, old)
        old = value
    with clock.travel(START + 9 * DAY):
        for time, said, then in zip(days(5)[1:], (path[-2], A, D, A), (A, A, D, A), strict=True):
            take(app, event("person.amended", time=time, person=person(**{name: contact(name, said)})))
            assert of(app, Person, name)[name] == contact(name, then)


@pytest.mark.parametrize("name", people.CONTACTS)
def test_a_contact_is_removed_and_set_again_twice(app: Flask, name: str) -> None:
    take(app, recorded(people=[person(**{name: contact(name, A)})]), allocated())
    for value in (None, A, None, A):
        change(app, lambda who, to=value: desk.set_contact(who, name, to and contact(name, to)))
        assert of(app, Person, name)[name] == (value and contact(name, value))
    with clock.travel(clock.now() + timedelta(hours=1)):
        take(app, event("person.amended", time=clock.now().isoformat(),
                        person=person(**{name: contact(name, A)})))
    assert of(app, Person, name)[name] == contact(name, A)


def test_only_an_email_or_a_phone_is_set_here(app: Flask) -> None:
    take(app, recorded())
    for name in ("postcode", "family", "language", ""):
        with pytest.raises(ValueError, match="is no contact"):
            change(app, lambda who, to=name: desk.set_contact(who, to, "x"))


def test_what_replaced_one_contact_says_nothing_of_the_other(app: Flask) -> None:
    both = person(email=A, phone=PHONES[A])
    take(app, recorded(people=[both]), allocated())
    change(app, lambda who: desk.set_contact(who, "email", B))
    change(app, lambda who: desk.set_contact(who, "phone", PHONES[B]))
    with clock.travel(clock.now() + timedelta(hours=1)):
        soon = clock.now().isoformat()
        take(app, event("person.amended", time=soon, person=both))
        assert of(app, Person, "email", "phone") == {"email": B, "phone": PHONES[B]}
        take(app, event("person.amended", time=soon, person=person(email=C, phone=PHONES[A])))
        assert of(app, Person, "email", "phone") == {"email": C, "phone": PHONES[B]}
