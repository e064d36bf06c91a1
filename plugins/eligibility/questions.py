"""A question as it stands in the address, and its answer. No case is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from core.force import NEEDS_CARE, Eligibility, Force, SupportService, eligibility

IN_PERSON = "in-person"  # in an address, for every crime that needs care: which one stays unsaid


@dataclass(frozen=True)
class Question:
    """``kind`` is a crime type of the force, ``other`` or ``in-person``; ``district`` or ``other``."""

    kind: str
    district: str
    reported_on: date
    flagged: bool = False


@dataclass(frozen=True)
class Answer:
    """What :func:`core.force.eligibility` says, what to call it, and where else there is help."""

    title: str
    eligibility: Eligibility
    in_person: bool
    services: tuple[SupportService, ...]


def answer(force: Force, question: Question, today: date) -> Answer:
    """The answer to everybody who asks this: it knows of no case, so it tells of none."""
    careful = question.flagged or question.kind == IN_PERSON
    found = eligibility(
        force, question.district, question.kind, (IN_PERSON,) if careful else (),
        question.reported_on,
    )
    in_person = found.reason in NEEDS_CARE
    services = _for_care(force, question) if in_person else force.support_for(
        question.district, question.kind
    )
    return Answer(_title(found, in_person, today), found, in_person, services)


def _for_care(force: Force, question: Question) -> tuple[SupportService, ...]:
    """Services of the district for any crime that needs care, so that they tell of none of them."""
    kinds = [kind.id for kind in force.crime_types if kind.sensitive] or [IN_PERSON]
    return tuple(
        one for one in force.support if any(one.serves(question.district, kind) for kind in kinds)
    )


def _title(found: Eligibility, in_person: bool, today: date) -> str:
    if found.offered:
        return str(_("Yes, you can follow it online"))
    if in_person:
        return str(_("An officer tells you what happens"))
    if found.opens_on and found.opens_on > today:
        return str(_("Not yet"))
    if found.reason.startswith("unknown"):
        return str(_("We cannot tell from here"))
    return str(_("No, you cannot follow it online"))
