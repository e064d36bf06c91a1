"""What an officer typed into the update form, and how a slip is explained."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _
from uuid6 import uuid7

from core.base import clock, typed_day
from core.intake import conversation, updates

DATE = ("day", "month", "year")
FIELDS = (
    "stage", "text", "next_step", "next_update_by-day", "next_update_by-month",
    "next_update_by-year", "form_key",
)


ANSWER = "answer-"  # and whom to


def typed(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form.get(name, "") for name in FIELDS}


def answer_to(person_id: UUID) -> str:
    """The field in which an answer to this person is written."""
    return f"{ANSWER}{person_id.hex}"


def written(form: Mapping[str, str]) -> dict[str, str]:
    """All that an officer may have written on a case's page: the update, and an answer to each person."""
    return {name: text for name, text in form.items()
            if name.startswith(ANSWER) or (name in FIELDS and name != "form_key")}


def seen(given: str) -> datetime:
    """When the page was made on which an officer wrote; now, if it does not say (UTC)."""
    now = clock.now()
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return now
    return min(moment, now) if moment.tzinfo else now


def update_of(given: Mapping[str, str]) -> updates.Update:
    """Raises :class:`core.base.NotADay`."""
    return updates.Update(
        stage=given["stage"], text=given["text"], next_step=given["next_step"],
        next_update_by=_date(*(given[f"next_update_by-{part}"] for part in DATE)),
    )


def _date(*parts: str) -> date | None:
    return typed_day(*parts) if any(part.strip() for part in parts) else None


def form_key(given: str) -> UUID:
    """The key that came with the form; a new one when there is none of ours."""
    try:
        key = UUID(given)
    except ValueError:
        return uuid7()
    return key if key.version == 7 else uuid7()


def explained(problems: Mapping[str, str]) -> dict[str, str]:
    """Field -> what to put right, in words."""
    return {field: _update_problem(field, problem) for field, problem in problems.items()}


def _update_problem(field: str, problem: str) -> str:
    longest = updates.MAX_TEXT if field == "text" else updates.MAX_NEXT_STEP
    texts = {
        "unknown": _("Choose one of the stages"),
        "nothing_new": _("Write what is new, or choose where the case stands now"),
        "needs_reasons": _("Give the reasons: people must be told why their case is closed"),
        "too_long": _("This must be %(count)s characters or fewer", count=longest),
        "unreadable": _("This has a sign that cannot be shown. Take it out."),
        "not_a_date": _("Enter a real date, like 27 3 2027"),
        "not_a_year": _("Enter the whole year, like 2027"),
        "past": _("The date must be today or later"),
        "too_far": _("The date must be within a year: people count on it"),
    }
    return str(texts[problem])


def message_problem(problem: ValueError) -> str:
    if isinstance(problem, conversation.EmptyMessage):
        return str(_("Write your answer"))
    if isinstance(problem, conversation.MessageTooLong):
        return str(_("The answer must be %(count)s characters or fewer",
                     count=conversation.MAX_MESSAGE))
    return str(_("The answer has a sign that cannot be shown. Take it out."))
