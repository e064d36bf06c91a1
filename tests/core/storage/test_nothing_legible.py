"""Personal data in every field of every event, malformed ones too: none of it legible at rest."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from core.intake.take_in import take_in
from core.plugin_host import jobs
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, person, recorded
from core.testing.postgres import Addresses
from tests.conftest import HERTS
from tests.core.storage.test_storage import found
from tests.people import meet, officer_browser
from tests.security.checklist import protection, requirement

WORD = "Quillfeather"
SAFE = {"channels": ["email"], "not_before": "09:00", "not_after": "17:00", "words": "named",
        "silent": False, "review_on": "2026-05-01"}
WHO = person(phone="07700 900123", organisation="Shop", language="en", safe_contact=SAFE)
SAM = officer(rest_days_until="2026-05-01")
TIMES = {"occurred_from": "2024-02-28T10:00:00Z", "occurred_to": "2024-02-29T10:00:00Z"}


IDS = {"id", "to", "person", "request", "subject", "source", "type", "sequence", "in_reply_to"}
THING = {"id": "T1", "description": "x", "identifiers": "x", "status": "held"}


def events() -> list[dict[str, Any]]:
    """One of each type with every field that it has."""
    after = {"time": "2024-03-05T10:00:00Z"}
    return [
        recorded(people=[WHO], officer=SAM, summary="x", incident_reference="1", flags=["online"],
                 home_office_code="105/1", service_level="standard", time_precision="day",
                 property=[THING], **TIMES),
        event("crime.amended", crime_type="bicycle-theft", district="watford", summary="x",
              incident_reference="1", flags=[], officer=SAM, crime_reference="41/9/24", **TIMES, **after),
        allocated(officer=SAM, cover={"officer": SAM, "from": "2024-03-05"}),
        event("crime.progress", stage="investigating", text="x", next_step="x",
              next_update_by="2026-05-01", **after),
        *({**event(f"suspect.{kind}", **after), "data": {
            "kind": "bail", "text": "x", "received_at": "2024-03-05T10:00:00Z"}}
          for kind in ("arrested", "interviewed", "released", "bail_changed", "charged")),
        event("crime.outcome", outcome="18", scheme="home_office", reasons="x", done="x",
              received_at="2024-03-05T10:00:00Z", **after),
        event("crime.reopened", reasons="x", **after),
        event("person.amended", person=WHO, removed=False, **after),
        event("message.sent", officer=SAM, to="P1", text="x", in_reply_to="1", **after),
        event("court.hearing", court="x", starts_at="2024-03-05T10:00:00Z", purpose="x",
              received_at="2024-03-05T10:00:00Z", **after),
        event("court.result", court="x", result="x", text="x", received_at="2024-03-05T10:00:00Z", **after),
        event("property.updated", items=[THING], **after),
        event("contact.made", person="P1", way="phone", reached=True, line="x", topics=["release"], **after),
        event("request.decided", request="R1", state="agreed", text="x", **after),
    ]


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*at, step)
        yield from places(inner, (*at, step))


PLANTS: dict[str, Any] = {
    "a word": WORD, "with figures": f"{WORD} 41/1/24", "an address": f"{WORD}@example.com",
    "a list": [WORD], "a key": {WORD: WORD}, "too long": WORD * 60, "with a control sign": f"{WORD}\x1b",
    "in a batch of words": f"{WORD}, {WORD}",
}


def planted(one: dict[str, Any], at: tuple[Any, ...], plant: Any, number: int) -> dict[str, Any]:
    spoilt = copy.deepcopy(one) | {"id": f"planted-{number}"}
    here: Any = spoilt
    for step in at[:-1]:
        here = here[step]
    here[at[-1]] = f"{WORD}-{number}" if at == ("id",) and isinstance(plant, str) else plant
    return spoilt


def with_more(one: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    """Words where there is no field: beside the envelope, in data, as keys, in words of safety."""
    base = {**one, "id": f"more-{number}"}
    yield base | {"sequence": WORD, "id": f"{base['id']} {WORD}", "source": f"//{WORD}.example"}
    yield base | {WORD.lower(): WORD, "id": f"{base['id']}-1"}
    yield base | {"data": {**one["data"], WORD: {WORD: [WORD]}}, "id": f"{base['id']}-2"}
    yield base | {"data": {**one["data"], WORD: {"removed": WORD}}, "id": f"{base['id']}-3"}
    yield base | {"type": f"uk.police.{WORD}.v1", "id": f"{base['id']}-4"}
    yield base | {"subject": f"{WORD}/41/24", "id": f"{base['id']}-5"}


def everything() -> list[dict[str, Any]]:
    told = events()
    for number, one in enumerate(events()):
        spots = [at for at in places(one) if at[-1] != "specversion"]
        for place, at in enumerate(spots):
            for turn in range(3):
                plant = list(PLANTS.values())[(place + 3 * turn + number) % len(PLANTS)]
                told.append(planted(one, at, plant, len(told)))
        told += with_more(one, number)
    return told


@pytest.fixture
def taken_in(app: Flask) -> dict[str, int]:
    """How many events became what; the senders' notices are on their way too."""
    many: dict[str, int] = {}
    with app.app_context(), force_scope(HERTS):
        for said in (everything(), events()):
            for result in take_in(host().get(HERTS).force, "niche", said):
                many[result.status] = many.get(result.status, 0) + 1
            db.session.commit()
    jobs.work(app)
    return many


@requirement("G1", "G6")
def test_no_word_of_a_person_is_legible_in_tables_journal_jobs_or_log(
    app: Flask, taken_in: dict[str, int], database: Addresses, capfd: pytest.CaptureFixture[str]
) -> None:
    assert taken_in["accepted"] > 100 and taken_in["parked"] > 100, taken_in
    words = (WORD, WORD.lower(), WORD.upper(), json.dumps(WORD)[1:-1])
    assert found(database, *dict.fromkeys(words)) == {}
    said = capfd.readouterr()
    assert WORD not in said.out + said.err


@requirement("G1")
@pytest.mark.parametrize("word", ["Kanari7", "7f-kanari-41"])
def test_a_short_name_with_figures_in_place_of_an_id_or_reference_is_not_legible_either(
    app: Flask, database: Addresses, word: str
) -> None:
    told = list(events())
    for one in events():
        for at in places(one):
            if at[-1] in IDS:
                told.append(planted(one, at, word, len(told)) | {"sequence": str(len(told))})
    with app.app_context(), force_scope(HERTS):
        take_in(host().get(HERTS).force, "niche", told)
        db.session.commit()
    jobs.work(app)
    assert found(database, word, word.lower(), word.upper(), word.replace("-", "")) == {}


@protection("G1")
def test_the_words_were_kept_sealed_and_are_shown_to_staff(app: Flask, taken_in: dict[str, int]) -> None:
    met = meet(app)
    assert taken_in and met.staff
    page = officer_browser(app, met.staff).get(f"/desk/case/{met.case}").text
    assert WORD in page


def test_every_type_and_every_way_of_planting_is_among_them() -> None:
    from core.intake.shapes import TYPES

    assert {one["type"] for one in events()} >= set(TYPES)
    assert len(everything()) > 400
