"""Who hears of a change in an account: the person, with care, and the officers of their cases."""

from __future__ import annotations

from uuid import UUID

from core import clock, people
from core.hookspecs import News
from core.notices import promise, promise_account


def tell_person(person_id: UUID, cause_id: UUID, *, to: str | None = None) -> None:
    """A letter that does not say what changed.

    It goes to the address *to*, else to the one on the record. The caller commits.
    """
    cases = people.cases_of(person_id)
    if cases:
        promise_account(person_id, cases[0].id, cause_id, to)


def tell_officers(person_id: UUID, cause_id: UUID) -> bool:
    """A letter to each officer who has a case of the person; whether there is one."""
    first = {one.staff_id: one.id for one in people.cases_of(person_id) if one.staff_id}
    promise([
        News("person_account", case_id, cause_id, clock.now(), staff_id=staff_id)
        for staff_id, case_id in first.items()
    ])
    return bool(first)
