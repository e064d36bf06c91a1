"""A register that writes nothing: for looking at the events without taking them in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence

from .events import Crime
from .files import Months

Lookup = Callable[[Collection[str]], dict[str, Crime]]
MakeReference = Callable[[int, int], str]


def nobody(crime_ids: Collection[str]) -> dict[str, Crime]:
    """A look-up that knows no crime."""
    return {}


class MemoryRegister:
    """Knows what *lookup* knows and what it was told; *last* is the last number of each year."""

    def __init__(
        self, make_reference: MakeReference, lookup: Lookup = nobody,
        last: dict[int, int] | None = None,
    ) -> None:
        self.make_reference, self.lookup = make_reference, lookup
        self.crimes: dict[str, Crime] = {}
        self.last = Counter(last or {})

    def known(self, crime_ids: Collection[str]) -> dict[str, Crime]:
        asked = [crime_id for crime_id in crime_ids if crime_id not in self.crimes]
        if asked:
            self.crimes.update(self.lookup(asked))
        return {i: self.crimes[i] for i in crime_ids if i in self.crimes}

    def enter(self, crimes: Sequence[Crime]) -> None:
        for crime in crimes:
            year = int(crime.month[:4])
            self.last[year] += 1
            crime.reference = self.make_reference(self.last[year], year)
            self.crimes[crime.crime_id] = crime

    def note(self, crimes: Iterable[Crime]) -> None:
        """The crimes are kept here themselves: what they were given they have."""

    def busiest(self, months: Months) -> list[Crime]:
        """Equals stay in the order in which they came, which is that of their references."""
        chosen = (crime for crime in self.crimes.values() if crime.month in months)
        return sorted(chosen, key=lambda crime: -len(crime.outcomes))
