"""Opening a case that is not one's own: for a reason, for a while, and told to who reviews.

The reason is kept sealed. Everybody with a desk may open the door; nobody walks through unseen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core import audit
from core.base import clean_text, clock
from core.cases import Case, Staff, relations
from core.hookspecs import NoticeKind
from core.notices import tell_staff
from core.plugin_host import the_force
from core.storage import insert_many, owned, read, seal, update_many
from plugins.oversight.audit_actions import OversightAction
from plugins.oversight.models import BreakGlass

REASONS = ("covering", "linked", "asked_for", "complaint", "court", "danger", "other")
VERDICTS = ("fine", "look_into")
LEAST_WORDS, MOST_WORDS = 20, 500

CASES_BY_REFERENCE = sa.select(Case.id, Case.staff_id, Case.crime_reference, Staff.unit_sealed).outerjoin(
    Staff, sa.and_(owned(Staff), Staff.id == Case.staff_id)
).where(
    owned(Case), Case.reference_key == sa.any_(sa.bindparam("references", type_=sa.ARRAY(sa.Text)))
).order_by(*(Case.reference_key != sa.bindparam(name, type_=sa.Text) for name in ("as_typed", "meaning")))
# Who has no email would hear of nothing.
REVIEWERS = sa.select(Staff.id, Staff.role, Staff.unit_key).where(
    owned(Staff), Staff.role.in_(sorted(relations.REVIEW)), Staff.email_sealed.is_not(None)
).order_by(Staff.id)
# The one that lasts longest first.
OPEN = sa.select(BreakGlass.id, BreakGlass.ends_at).where(
    owned(BreakGlass), BreakGlass.case_id == sa.bindparam("case_id"),
    BreakGlass.staff_id == sa.bindparam("staff_id"), BreakGlass.ends_at > sa.bindparam("now"),
).order_by(BreakGlass.ends_at.desc())
_lead = sa.orm.aliased(Staff)
# Newest first; what nobody has reviewed stands before all else.
TO_REVIEW = (
    sa.select(
        BreakGlass.id, BreakGlass.case_id, BreakGlass.staff_id, BreakGlass.reason,
        BreakGlass.words_sealed, BreakGlass.opened_at, BreakGlass.ends_at, BreakGlass.verdict,
        BreakGlass.reviewed_at, Case.crime_reference, Staff.name_sealed,
        Staff.collar_number_sealed, Staff.unit_sealed, Staff.unit_key,
        _lead.unit_key.label("case_unit_key"),
    )
    .join(Case, sa.and_(owned(Case), Case.id == BreakGlass.case_id))
    .join(Staff, sa.and_(owned(Staff), Staff.id == BreakGlass.staff_id))
    .outerjoin(_lead, sa.and_(owned(_lead), _lead.id == Case.staff_id))
    .where(owned(BreakGlass), BreakGlass.opened_at > sa.bindparam("since"))
    .order_by(BreakGlass.verdict.is_not(None), BreakGlass.opened_at.desc())
)
SHOWN_FOR = timedelta(days=90)
MOST_SHOWN = 200


class ReasonProblem(ValueError):
    """``problems``: field (``reason``, ``words``) -> ``missing``, ``too_short``, ``too_long`` or
    ``unreadable``."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {problem}" for field, problem in problems.items()))
        self.problems = problems


def open_case(me: relations.Member, reference: str, reason: str, words: str) -> UUID | None:
    """Open the case with this reference for *me*; its id, or None if there is none.

    Whoever reviews is told in the same transaction. A case that is theirs anyway is just found. The
    caller commits. Raises :class:`ReasonProblem` before anything is looked up.
    """
    words = checked(reason, words)
    case = _meant(reference)
    if case is None:
        # Of nothing, too: whoever tries one reference after the other is seen.
        audit.write(OversightAction.FOUND_NOTHING, reason=reason)
        return None
    _, relation = relations.case_for(me, case.id)
    if relation not in relations.OF_THE_CASE:
        _open(me, case, reason, words)
    return UUID(str(case.id))


