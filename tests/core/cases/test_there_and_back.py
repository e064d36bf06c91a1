"""Whatever of a person or a case can be switched can be switched back, and once more."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases import people
from core.cases.models import Access, Case, Entry, Person, Staff
from core.intake import conversation
from core.intake.shapes import CrimeFields, Officer, PersonShape
from core.notices import outbox
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, person, recorded
from tests.conftest import HERTS
from tests.core.cases.changes import DAY, START, days, of
from tests.people import meet, person_browser, take

# --- what the record system says ----------------------------------------------------------------

# Every field with two values; one that may be unset goes to nothing and back as well.
PERSON: dict[str, tuple[Any, Any]] = {
    "role": ("victim", "representative"), "date_of_birth": ("1980-05-17", "1979-12-31"),
    "postcode": ("WD17 1AA", "SG1 1AA"), "email": ("one@example.com", "two@example.com"),
    "phone": ("07700 900001", "07700 900002"), "language": ("en", "cy"),
    "organisation": ("One Ltd", "Two Ltd"), "made_up": (True, False),
    "safe_contact": ({"silent": True}, {"words": "discreet"}),
    "name": ({"given": "Amina", "family": "Khan"}, {"given": "Ben", "family": "Okoro"}),
}
OFFICER = {
    "name": ("Sam One", "Jo Two"), "collar_number": ("1", "2"), "unit": ("CID", "Response"),
    "email": ("one@example.org", "two@example.org"), "rest_days_until": ("2024-09-01", "2024-09-02"),
}
CRIME: dict[str, tuple[Any, Any]] = {
    "incident_reference": ("INC-1", "INC-2"), "home_office_code": ("28A", "30C"),
    "occurred_from": ("2024-02-01T10:00:00+00:00", "2024-02-02T10:00:00+00:00"),
    "occurred_to": ("2024-02-01T11:00:00+00:00", "2024-02-02T11:00:00+00:00"),
    "summary": ("A bicycle", "Two bicycles"), "flags": (["online"], ["domestic-abuse"]),
    "service_level": ("enhanced", "standard"), "crime_type": ("bicycle-theft", "dog-theft"),
    "district": ("watford", "stevenage"),
    "reported_at": ("2024-02-03T10:00:00+00:00", "2024-02-04T10:00:00+00:00"),
}
OFFERED = ({"flags": []}, {"flags": ["domestic-abuse"]})


def test_the_tables_name_every_field_that_a_record_system_may_send() -> None:
    assert PERSON.keys() == PersonShape.model_fields.keys() - {"id"}
    assert OFFICER.keys() == Officer.model_fields.keys() - {"id"}
    said = CrimeFields.model_fields.keys() - {"officer", "time_precision", "property"}
    assert CRIME.keys() == said | {"crime_type", "district", "reported_at"}


def plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def person_now(app: Flask) -> dict[str, Any]:
    found = of(app, Person, "given", "family", *(set(PERSON) - {"name", "role"}))
    safe = json.loads(found["safe_contact"]) if found["safe_contact"] else None
    return {
        **found, **of(app, Access, "role"),
        "safe_contact": safe and {name: said for name, said in safe.items() if said},
        "name": {"given": found.pop("given"), "family": found.pop("family")},
    }


def test_all_that_is_said_of_a_person_goes_there_and_back_twice(app: Flask) -> None:
    one, two = ({name: pair[turn] for name, pair in PERSON.items()} for turn in (0, 1))
    take(app, recorded(people=[{"id": "P1", **one}]), allocated())
    for turn, day in enumerate(days(5)):
        said = (two, one)[turn % 2]
        take(app, event("person.amended", time=day, person={"id": "P1", **said}))
        assert {name: person_now(app)[name] for name in PERSON} == said


def test_all_of_a_person_that_may_be_unset_is_unset_and_set_again_twice(app: Flask) -> None:
    whole = {name: pair[0] for name, pair in PERSON.items()}
    unset = {name: None for name, field in PersonShape.model_fields.items()
             if field.default is None and name != "safe_contact"}
    assert set(unset) >= {"email", "phone", "postcode", "organisation", "date_of_birth"}
    take(app, recorded(people=[{"id": "P1", **whole}]))
    for turn, day in enumerate(days(4)):
        said = (unset, {})[turn % 2]
        # nothing takes a silence back but words that say so
        safe = (None, whole["safe_contact"])[turn % 2]
        take(app, event("person.amended", time=day, person={
            "id": "P1", **whole, **said, "safe_contact": safe}))
        assert person_now(app) == person_now(app) | whole | said


def test_all_that_is_said_of_a_case_goes_there_and_back_twice(app: Flask) -> None:
    one, two = ({name: pair[turn] for name, pair in CRIME.items()} for turn in (0, 1))
    take(app, recorded(**one))
    for turn, day in enumerate(days(5)):
        said = (two, one)[turn % 2]
        take(app, event("crime.amended", time=day, **said))
        now = {name: plain(value) for name, value in of(app, Case, *CRIME).items()}
        assert now == said
        assert of(app, Case, "offered")["offered"] is (turn % 2 == 1)


def test_all_that_is_said_of_an_officer_goes_there_and_back_twice(app: Flask) -> None:
    one, two = ({name: pair[turn] for name, pair in OFFICER.items()} for turn in (0, 1))
    take(app, recorded(), allocated(officer={"id": "O1", **one}))
    unset = {**one, **{name: None for name in OFFICER if name != "name"}}
    for turn, day in enumerate(days(6)):
        said = (two, one, unset)[turn % 3]
        take(app, allocated(time=day, officer={"id": "O1", **said}))
        assert {name: plain(value) for name, value in of(app, Staff, *OFFICER).items()} == said


def test_what_news_does_not_mention_stays_as_it_was(app: Flask) -> None:
    whole = {name: pair[0] for name, pair in PERSON.items()}
    take(app, recorded(people=[{"id": "P1", **whole}]))
    take(app, event("person.amended", time=days(1)[0],
                    person={"id": "P1", "role": "victim", "name": {"family": "Okoro"}}))
    assert person_now(app) == person_now(app) | whole | {"name": {"given": "Amina", "family": "Okoro"}}


def test_a_case_moves_to_another_officer_and_back_twice(app: Flask) -> None:
    take(app, recorded(), allocated())
    for turn, day in enumerate(days(4)):
        number = 2 - turn % 2
        take(app, allocated(time=day, officer=officer(number)))
        with app.app_context(), force_scope(HERTS):
            lead = db.session.scalars(sa.select(Staff.record_id).join(
                Case, Case.staff_id == Staff.id)).one()
        assert lead == f"O{number}"


def test_a_case_is_closed_and_opened_again_twice(app: Flask) -> None:
    take(app, recorded(), allocated())
    for turn, day in enumerate(days(4)):
        kind = ("crime.progress", "crime.reopened")[turn % 2]
        said = {"stage": "closed", "text": "Nobody saw it."} if turn % 2 == 0 else {"reasons": "A witness."}
        take(app, event(kind, time=day, **said))
        assert of(app, Case, "stage")["stage"] == ("closed", "reopened")[turn % 2]


# --- who may follow -----------------------------------------------------------------------------


def removal(time: str, removed: bool, **more: Any) -> dict[str, Any]:
    return event("person.amended", time=time, person=person(**more), removed=removed)


def shown_again(time: str, removed: bool) -> dict[str, Any]:
    """Put back by the record of the crime, which names who is on it."""
    return removal(time, True) if removed else recorded(time=time, reported_at="2024-03-01T10:00:00Z")


@pytest.mark.parametrize("say", [removal, shown_again])
def test_who_is_taken_off_a_case_and_put_back_follows_it_again_twice(
    app: Flask, say: Callable[[str, bool], dict[str, Any]]
) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    hers, page = person_browser(app, met), f"/case/{met.case}"
    assert hers.get(page).status_code == 200
    for turn, day in enumerate(days(4)):
        gone = turn % 2 == 0
        take(app, say(day, gone))
        assert hers.get(page).status_code == (404 if gone else 200)
        with app.app_context(), force_scope(HERTS):
            assert bool(people.cases_of(met.people["P1"])) is not gone


def test_a_case_is_hidden_and_shown_again_twice(app: Flask) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    hers, page = person_browser(app, met), f"/case/{met.case}"
    for turn, day in enumerate(days(4)):
        take(app, event("crime.amended", time=day, **OFFERED[1 - turn % 2]))
        assert hers.get(page).status_code == (404 if turn % 2 == 0 else 200)


def test_once_a_victim_always_written_to_as_one(app: Flask) -> None:
    """Victim, representative, victim, representative: a message to all victims reaches them each time."""
    take(app, recorded(), allocated())
    met = meet(app)
    for turn, day in enumerate(days(4)):
        role = ("representative", "victim")[turn % 2]
        take(app, removal(day, False, role=role),
             event("message.sent", time=day, officer=officer(), text=f"Message {turn}"))
        with app.app_context(), force_scope(HERTS):
            assert len(conversation.thread(met.case, met.people["P1"])) == turn + 1
        assert of(app, Access, "role")["role"] == role


@pytest.mark.parametrize("state", ["failed", "withheld", "perhaps_sent"])
def test_a_notice_that_is_tried_again_is_tried_from_the_beginning_twice(app: Flask, state: str) -> None:
    take(app, recorded(), allocated(), announce=True)
    for turn in range(2):
        with app.app_context(), force_scope(HERTS), clock.travel(START + turn * DAY):
            notice = db.session.scalars(sa.select(Notice)).one()
            notice.state, notice.reason, notice.tries, notice.unsure = state, "no", 99, 99
            outbox.retry(notice)
            db.session.commit()
            again = of(app, Notice, "state", "reason", "tries", "unsure", "due_at")
        assert again == {
            "state": "due", "reason": None, "tries": 0, "unsure": 0, "due_at": START + turn * DAY}


@pytest.mark.parametrize(("state", "kind", "why"), [
    ("sent", "entry", "was sent already"), ("due", "entry", "is still being tried"),
    ("failed", "code", "codes are not sent again"), ("withheld", "code", "codes are not sent again")])
def test_what_was_sent_or_waits_or_held_a_code_is_not_tried_again(
    app: Flask, state: str, kind: str, why: str
) -> None:
    take(app, recorded(), allocated(), announce=True)
    with app.app_context(), force_scope(HERTS):
        notice = db.session.scalars(sa.select(Notice)).one()
        notice.state, notice.kind, notice.tries = state, kind, 3
        with pytest.raises(ValueError, match=why):
            outbox.retry(notice)
        assert (notice.state, notice.tries) == (state, 3)
        db.session.rollback()


def test_a_case_has_one_recorded_entry_of_the_earliest_news_in_every_order(app: Flask) -> None:
    """The values themselves: the day it was recorded, the newest words, the latest news."""
    from itertools import permutations

    times = [f"2024-03-0{day}T10:00:00+00:00" for day in (4, 5, 6)]
    for number, order in enumerate(permutations(range(3))):
        for place in order:
            take(app, recorded(f"41/{number}/24", time=times[place], summary=f"Words {place}",
                               reported_at=times[place], time_precision=("day", "month", None)[place],
                               people=[person(number, postcode=f"WD17 1A{'ABC'[place]}")]))
    with app.app_context(), force_scope(HERTS):
        for case in db.session.scalars(sa.select(Case)):
            entry = db.session.scalars(sa.select(Entry).where(Entry.case_id == case.id)).one()
            assert entry.happened_at.isoformat() == times[0]
            assert entry.time_precision == "day"
            assert str(entry.stamp).startswith("2024-03-04T10:00:00")
            assert (case.summary, case.reported_at.isoformat()) == ("Words 2", times[2])
            assert case.latest_at.isoformat() == times[2]
            assert case.reported_precision is None
        assert {one.postcode for one in db.session.scalars(sa.select(Person))} == {"WD17 1AC"}
