"""When the portal heard of news, from whom the force had it, and what was promised in it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from uuid6 import uuid7

from core.base import clock
from core.cases.models import Access, Entry
from core.intake.updates import Update, write_update
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from tests.conftest import HERTS
from tests.people import meet, take
from tests.rows import rows

HEARD = datetime(2024, 6, 12, 12, tzinfo=UTC)
RECEIVED = datetime(2024, 3, 4, 9, tzinfo=UTC)
FROM_COURT = {"received_at": "2024-03-04T09:00:00Z"}


@pytest.mark.parametrize(("news", "data", "received", "promised"), [
    ("suspect.arrested", FROM_COURT, RECEIVED, None),
    ("suspect.released", {"kind": "bail", **FROM_COURT}, RECEIVED, None),
    ("crime.outcome", {"outcome": "1", **FROM_COURT}, RECEIVED, None),
    ("court.hearing", {"starts_at": "2024-07-01T10:00:00Z", **FROM_COURT}, RECEIVED, None),
    ("court.result", {"result": "guilty", **FROM_COURT}, RECEIVED, None),
    ("crime.progress", {"text": "We look.", "next_update_by": "2024-06-20"}, None, date(2024, 6, 20)),
    ("crime.progress", {"text": "We look."}, None, None),
    ("property.updated", {"items": [{"id": "T1"}]}, None, None),
])
@pytest.mark.parametrize("announce", [True, False])
def test_a_line_knows_when_it_was_heard_of_and_what_was_promised(
    app: Flask, news: str, data: dict[str, Any], received: datetime | None, promised: date | None,
    announce: bool,
) -> None:
    take(app, recorded())
    with clock.travel(HEARD):
        take(app, {**event(news, time="2024-03-03T10:00:00Z"), "data": data}, announce=announce)
    [line] = rows(app, Entry, Entry.kind != "recorded")
    assert (line.entered_at, line.received_at, line.promised_by, line.announced, line.explains) == (
        HEARD, received, promised, announce, False)


def test_an_access_knows_since_when_it_is_there_and_further_news_does_not_make_it_younger(app: Flask) -> None:
    with clock.travel(HEARD):
        take(app, recorded())
    take(app, event("person.amended", time="2024-03-05T10:00:00Z", person=person(postcode="WD1 1AA")))
    assert [one.made_at for one in rows(app, Access)] == [HEARD]


def test_what_an_officer_writes_is_announced_with_the_day_they_name(app: Flask) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    with clock.travel(HEARD), app.app_context(), force_scope(HERTS):
        assert met.staff
        write_update(met.case, met.staff, Update(text="We look.", next_update_by=date(2024, 6, 20)),
                     form_key=uuid7())
        db.session.commit()
    [line] = rows(app, Entry, Entry.kind == "progress")
    assert (line.entered_at, line.promised_by, line.announced) == (HEARD, date(2024, 6, 20), True)
