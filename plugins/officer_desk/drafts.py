"""A draft of an update, from what the record system told since people last heard from their officer.

It is made of the portal's own sentences about the kinds and codes of news, and of days: nothing that somebody
wrote comes into it, so no name, no address, no guess. The officer reads it and changes it before it goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from core.base import when
from core.cases import EntryTexts, EntryWords
from core.hookspecs import EntryCodes

MOST = 6  # pieces of news; of more, the newest


@dataclass(frozen=True)
class News:
    """One piece of it: its codes, when it happened, and when a hearing begins (UTC)."""

    codes: EntryCodes
    at: datetime
    precision: str | None = None
    starts_at: datetime | None = None


def draft(news: Sequence[News], words: EntryWords, now: datetime) -> str | None:
    """What may be written of *news*, oldest first, in the present language; None if they say nothing.

    *words* are the force's in that language; *now* is UTC: a hearing that is over does not come next.
    """
    telling = [one for one in news if _says_something(one.codes)]
    lines: Mapping[str, None] = dict.fromkeys(
        _("%(day)s: %(news)s", day=_day(one), news=_words_of(one, words).title) for one in telling)
    if not lines:
        return None
    said = "\n".join([_("Since we last wrote:"), *[*lines][-MOST:]])
    following = _next(telling, words, now)
    return said + "\n\n" + _("Next: %(what)s", what=following) if following else said


def _says_something(codes: EntryCodes) -> bool:
    """A line without a stage says only what somebody wrote in it."""
    return codes.kind != "progress" or codes.stage is not None


def _words_of(one: News, words: EntryWords) -> EntryTexts:
    codes = one.codes
    return words.of(codes.kind, codes.stage, codes.outcome, codes.scheme, codes.release_kind)


def _day(one: News) -> str:
    return when(one.at, one.precision or "day")


def _next(telling: Sequence[News], words: EntryWords, now: datetime) -> str | None:
    """The next hearing, if one is known; else what comes after the newest news that says."""
    hearings = [one.starts_at for one in telling if one.starts_at and one.starts_at > now]
    if hearings:
        return str(_("The next hearing is on %(day)s.", day=when(min(hearings), "weekday")))
    return next(filter(None, (_words_of(one, words).next_step for one in reversed(telling))), None)
