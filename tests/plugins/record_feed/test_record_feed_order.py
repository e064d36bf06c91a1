"""Record systems send in any order, in pieces, from several sources: a case ends up the same."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.cases.models import Access
from core.intake.models import RecordEvent
from core.intake.take_in import retry_parked, take_in
from core.notices.models import Notice
from core.storage.db import db
from core.testing import allocated, event, officer, person, recorded
from plugins.record_feed.digest import state_lines
from tests.plugins.record_feed.feed_builders import at, state, statuses, taken

SOURCE_TIMES = [f"2024-03-{day:02}T10:00:00Z" for day in range(1, 28)]


def outcome(code: str, day: int, **more: Any) -> dict[str, Any]:
    return event(
        "crime.outcome",
        more.pop("subject", "41/1/24"),
        outcome=code,
        time=SOURCE_TIMES[day],
        **more,
    )


def message(to: int | None, day: int, text: str) -> dict[str, Any]:
    given = {"to": f"P{to}"} if to else {}
    return event("message.sent", officer=officer(2), text=text, time=SOURCE_TIMES[day], **given)


def amended(number: int, day: int, *, removed: bool = False, **more: Any) -> dict[str, Any]:
    return event(
        "person.amended",
        time=SOURCE_TIMES[day],
        person=person(number, **more),
        removed=removed,
    )


def things(day: int, **statuses: str) -> dict[str, Any]:
    items = [{"id": thing, "status": status} for thing, status in statuses.items()]
    return event("property.updated", time=SOURCE_TIMES[day], items=items)


HISTORIES: dict[str, list[dict[str, Any]]] = {
    "a common case": [
        recorded(),
        outcome("18", 9),
        allocated(time=SOURCE_TIMES[2]),
        amended(1, 5, postcode="WD1 1AA"),
        message(1, 6, "We have looked at the cameras."),
    ],
    "two outcomes and a change of mind": [
        recorded(),
        outcome("18", 9),
        event("crime.reopened", time=SOURCE_TIMES[12]),
        outcome("1", 20),
        event("suspect.charged", time=SOURCE_TIMES[14], text="A man, 34"),
    ],
    "recorded twice, the later one first known": [
        recorded(summary="first", flags=["hate-crime"]),
        recorded(
            time=SOURCE_TIMES[3], summary="second", service_level="enhanced", time_precision="day"
        ),
        event("crime.amended", time=SOURCE_TIMES[2], summary="amended", district="dacorum"),
        outcome("18", 9),
    ],
    "a message to somebody who comes and goes": [
        recorded(),
        amended(2, 4),
        message(2, 6, "To the second person"),
        amended(2, 8, removed=True),
        amended(2, 3, phone="07700 900123"),
    ],
    "a message to all victims, of whom one is heard of late": [
        recorded(),
        message(None, 2, "To all"),
        amended(2, 4),
        amended(3, 5, role="parent"),
        message(None, 6, "Again"),
    ],
    "a victim who turns out to be a representative": [
        recorded(),
        amended(2, 3),
        amended(2, 5, role="representative"),
        message(None, 6, "To all"),
    ],
    "a crime that becomes sensitive": [
        recorded(),
        event("crime.amended", time=SOURCE_TIMES[3], flags=["domestic-abuse"]),
        event("crime.amended", time=SOURCE_TIMES[5], flags=[]),
        event(
            "crime.progress", time=SOURCE_TIMES[4], text="Enquiries", next_update_by="2024-04-01"
        ),
    ],
    "things that are lost and found": [
        recorded(property=[{"id": "T1", "description": "Blue bicycle"}]),
        things(3, T1="held"),
        things(5, T1="held", T2="stolen"),
        things(7, T1="returned"),
        event("crime.amended", time=SOURCE_TIMES[4], property=[{"id": "T3", "status": "damaged"}]),
    ],
    "a court, and calls": [
        recorded(),
        event("court.hearing", time=SOURCE_TIMES[3], starts_at=SOURCE_TIMES[8], court="Watford"),
        event("court.result", time=SOURCE_TIMES[9], result="Not guilty", received_at=SOURCE_TIMES[10]),
        event("contact.made", time=SOURCE_TIMES[4], person="P2", way="phone", reached=False),
        amended(2, 2),
    ],
    "officers who are away": [
        recorded(),
        allocated(time=SOURCE_TIMES[2], cover={"officer": officer(3), "until": "2024-03-20"}),
        allocated(time=SOURCE_TIMES[4], officer=officer(2)),
        allocated(time=SOURCE_TIMES[6], cover={"officer": officer(2), "from": "2024-03-09"}),
    ],
    "the same moment, told apart by sequence and id": [
        recorded(),
        outcome("18", 9, sequence="2"),
        outcome("1", 9, sequence="1"),
        outcome("9", 9, sequence="2", id="zz"),
        outcome("9", 9, sequence="2", id="zz", source="another"),
    ],
}


@pytest.mark.parametrize("history", HISTORIES)
def test_the_final_state_is_the_same_in_every_order(app: Flask, history: str) -> None:
    events = HISTORIES[history]
    orders = list(itertools.permutations(events))
    luck = random.Random(4)  # noqa: S311
    if history != "a common case" and len(orders) > 10:
        orders = [orders[0], orders[-1], *luck.sample(orders, 8)]
    found: dict[str, list[str]] = {}
    for order in orders:
        found.setdefault(final_of(app, pieces(order, luck)), [one["type"] for one in order])
    assert len(found) == 1, found
    assert '"parked"' not in next(iter(found))


def pieces(order: Sequence[dict[str, Any]], luck: random.Random) -> Iterator[list[dict[str, Any]]]:
    """The events one by one, or some of them together."""
    left = list(order)
    while left:
        size = luck.choice((1, 1, 2, 3))
        yield left[:size]
        left = left[size:]


def final_of(app: Flask, batches: Iterable[list[dict[str, Any]]]) -> str:
    """The state after these batches; none of them is committed."""
    with at(app) as force:
        for batch in batches:
            take_in(force, "niche", batch)
        lines = "\n".join(state_lines())
        db.session.rollback()
    return lines


def test_senders_of_one_force_may_be_ahead_of_each_other(app: Flask) -> None:
    events = {
        "niche": [recorded(), outcome("18", 9)],
        "athena": [
            amended(2, 4),
            event("message.sent", to="P2", officer=officer(2), text="Hello", time=SOURCE_TIMES[5]),
        ],
        "backfill": [
            amended(3, 4),
            event("message.sent", to="P3", officer=officer(2), text="Hello", time=SOURCE_TIMES[5]),
        ],
    }
    everything = [(source, one) for source, several in events.items() for one in several]
    luck, found = random.Random(8), set()  # noqa: S311
    for _ in range(12):
        luck.shuffle(everything)
        with at(app) as force:
            for source, one in everything:
                take_in(force, source, [one])
            found.add("\n".join(state_lines()))
            db.session.rollback()
    (only,) = found
    assert only.count('["message"') == 2
    assert '"parked"' not in only


def test_a_long_history_is_the_same_shuffled(app: Flask) -> None:
    luck = random.Random(50)  # noqa: S311
    kinds = [
        lambda day: outcome(luck.choice(["1", "18", "9"]), day),
        lambda day: allocated(
            time=SOURCE_TIMES[day], officer=officer(luck.randint(1, 3), unit=f"Unit {day}")
        ),
        lambda day: event(
            "crime.progress", stage="investigating", text=f"Day {day}", time=SOURCE_TIMES[day]
        ),
        lambda day: amended(
            luck.randint(1, 3), day, phone=f"07700 9001{day:02}", removed=luck.random() < 0.3
        ),
        lambda day: message(luck.choice([None, 1, 2]), day, f"Message {day}"),
        lambda day: event(
            "crime.amended", district=luck.choice(["watford", "dacorum"]), time=SOURCE_TIMES[day]
        ),
        lambda day: event("crime.reopened", time=SOURCE_TIMES[day]),
    ]
    events = [
        recorded(),
        *(amended(n, 1) for n in (1, 2)),
        *(luck.choice(kinds)(luck.randrange(27)) for _ in range(47)),
    ]
    found = set()
    for _ in range(6):
        luck.shuffle(events)
        found.add(final_of(app, pieces(events, luck)))
    assert len(found) == 1
    assert '"parked"' not in found.pop()


def test_parked_news_enters_once_when_it_is_tried_again(app: Flask) -> None:
    late = event("message.sent", to="P2", officer=officer(), text="Hello", time=SOURCE_TIMES[4])
    events = [recorded("41/7/24", crime_type="unheard-of"), outcome("18", 5, subject="41/7/24")]
    assert statuses(taken(app, *events, late)) == ["parked"] * 3
    with at(app) as force:
        for row in db.session.scalars(sa.select(RecordEvent)):
            body = json.loads(row.body)
            if body["id"] != events[0]["id"]:
                continue
            body["data"]["crime_type"] = "bicycle-theft"
            row.body = json.dumps(body)
        db.session.commit()
        results = retry_parked(force)
        db.session.commit()
    assert sorted(statuses(results)) == ["accepted", "accepted", "parked"]
    assert sum(line.startswith('["entry", "41/7/24"') for line in state(app)) == 2
    with at(app) as force:
        assert statuses(retry_parked(force)) == ["parked"]
        db.session.commit()
    assert sum(line.startswith('["entry", "41/7/24"') for line in state(app)) == 2


def test_all_of_a_message_s_readers_are_heard_of_in_one_batch(app: Flask) -> None:
    assert (
        statuses(taken(app, message(2, 6, "Hello"), amended(2, 4), recorded())) == ["accepted"] * 3
    )
    assert '"text": "Hello"' in "".join(state(app))


def test_old_news_is_filed_in_its_place_and_told_to_nobody(app: Flask) -> None:
    taken(app, recorded(), outcome("1", 9))
    with at(app) as force:
        db.session.execute(
            sa.update(Access).values(shown_through=datetime(2024, 3, 20, tzinfo=UTC))
        )
        take_in(force, "niche", [outcome("18", 5)])
        assert db.session.scalars(sa.select(Notice)).all() == []
        take_in(force, "niche", [outcome("9", 25)])
        assert len(db.session.scalars(sa.select(Notice)).all()) == 1
        db.session.rollback()


def test_every_event_that_is_acted_on_leaves_its_audit_row(app: Flask) -> None:
    taken(app, recorded(), outcome("1", 9), event("weather.changed"))
    with at(app):
        rows = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
        assert sorted(row.action for row in rows) == ["case_changed", "case_opened", "event_stored"]
