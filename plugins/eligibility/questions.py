"""A question as it stands in the address, and its answer. No case is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from core.base import NotADay, typed_day
from core.force import NEEDS_CARE, Eligibility, Force, SupportService, eligibility
from plugins.eligibility.kinds import OTHER

IN_PERSON = "in-person"  # in an address, for every crime that needs care: which one stays unsaid
EARLIEST = date(1900, 1, 1)
DAY_PARTS = ("day", "month", "year")


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


def was_asked(args: Mapping[str, str]) -> bool:
    return any(name in args for name in ("kind", "district"))


def read(force: Force, args: Mapping[str, str], today: date) -> tuple[Question | None, dict[str, str]]:
    """The question of an address, or what is wrong with it, by field."""
    errors = {}
    kind, district = args.get("kind", ""), args.get("district", "")
    if kind not in (OTHER, IN_PERSON) and force.crime_type(kind) is None:
        errors["kind"] = _("Choose what happened")
    if district != OTHER and force.district(district) is None:
        errors["district"] = _("Choose where it happened")
    reported_on = _day(args, today)
    if reported_on is None:
        errors["reported"] = _("Enter the day you reported it, like %(day)s, or leave it empty",
                               day=f"{today.day} {today.month} {today.year}")
    if errors or reported_on is None:
        return None, errors
    return Question(kind, district, reported_on, args.get("flagged") == "yes"), {}


def _day(args: Mapping[str, str], today: date) -> date | None:
    day, month, year = (args.get(f"reported-{part}", "").strip() for part in DAY_PARTS)
    if not (day or month or year):
        return today
    try:
        found = typed_day(day, month, year)
    except NotADay:
        return None
    return found if EARLIEST <= found <= today else None


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
