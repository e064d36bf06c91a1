"""The made-up people to sign in with: a CSV of those whose cases have the most states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from core.base import csv_text

from .events import Crime
from .people import made_up_person


class Sample(NamedTuple):
    """One line of the file; its fields are the columns."""

    crime_reference: str
    surname: str
    date_of_birth: str
    postcode: str
    email: str
    states: int


def samples(force_id: str, crimes: Iterable[Crime]) -> Iterator[Sample]:
    """The people of *crimes*; a state is the recording or one outcome of one month."""
    for crime in crimes:
        person = made_up_person(force_id, crime.crime_id)
        yield Sample(
            crime.reference, person["name"]["family"], person["date_of_birth"],
            person["postcode"], person["email"], 1 + len(crime.outcomes),
        )


def as_csv(people: Iterable[Sample]) -> str:
    return csv_text(Sample._fields, people)
