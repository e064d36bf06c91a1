"""What an officer writes on a case's timeline: read as it is by everybody who follows the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from core.base import clock
from core.base.fields import clean_text, shows_nothing
from core.force.model import Force
from core.force.vocabulary import StageId
from core.intake import desk, desk_work
from core.intake.shapes import Progress

# Where an officer may say a case stands. The other stages come with a charge, an outcome or a
# court's result: they are decided on the record and bring their reasons and rights with them.
OFFICER_STAGES = (StageId.ASSESSING, StageId.INVESTIGATING, StageId.DECISION, StageId.CLOSED)
NEEDS_REASONS = frozenset({StageId.CLOSED})
MAX_TEXT = 2000
MAX_NEXT_STEP = 500
LONGEST_WAIT = timedelta(days=366)


@dataclass(frozen=True)
class Update:
    """What the officer wrote; empty texts count as none.

    ``explains``: it says why there is nothing new, and by when they hear again, which it must name.
    """

    stage: str | None = None
    text: str | None = None
    next_step: str | None = None
    next_update_by: date | None = None
    explains: bool = False


class UpdateProblem(ValueError):
    """The update cannot be written as it is.

    ``problems``: field of :class:`Update` -> ``unknown``, ``nothing_new``, ``needs_reasons``,
    ``too_long``, ``unreadable``, ``needs_day``, ``past`` or ``too_far``.
    """

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {problem}" for field, problem in problems.items()))
        self.problems = problems


def write_update(
    case_id: UUID, staff_id: UUID, update: Update, *, form_key: UUID, seen: datetime | None = None,
    force: Force | None = None,
) -> bool:
    """The entry, what it changes of the case, and everybody's notice; the caller commits.

    ``form_key`` is a UUIDv7 made with the form, so that the same update sent twice with it is one entry (the
    answer is False for the second). The newest news decides where the case stands, whatever arrives after
    it. It answers what people wrote until *seen*, when the officer's page was made (UTC; None: now).
    *force*: that in scope, if the caller has it. Raises :class:`UpdateProblem`.
    """
    return desk.write_update(
        case_id, staff_id, form_key, [*vars(update).values()], seen or clock.now(),
        lambda stage: _progress_of(checked(update, stage)), force)


def _progress_of(update: Update) -> Progress:
    shape = desk_work.NothingNew if update.explains else Progress
    return shape(**{name: value for name, value in vars(update).items() if value})


def checked(update: Update, stage_now: str) -> Update:
    """The update with clean texts. Raises :class:`UpdateProblem` naming every field at fault."""
    problems: dict[str, str] = {}
    text = _text("text", update.text, MAX_TEXT, problems)
    next_step = _text("next_step", update.next_step, MAX_NEXT_STEP, problems)
    stage, by = update.stage or None, update.next_update_by
    if stage and stage not in OFFICER_STAGES:
        problems["stage"] = "unknown"
    if not text and "text" not in problems:
        if stage in NEEDS_REASONS:
            problems["text"] = "needs_reasons"
        elif stage is None or stage == stage_now:
            problems["text"] = "nothing_new"
    if update.explains and not by:
        problems["next_update_by"] = "needs_day"
    elif by and by < clock.today():
        problems["next_update_by"] = "past"
    elif by and by > clock.today() + LONGEST_WAIT:
        problems["next_update_by"] = "too_far"
    if problems:
        raise UpdateProblem(problems)
    return Update(stage, text, next_step, by, update.explains)


def _text(field: str, value: str | None, longest: int, problems: dict[str, str]) -> str | None:
    try:
        text = clean_text((value or "").replace("\r\n", "\n")).strip()
    except ValueError:
        problems[field] = "unreadable"
        return None
    if len(text) > longest:
        problems[field] = "too_long"
    return None if shows_nothing(text) else text