def _meant(reference: str) -> Any:
    """The case that *reference* means, however it is written; where two do, the one that has it as it was
    typed, or else as the force writes it."""
    force, meaning = the_force(), the_force().reference_meaning(reference)
    rows = read(CASES_BY_REFERENCE, references=sorted(force.reference_keys(reference)), meaning=meaning,
                as_typed=force.normalise_reference(reference))
    return next((row for row in rows if force.reference_meaning(row.crime_reference) == meaning), None)


def checked(reason: str, words: str) -> str:
    """The words, clean. Raises :class:`ReasonProblem`."""
    problems = {} if reason in REASONS else {"reason": "missing"}
    try:
        words = clean_text(words.replace("\r\n", "\n")).strip()
    except ValueError:
        problems["words"] = "unreadable"
    else:
        # A row of one letter is long enough, and no reason.
        if len(words) < LEAST_WORDS or len(set(words.lower())) < 6:
            problems["words"] = "too_short"
        elif len(words) > MOST_WORDS:
            problems["words"] = "too_long"
    if problems:
        raise ReasonProblem(problems)
    return words


def _open(me: relations.Member, case: Any, reason: str, words: str) -> None:
    row_id, now = uuid7(), clock.now()
    minutes = the_force().oversight.break_glass_minutes
    insert_many(BreakGlass, [{
        "id": row_id, "case_id": case.id, "staff_id": me.id, "reason": reason, "opened_at": now,
        "words_sealed": seal(BreakGlass, "words", row_id, words),
        "ends_at": now + timedelta(minutes=minutes),
    }])
    audit.write(OversightAction.OPENED, case_id=case.id, break_glass=str(row_id), reason=reason,
                minutes=minutes)
    units = relations.unit_keys(case.staff_id, case.unit_sealed) if case.staff_id else ()
    tell_staff(NoticeKind.BREAK_GLASS, row_id, case.id, reviewers(units, but=me.id))


def reviewers(units: Collection[bytes], *, but: UUID) -> list[UUID]:
    """Who reviews for a unit: its supervisors, else the force admins; nobody reviews themselves.

    *units*: the keys under which the unit is found; none without one.
    """
    return reviewers_among(read(REVIEWERS).all(), units, but=but)


def reviewers_among(staff: Iterable[Any], units: Collection[bytes], *, but: UUID) -> list[UUID]:
    """Of *staff*, as :data:`REVIEWERS` has them."""
    known = [one for one in staff if one.id != but]
    ours = [one.id for one in known if one.role == "supervisor" and one.unit_key in units]
    return ours or [one.id for one in known if one.role == "force_admin"]


def open_until(staff_id: UUID, case_id: UUID) -> datetime | None:
    """When the case (UTC) closes to who gave a reason; None when it is not open to them for one."""
    row = read(OPEN, case_id=case_id, staff_id=staff_id, now=clock.now()).first()
    return row.ends_at if row else None


def end(me: relations.Member, case_id: UUID) -> bool:
    """End what *me* opened of this case; whether anything was open. The caller commits."""
    now = clock.now()
    found = read(OPEN, case_id=case_id, staff_id=me.id, now=now).scalars().all()
    update_many(BreakGlass, [{"id": one, "ends_at": now} for one in found])
    if found:
        audit.write(OversightAction.ENDED, case_id=case_id)
    return bool(found)


# --- reviewing --------------------------------------------------------------------------------


def to_review(me: relations.Member) -> Sequence[Any]:
    """What *me* may review, of the last 90 days: a supervisor their unit's cases and officers, a
    force admin all; nobody their own."""
    rows = read(TO_REVIEW, since=clock.now() - SHOWN_FOR)
    mine = (row for row in rows
            if relations.reviews(me, row.staff_id, row.unit_key, row.case_unit_key))
    return list(islice(mine, MOST_SHOWN))


def review(me: relations.Member, row_id: UUID, verdict: str) -> bool:
    """Mark as reviewed; False if *me* has no such row to review. The caller commits.

    Raises ``ValueError`` for a verdict that is none of :data:`VERDICTS`.
    """
    if verdict not in VERDICTS:
        raise ValueError(verdict)
    if row_id not in {row.id for row in to_review(me)}:
        return False
    update_many(BreakGlass, [{
        "id": row_id, "verdict": verdict, "reviewed_at": clock.now(), "reviewer_id": me.id,
    }])
    audit.write(OversightAction.REVIEWED, break_glass=str(row_id), verdict=verdict)
    return True
