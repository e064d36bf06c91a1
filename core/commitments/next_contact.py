"""By when the people of a case hear from the force again, if they hear from it now."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

from core.base import clock
from core.commitments.facts import facts_of
from core.commitments.hearing import Hearing
from core.commitments.promising import Promises
from core.commitments.settling import asked
from core.force.eligibility import NEEDS_CARE
from core.force.working_days import day_of
from core.hookspecs import CommitmentKind
from core.plugin_host.host import installed


def next_contact_day(case_id: UUID) -> date | None:
    """The day by which a contact of now would promise the next one; of several people the soonest. None where
    nobody follows the case. The caller has checked who is looking."""
    here, now = installed(), clock.now()
    [case] = facts_of([case_id], NEEDS_CARE)
    return min((
        day_of(one.due_at)
        for person in case.owed() if person.removed_at is None
        for one in Promises(here.force, case, person, Hearing(case, person), partial(asked, here))
        .after_contact(person.access_id, now) if one.kind == CommitmentKind.CONTACT
    ), default=None)
