"""Who would rather speak asks for a call, says when it is safe, and somebody owes it to them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Message
from core.cases.safe_contact import Effective
from core.commitments import Commitment
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from plugins.messages.calls import safe_parts
from tests.conftest import HERTS
from tests.pages import shown
from tests.people import Met, meet, person_browser, take
from tests.security.audited import audited

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
CALL = {"parts": ["morning", "evening"], "leave": "no", "more": "", "form_key": "one"}
NOT_SAFE = "We do not call you"


def portal_of(app: Flask, **details: Any) -> Met:
    with clock.travel(MONDAY):
        hers = person(**{"phone": "07700 900123", **details})
        take(app, recorded(time="2026-03-02T08:00:00Z", people=[hers]))
        take(app, allocated(time="2026-03-02T09:00:00Z"))
    return meet(app)


def written(app: Flask) -> list[str]:
    with app.app_context(), force_scope(HERTS):
        return [str(one.text) for one in db.session.scalars(sa.select(Message))]


def owed(app: Flask) -> list[str]:
    with app.app_context(), force_scope(HERTS):
        return list(db.session.scalars(sa.select(Commitment.state).where(Commitment.kind == "answer")))


def ask(app: Flask, met: Met, **typed: Any) -> Any:
    with clock.travel(MONDAY + timedelta(hours=1)):
        hers = person_browser(app, met)
        hers.get(f"/case/{met.case}/messages/call")
        return hers.post(f"/case/{met.case}/messages/call", data={**CALL, **typed})


@audited("messages_call_form_seen")
def test_she_says_when_she_can_speak_and_the_officer_reads_it_where_she_wrote_before(app: Flask) -> None:
    met = portal_of(app)
    for _ in range(2):  # pressed twice
        assert ask(app, met, more="My sister may answer. She knows nothing.").status_code == 303
    assert written(app) == [
        "Please call me. These times are safe for me:\n"
        "– In the morning, 09:00 to 12:00\n– In the evening, 17:00 to 20:00\n"
        "If I do not answer, do not leave a message.\n"
        "My sister may answer. She knows nothing."]
    assert owed(app) == ["open"]


def test_a_call_that_reached_her_is_what_was_owed_and_one_that_did_not_is_none(app: Flask) -> None:
    met = portal_of(app)
    ask(app, met, leave="yes")
    assert "you may leave a message that says only a name and a number" in written(app)[0]
    for hour, reached, state in ((13, False, "open"), (14, True, "kept")):
        with clock.travel(MONDAY.replace(hour=hour)):
            take(app, event("contact.made", time=f"2026-03-02T{hour - 1}:30:00Z", person="P1", way="phone",
                            reached=reached))
        assert owed(app) == [state]


@pytest.mark.parametrize("typed", [
    {"parts": []}, {"parts": ["night"]}, {"leave": ""}, {"leave": "perhaps"}, {"more": "x" * 301},
    {"more": "a\x00b"}])
def test_what_cannot_be_understood_is_asked_again_and_nothing_is_sent(
    app: Flask, typed: dict[str, Any]
) -> None:
    answer = ask(app, portal_of(app), **typed)
    assert (answer.status_code, written(app)) == (400, [])
    assert "There is a problem" in answer.text


@pytest.mark.parametrize("details", [
    {"safe_contact": {"channels": ["email"]}}, {"safe_contact": {"silent": True}}, {"phone": None},
    {"safe_contact": {"not_before": "22:00", "not_after": "06:00"}}])
def test_whom_a_call_would_endanger_is_never_called(app: Flask, details: dict[str, Any]) -> None:
    met = portal_of(app, **details)
    answer = ask(app, met)
    assert (answer.status_code, written(app)) == (409, [])
    with clock.travel(MONDAY + timedelta(hours=1)):
        page = shown(person_browser(app, met), f"/case/{met.case}/messages/call")
    assert NOT_SAFE in page and "123" not in page


def test_a_part_of_the_day_that_is_not_safe_is_not_offered_and_not_taken(app: Flask) -> None:
    met = portal_of(app, safe_contact={"not_before": "09:00", "not_after": "16:30"})
    with clock.travel(MONDAY + timedelta(hours=1)):
        page = shown(person_browser(app, met), f"/case/{met.case}/messages/call")
    assert "12:00 to 16:00" in page and "evening" not in page and "ends in 123" in page
    assert ask(app, met, parts=["evening"]).status_code == 400
    assert ask(app, met).status_code == 303
    assert "evening" not in written(app)[0]


HOURS = [
    # not before, not after, a second window: what is offered
    (None, None, None, None, [(9, 12), (12, 17), (17, 20)]),
    ("09:00", "12:00", None, None, [(9, 12)]),
    ("09:01", "11:59", None, None, [(10, 12)]),
    ("18:30", "23:00", None, None, [(19, 20)]),
    ("18:00", "10:00", None, None, [(9, 10), (18, 20)]),
    ("08:00", "20:00", "13:00", "14:30", [(13, 14)]),
    ("20:00", "08:00", None, None, []),
    ("11:30", "12:30", None, None, []),
]


@pytest.mark.parametrize(("start", "stop", "start_2", "stop_2", "offered"), HOURS)
def test_whole_hours_are_offered_that_are_safe_to_the_last_minute(
    start: str | None, stop: str | None, start_2: str | None, stop_2: str | None,
    offered: list[tuple[int, int]],
) -> None:
    hours = [time.fromisoformat(one) if one else None for one in (start, stop, start_2, stop_2)]
    safe = Effective().model_copy(update=dict(zip(
        ("not_before", "not_after", "also_not_before", "also_not_after"), hours, strict=True)))
    assert [(one.start, one.end) for one in safe_parts(safe)] == offered
