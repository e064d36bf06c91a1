"""Whatever signs a record system sends in whichever field, there is an answer, and what is kept is clean."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from flask import Flask

from core.testing import allocated, event, officer, person, recorded
from tests.plugins.record_feed.feed_builders import Sender
from tests.security.checklist import requirement
from tests.security.payloads import ODD_TEXTS
from tests.security.signs import APART, HUGE, TOGETHER, faults_in_store, stored

BROKEN = ("\x00", "a\x00b", "\ud800", "\udfff", "a\ud800b")  # no JSON of the contract: the batch is refused
ODD = [text for text in (*ODD_TEXTS, *HUGE) if text not in BROKEN]
Path = tuple[str | int, ...]


def events() -> list[dict[str, Any]]:
    """One of each kind that carries words."""
    who = person(organisation="A shop", phone="07700 900123",
                 safe_contact={"words": "discreet", "not_before": "09:00", "not_after": "17:00"})
    return [
        recorded(people=[who], summary="A bicycle", incident_reference="1 of today", flags=["hate-crime"]),
        allocated(officer=officer(unit="Watford CID", collar_number="123")),
        event("crime.progress", text="We asked around.", stage="investigating"),
        event("message.sent", text="Hello", to="P1", officer=officer()),
        event("person.amended", person=who),
    ]


def texts_in(value: Any, at: Path = ()) -> Iterator[Path]:
    if isinstance(value, str):
        yield at
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts_in(inner, (*at, key))


def spoilt(one: dict[str, Any], at: Path, text: str, number: int) -> dict[str, Any]:
    made: Any = copy.deepcopy(one)
    made["id"] = f"spoilt-{number}"
    place = made
    for step in at[:-1]:
        place = place[step]
    place[at[-1]] = text
    return dict(made)


@requirement("E6")
def test_every_text_of_every_event_may_hold_any_sign(
    app: Flask, niche: Sender, record_property: Any
) -> None:
    places = [(one, at) for one in events() for at in texts_in(one)]
    assert len(places) > 60
    assert niche.post_batch([*events()]).status_code == 202
    tried = 0
    for turn in range(3):
        made = [spoilt(one, at, ODD[(turn * 17 + number) % len(ODD)], turn * 1000 + number)
                for number, (one, at) in enumerate(places)]
        for start in range(0, len(made), 40):
            batch = [one for one in made[start:start + 40] if len(json.dumps(one)) < 20_000]
            answer = niche.post_batch(batch)
            assert answer.status_code == 202, answer.text[:300]
            assert len(answer.get_json()["results"]) == len(batch)
            tried += len(batch)
    assert faults_in_store(app) == []
    record_property("figure", ("texts of events with odd signs", tried))


@requirement("E6")
def test_what_is_no_text_is_refused_in_every_field(app: Flask, niche: Sender) -> None:
    places = [(one, at) for one in events() for at in texts_in(one)]
    for number, (one, at) in enumerate(places):
        text = (*BROKEN, *HUGE)[number % (len(BROKEN) + len(HUGE))]
        answer = niche.post(spoilt(one, at, text, number))
        assert answer.status_code == (400 if text in BROKEN or len(text) > 20_000 else answer.status_code)
        assert answer.status_code in (202, 400), at
    assert faults_in_store(app) == []


@requirement("E6")
def test_what_is_sent_in_parts_is_kept_composed(app: Flask, niche: Sender) -> None:
    who = person(name={"given": APART, "family": APART}, organisation=APART)
    assert niche.post_batch([
        recorded(people=[who], summary=APART), allocated(officer=officer(name=APART, unit=APART)),
        event("crime.progress", text=APART), event("message.sent", text=APART, to="P1", officer=officer()),
    ]).status_code == 202
    kept = [(where, text) for where, text in stored(app) if TOGETHER in text or APART in text]
    assert {where for where, text in kept if APART in text} == set()
    assert {where.split(".")[0] for where, _ in kept} >= {"Person", "Case", "Staff", "Entry", "Message"}
