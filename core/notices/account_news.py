"""Who hears of a change in an account: the person, with care, and the officers of their cases."""

from __future__ import annotations

from uuid import UUID

from core.base import clock
from core.cases import people
from core.hookspecs import Channel, News, NewsKind
from core.notices.outbox import promise, promise_account
from core.notices.ways import ways_to
from core.plugin_host.host import installed


def tell_person(
    person_id: UUID, cause_id: UUID, *, to: str | None = None, channel: Channel | None = None
) -> bool:
    """A letter or text that does not say what changed; whether there is a safe way to send one.

    It goes to the address or number *to*, else to the one on the record; by *channel*, else by the
    best way to this person. The caller commits.
    """
    cases, ways = people.cases_of(person_id), ways_to(people.person(person_id))
    channel = channel or (ways[0].channel if ways else Channel.EMAIL)
    if cases and channel in installed().hook.channels():
        promise_account(person_id, cases[0].id, cause_id, to, channel)
    return bool(ways)


def tell_of_contact(person_id: UUID, cause_id: UUID, contact: str, old: str | None) -> None:
    """Another ``email`` or ``phone``, or that somebody asked for it: told to the *old* one.

    Of another phone the email on the record hears as well; of a first email, the phone.
    """
    person = people.person(person_id)
    if contact == "email" and old:
        tell_person(person_id, cause_id, to=old, channel=Channel.EMAIL)
        return
    if contact == "phone" and person.email:
        tell_person(person_id, cause_id, channel=Channel.EMAIL)
    number = old if contact == "phone" else person.phone
    if number:
        tell_person(person_id, cause_id, to=number, channel=Channel.TEXT)


def tell_officers(person_id: UUID, cause_id: UUID) -> bool:
    """A letter to each officer who has a case of the person; whether there is one."""
    first = {one.staff_id: one.id for one in people.cases_of(person_id) if one.staff_id}
    promise([
        News(NewsKind.PERSON_ACCOUNT, case_id, cause_id, clock.now(), staff_id=staff_id)
        for staff_id, case_id in first.items()
    ])
    return bool(first)
