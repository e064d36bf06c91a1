"""What was agreed, as pages show it to the person and to the officer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.cases import people
from core.hookspecs import AgreedWay
from core.notices import safe_ways
from core.web import at_force
from plugins.contact_plan import plans, words
from plugins.contact_plan.forms import OfficerPlanForm, PlanForm
from plugins.contact_plan.plans import Plan
from plugins.contact_plan.rhythm import Every


@dataclass(frozen=True)
class Shown:
    """What counts now with one person, and what was agreed before, newest first.

    ``plan`` None: nothing was agreed yet, and the force's ``usual`` counts. ``safe``: the ways of now.
    """

    person_id: UUID
    name: str
    plan: Plan | None
    before: tuple[Plan, ...]
    safe: tuple[AgreedWay, ...]
    usual: Every

    @property
    def in_words(self) -> str:
        """How often, and in which way: “every 2 weeks, by email”."""
        return words.in_words(self.every, self.way)

    @property
    def every(self) -> Every:
        return self.plan.every if self.plan else self.usual

    @property
    def way(self) -> AgreedWay:
        return self.plan.way if self.plan else self.safe[0]

    @property
    def unsafe(self) -> bool:
        """Whether the way that was agreed is not safe, or not possible, any more."""
        return self.way not in self.safe


def usual() -> Every:
    """How often the force is in contact with whoever has not chosen."""
    found: Any = at_force().settings["contact_plan"]
    often: Every = found.usual
    return often


def of_person(person_id: UUID, kept: Sequence[Plan], name: str = "") -> Shown:
    """*kept*: all that was agreed with them about the case, newest first."""
    person: Any = people.person(person_id)
    return Shown(person_id, name, kept[0] if kept else None, tuple(kept[1:]), safe_ways(person), usual())


def of_case(case_id: UUID) -> list[Shown]:
    """Of everybody who is on the case now."""
    return [of_person(person_id, plans.history(case_id, person_id), name)
            for person_id, name in plans.people_of(case_id)]


def form_for(agreed: Shown, *, officer: bool = False) -> PlanForm:
    """The form as it was sent, or with what counts now; a way that is not safe any more is not ticked."""
    way = agreed.safe[0] if agreed.unsafe else agreed.way
    form = (OfficerPlanForm if officer else PlanForm)(every=agreed.every, way=way)
    form.safe = agreed.safe
    return form
