"""A force's record system that posts to the running demo, and the people it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.testing import builders
from tests.live import Demo
from tests.visits import FORCE, Details

SOURCE = "niche"


@dataclass
class Record:
    """The force's record system: it posts to the portal's signed door."""

    demo: Demo
    secret: str

    def post(self, *events: dict[str, Any]) -> None:
        answer = self.demo.post_events(f"/{FORCE}/feed/v1/{SOURCE}/events", self.secret, *events)
        assert [one["status"] for one in answer["results"]] == ["accepted"] * len(events), answer


def days_ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


@pytest.fixture(scope="session")
def record(demo: Demo) -> Record:
    return record_of(demo)


def record_of(demo: Demo) -> Record:
    secret = demo.command("keys", "new", "--force", FORCE, "--source", SOURCE, "--quiet")
    return Record(demo, secret)


@pytest.fixture(scope="session")
def amina(record: Record) -> Details:
    """Her bicycle was stolen; an officer has the case and has begun."""
    reference = "41/55001/26"
    record.post(
        builders.recorded(reference, time=days_ago(3), people=[builders.person(
            id="JOURNEY-1", date_of_birth="1980-05-07", email="amina@example.com")]),
        builders.allocated(reference, time=days_ago(2)),
        builders.event(
            "crime.progress", reference, time=days_ago(1), stage="investigating",
            text="I asked the shop opposite for its camera footage.",
            next_step="I will look at the footage with the shop’s owner."),
    )
    return Details(reference, "Khan", ("7", "5", "1980"), "WD17 1AA", "amina@example.com")


@pytest.fixture(scope="session")
def olu(record: Record) -> Details:
    return with_long_words(record)


@pytest.fixture(scope="session")
def twins(record: Record) -> Details:
    return of_one_day(record)


def with_long_words(record: Record) -> Details:
    """Olu: two reports, long words everywhere, and nobody has the cases yet."""
    long = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
    one = builders.person(
        id="JOURNEY-2", name={"given": "Olu", "family": f"Adeyemi-{long}"}, email="olu@example.com")
    record.post(
        builders.recorded("41/55002/26", time=days_ago(9), people=[one]),
        builders.recorded("41/55003/26", time=days_ago(8), people=[one], crime_type="dog-theft"),
        builders.event("crime.progress", "41/55003/26", time=days_ago(7), text=f"See {long}. " * 60,
                       next_step=f"https://example.com/{long}{long}{long}"),
    )
    family, born = one["name"]["family"], ("17", "5", "1980")
    return Details("41/55003/26", family, born, one["postcode"], one["email"])


def of_one_day(record: Record) -> Details:
    """Two children of one day, whose codes go to their parent's address."""
    home = {"date_of_birth": "2012-03-09", "postcode": "SG1 1AA", "email": "home@example.com"}
    record.post(builders.recorded("41/55004/26", time=days_ago(2), people=[
        builders.person(id="JOURNEY-3", name={"given": "Nia", "family": "Rhys"}, **home),
        builders.person(id="JOURNEY-4", name={"given": "Gwen", "family": "Rhys"}, **home),
    ]))
    return Details("41/55004/26", "Rhys", ("9", "3", "2012"), home["postcode"], home["email"])
