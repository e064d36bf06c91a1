"""A row of every class that goes some day: when it goes, and when it stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from core.cases.models import Case, PortalSession
from core.force.vocabulary import STAGES
from core.intake.models import RecordEvent
from core.notices.models import Notice
from plugins.oversight.models import BreakGlass

UNTIL = datetime(2024, 6, 12, 2, 41, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LONG_AGO = UNTIL - timedelta(days=5000)
AGES = {"before": UNTIL - SECOND, "on": UNTIL, "after": UNTIL + SECOND}
CASE, PERSON, STAFF = uuid4(), uuid4(), uuid4()


def case(stage: str, at: datetime, **more: Any) -> Case:
    key = f"{stage}{at:%S}"
    return Case(**{
        "crime_reference": key, "reference_key": key, "crime_type": "bicycle-theft", "district": "watford",
        "flags": [], "service_level": "standard", "reported_at": at - timedelta(days=900),
        "offered": True, "offered_reason": "offered", "stage": stage, "latest_at": at, **more})


def event(status: str, at: datetime, body: str | None = "{}") -> RecordEvent:
    return RecordEvent(
        source="niche", event_key=uuid4().bytes, type="other", subject_key="41999",
        happened_at=UNTIL - timedelta(days=900), received_at=at, digest=b"d", body=body, status=status)


def notice(state: str, at: datetime) -> Notice:
    return Notice(kind="entry", cause_id=uuid4(), state=state, due_at=at, tries=0, case_id=CASE,
                  made_at=UNTIL - timedelta(days=900), staff_id=STAFF)


def break_glass_use(verdict: str | None, at: datetime) -> BreakGlass:
    return BreakGlass(case_id=CASE, staff_id=STAFF, reason="court", words="w", ends_at=at, verdict=verdict,
                      opened_at=UNTIL - timedelta(days=900))


def visit(whose: str, at: datetime) -> PortalSession:
    return PortalSession(token_hash=uuid4().bytes, made_at=UNTIL - timedelta(days=900), seen_at=UNTIL,
                         ends_at=at, notes={}, **{whose: PERSON if whose == "person_id" else STAFF})


# Each class: how a row of a state and an age is made; which states go once they are old; which never.
TABLE: dict[str, tuple[Callable[[Any, datetime], Any], list[Any], list[Any]]] = {
    "closed_cases": (case, ["closed"], [one for one in STAGES if one != "closed"]),
    "quiet_cases": (case, [one for one in STAGES if one != "closed"], ["closed"]),
    "event_bodies": (event, ["accepted", "conflict"], ["parked"]),
    "parked_events": (event, ["parked"], ["accepted", "conflict"]),
    "notices": (notice, ["sent", "failed", "withheld"], ["due"]),
    "access_reasons": (break_glass_use, [None, "fine", "look_into"], []),
    "sessions": (visit, ["person_id", "staff_id"], []),
}
