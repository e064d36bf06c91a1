"""When forces merge: what the portal holds of an absorbed force moves to its successor.

Rows keep their ids, so old links lead on. They are sealed anew with the successor's key. The
absorbed force's audit, and the key that it is checked with, stay where they are. Copied first and
removed when all has arrived, so that a merge that was cut off goes on where it stopped.

The tables are those of core and of every installed plugin; each model says by ``__at_merger__``
what becomes of its rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from uuid6 import uuid7

from core import audit
from core.cases import Case
from core.force import Force
from core.intake import erased, judging
from core.storage import db, force_scope, insert_many, key_ends, owned, read
from plugins.mergers import checks as merge_checks
from plugins.mergers.audit_actions import MergerAction
from plugins.mergers.checks import models, moving
from plugins.mergers.moved_rows import MANY, Row, opened, renamed, rows_of, sealed


class CannotMerge(Exception):
    """The merge would lose or hide something; ``problems`` say what, and what to do first."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass
class Merged:
    """How many rows moved, by table; how many cases; how many of them are no longer shown, and how
    many of these officers are told of because they need care."""

    rows: Counter[str] = field(default_factory=Counter)
    cases: int = 0
    closed: int = 0
    silent: int = 0


def merge(
    old: Force, new: Force, written: Callable[[], object], *, closing: bool = False,
    dry_run: bool = False, stopped: bool = False,
) -> Merged:
    """Move everything of *old* to *new*, part by part; each is committed by ``written``, in the scope of
    the force that it is of.

    ``closing``: also if cases that people can follow now would be closed at the successor, or
    pages of a plugin. ``stopped``: connections of other processes do not count. Raises
    :class:`CannotMerge` before anything is moved.
    """
    cases = merge_checks.cases_of(old)
    problems = _problems(old, new, cases, closing)
    if not (dry_run or stopped):
        problems += merge_checks.running()
    if problems:
        raise CannotMerge(problems)
    merged = Merged(cases=len(cases))
    if not dry_run:
        # First: what is sent again is to be known as a repeat from its first row on.
        key_ends.hand_on_keys(old.id, new.id, written)
    for model in moving():
        for rows in rows_of(old, model):
            merged.rows[model.__tablename__] += len(rows)
            if not dry_run:
                _put(old, new, model, rows, written)
    if not dry_run:
        _judge_again(new, cases, merged, written)
        _leave(old, len(cases), written)
    return merged


def _problems(old: Force, new: Force, cases: list[Any], closing: bool) -> list[str]:
    problems = merge_checks.unsaid(old, new)
    problems += merge_checks.collisions(new, cases) + merge_checks.unknown(new, cases)
    problems += merge_checks.clashes(old, new)
    if not problems and not closing:
        problems = merge_checks.closed_by_it(new, cases) + merge_checks.off_at(old, new)
    return problems


def _put(
    old: Force, new: Force, model: type[Any], rows: list[Row], written: Callable[[], object]
) -> None:
    """What is not there yet, sealed with the successor's key."""
    there = sa.select(model.id).where(
        owned(model), model.id == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid)))
    )
    with force_scope(old.id):
        rows = [opened(model, renamed(model, row, old)) for row in rows]
    with force_scope(new.id):
        # A run that was cut off has copied some.
        known = set(read(there, ids=[row["id"] for row in rows]).scalars())
        insert_many(model, [sealed(model, row) for row in rows if row["id"] not in known])
        written()


def _judge_again(
    new: Force, cases: list[Any], merged: Merged, written: Callable[[], object]
) -> None:
    """By the successor's phases, as on any change of a case: also with its alert and its audit."""
    cause, judged = uuid7(), judging.Judged()
    with force_scope(new.id):
        for start in range(0, len(cases), MANY):
            ids = [case.id for case in cases[start : start + MANY]]
            judging.judge(new, read(judging.THESE, ids=ids).all(), cause, judged)
        erased.keep_open(db.session.scalars(sa.select(Case.reference_key)).all())
        audit.write(MergerAction.FORCES_MERGED, cases=len(cases), role="successor")
        written()
    merged.closed, merged.silent = judged.closed, judged.silent


def _leave(old: Force, cases: int, written: Callable[[], object]) -> None:
    """Everything is there: it goes from here, all at once, but for what stays."""
    with force_scope(old.id):
        for model in reversed(models("move", "end")):
            db.session.execute(sa.delete(model))
        audit.write(MergerAction.FORCES_MERGED, cases=cases, role="absorbed")
        written()
