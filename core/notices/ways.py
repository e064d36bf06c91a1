"""By which way a sign-in code can reach a person: safe for them, on the record, and possible here."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from core.base.commitment_kinds import AgreedWay
from core.base.email_address import ascii_address, is_address
from core.base.notice_kinds import Channel, NoticeKind
from core.base.phone import text_number
from core.cases.safe_contact import of_person
from core.plugin_host.host import installed, the_force

NEWS = (NoticeKind.ENTRY, NoticeKind.MESSAGE, NoticeKind.LATE)  # to people; may go by more than one way
# Of the ways that can be safe for somebody, those by which notices go.
SENT_BY = {one.value: one for one in Channel}
AS_AGREED = {Channel.EMAIL: AgreedWay.EMAIL, Channel.TEXT: AgreedWay.TEXT}


class Reachable(Protocol):
    """What of a person says how they can be reached, on the record and by their own choice."""

    @property
    def email(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def safe_contact(self) -> str | None: ...
    @property
    def chosen_contact(self) -> str | None: ...


@dataclass(frozen=True)
class Way:
    """A channel and the address or number on the record."""

    channel: Channel
    to: str


def ways_to(person: Reachable) -> list[Way]:
    """The best first: in the order of the person's safe contact, else email before text."""
    safe = of_person(person)
    if safe.silent:
        return []
    wanted = Channel if safe.channels is None else [SENT_BY[one] for one in safe.channels if one in SENT_BY]
    ways = (Way(channel, to) for channel in wanted if (to := contact(person, channel)))
    return [way for way in ways if way.channel in installed().hook.channels()]


def contact(person: Reachable, channel: Channel) -> str | None:
    """The address (in ASCII) or number for this channel; None when there is none that may be used."""
    if channel == Channel.EMAIL:
        return ascii_address(person.email) if person.email and is_address(person.email) else None
    return text_number(person.phone, the_force().texts.also_to)


def safe_ways(person: Reachable) -> tuple[AgreedWay, ...]:
    """The ways in which this person may be in contact now, the best first; last of all, by looking here."""
    safe = of_person(person)
    found = [AS_AGREED[way.channel] for way in ways_to(person)]
    if person.phone and not safe.silent and (safe.channels is None or "phone" in safe.channels):
        found.append(AgreedWay.CALL)
    return (*found, AgreedWay.PORTAL)


def way_as_agreed(case_id: UUID, person_id: UUID, person: Reachable) -> AgreedWay | None:
    """In which way this person and the force agreed to be in contact about this case; None where nothing was
    agreed, or it is not safe or not possible now."""
    here = installed()
    way = here.hook.agreed_way(force=here.force, case_id=case_id, person_id=person_id)
    return AgreedWay(way) if way in safe_ways(person) else None


def next_way(
    person: Reachable, tried: Collection[str] = (), agreed: Callable[[], AgreedWay | None] = lambda: None
) -> Way | None:
    """By which way news goes to this person: by that which was *agreed*, else by email, else by text; by none
    that is not safe, not possible, or was *tried*. What was agreed is asked only if there is a choice."""
    ways = {way.channel: way for way in ways_to(person) if way.channel not in tried}
    wanted = agreed() if len(ways) > 1 else None
    return next((ways[one] for one in sorted(ways, key=lambda one: (AS_AGREED[one] != wanted, one))), None)
