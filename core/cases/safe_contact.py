"""Which contact is safe for a person: the safer of what the record says and what they chose here.

The two are kept apart, so that neither undoes the other. Whoever is about to write to somebody asks
:func:`of_person` at that moment.
"""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, StrictBool

from core.base.field_marks import DETAIL, SAFETY
from core.base.field_values import Hour
from core.base.fields import Day, Line, Shape, key, listed
from core.cases.safe_hours import is_open, next_opening

CHANNELS: tuple[Literal["email", "sms", "phone", "post"], ...] = ("email", "sms", "phone", "post")
# Two windows of the day meet within two days, or never.
DAYS_AHEAD = timedelta(days=2)
_STRICT = {"named": 0, None: 1, "discreet": 2}


class SafeContact(Shape):
    """Which channels, hours (local time) and words are safe; ``silent`` means never.

    Any ``words`` but "named" ask for the discreet kind of letter.
    """

    channels: Annotated[
        list[Annotated[Literal["email", "sms", "phone", "post"], key(*CHANNELS)]] | None,
        BeforeValidator(listed), SAFETY,
    ] = None
    not_before: Annotated[Hour | None, SAFETY] = None
    not_after: Annotated[Hour | None, SAFETY] = None
    words: Annotated[Line | None, SAFETY] = None
    silent: Annotated[StrictBool, SAFETY] = False
    review_on: Annotated[Day | None, DETAIL] = None

    @property
    def says_something(self) -> bool:
        """Whether it was told more than when to look at it again."""
        return not self.model_fields_set <= {"review_on"}


class Effective(SafeContact):
    """What holds now. A second window of hours, where the record and the person each set one."""

    also_not_before: time | None = None
    also_not_after: time | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether *now* is a safe hour by both."""
        return is_open(now, self.not_before, self.not_after) and is_open(
            now, self.also_not_before, self.also_not_after)

    def next_opening(self, now: datetime) -> datetime | None:
        """The next moment (UTC) that is safe by both; None when the two never meet."""
        found = now
        while found < now + DAYS_AHEAD:
            if not is_open(found, self.not_before, self.not_after):
                found = next_opening(found, self.not_before)
            elif not is_open(found, self.also_not_before, self.also_not_after):
                found = next_opening(found, self.also_not_before)
            else:
                return found
        return None


def read(text: str | None) -> SafeContact:
    """What is kept as JSON. Raises pydantic's ValidationError."""
    return SafeContact.model_validate(json.loads(text or "{}"))


def of_person(person: Any) -> Effective:
    """For a row of ``person``. Raises pydantic's ValidationError for a record that is no safe contact."""
    return safer_of(read(person.safe_contact), read(person.chosen_contact))


def never(person: Any) -> bool:
    """Whether a row of ``person`` is never to be contacted, or in no way that would be safe."""
    safe = of_person(person)
    return safe.silent or safe.channels == []


def safer_of(record: SafeContact, chosen: SafeContact) -> Effective:
    """Silence wins; channels that both allow, in the order of the record; hours that are safe by both;
    discreet wins."""
    channels = [one.channels for one in (record, chosen) if one.channels is not None]
    words = [kind(one.words) for one in (record, chosen) if one.words]
    dates = [one.review_on for one in (record, chosen) if one.review_on]
    return Effective(
        silent=record.silent or chosen.silent,
        # Where one of the two says nothing of channels, first and last are the same list.
        channels=[c for c in channels[0] if c in channels[-1]] if channels else None,
        not_before=record.not_before, not_after=record.not_after,
        also_not_before=chosen.not_before, also_not_after=chosen.not_after,
        words="discreet" if "discreet" in words else "named" if words else None,
        review_on=min(dates) if dates else None,
    )


def kind(words: str | None) -> str | None:
    """The kind of letter that *words* ask for: ``named``, ``discreet`` or None (not said)."""
    if not words:
        return None
    return "named" if words.strip().casefold() == "named" else "discreet"


def loosens(before: SafeContact, after: SafeContact) -> bool:
    """Whether *after* lets anything through that *before* held back."""
    return (
        (before.silent and not after.silent)
        or not set(after.channels if after.channels is not None else CHANNELS)
        <= set(before.channels if before.channels is not None else CHANNELS)
        or _STRICT[kind(after.words)] < _STRICT[kind(before.words)]
        or not minutes(after) <= minutes(before)
    )


def minutes(contact: SafeContact) -> frozenset[int]:
    """The minutes of a day in which it is safe to write."""
    start = contact.not_before or time.min
    stop = contact.not_after or time.max
    first, last = (t.hour * 60 + t.minute for t in (start, stop))
    if first > last:
        return frozenset(range(first, 1440)) | frozenset(range(last + 1))
    return frozenset(range(first, last + 1))
