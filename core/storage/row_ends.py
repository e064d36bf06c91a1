"""How long the rows of a table are kept: what a model says of itself, and retention reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.base.audit_actions import AuditAction


@dataclass(frozen=True)
class Kept:
    """Rows of a model that go by themselves, so many days after a moment of their own.

    ``name`` is the class of data that operators read, the same at no other model. ``since``: the column
    with the moment from which the days count; it needs an index. ``days``: how many; None means as many
    as the key of this name in ``[retention]`` of the force says. ``which``: the condition for those that
    go, given the model; without it all. ``emptied``: columns that are emptied while the rows stay.
    ``noted``: the action by which the audit tells how many went (``count``). ``remove``: for rows that
    no deletion may reach, the one way for them to go: given the moment before which they are too old, it
    answers how many went, 0 when none is left, and leaves the commit to its caller.
    """

    name: str
    since: str
    days: int | None = None
    which: Callable[[Any], Any] | None = None
    emptied: tuple[str, ...] = ()
    noted: AuditAction | None = None
    remove: Callable[[datetime], int] | None = None
