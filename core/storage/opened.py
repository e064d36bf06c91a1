"""Nothing of a person's or a case's leaves before the audit row that says so is committed.

Every sealed value that is opened in a request is noted, and every commit that took a row of the
audit with it. An answer after the first and without the second does not go out, whichever view made
it: core's, a plugin's, or one that forgot.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from flask import g, has_request_context

from core.storage.row_guard import Base, ForceSession


def opened(table: str) -> None:
    """A sealed value of *table* is opened; the data keys themselves tell (:mod:`core.storage.ciphers`).

    Models that hold nothing of a person's or a case's say ``__of_no_case__ = True``.
    """
    if has_request_context() and not _of_no_case(table):
        g.tmc_opened = True


@cache
def _of_no_case(table: str) -> bool:
    return any(
        getattr(one.class_, "__of_no_case__", False) for one in Base.registry.mappers
        if one.class_.__tablename__ == table
    )


@sa.event.listens_for(ForceSession, "after_commit")
def _committed(session: ForceSession) -> None:
    # The end of a savepoint commits nothing: it may still be undone with all around it.
    if session.info.get("audited") and not session.in_nested_transaction():
        del session.info["audited"]
        if has_request_context():
            g.tmc_audited = True


@sa.event.listens_for(ForceSession, "after_soft_rollback")
def _undone(session: ForceSession, previous: Any) -> None:
    if not session.in_nested_transaction():
        session.info.pop("audited", None)


def is_missing() -> bool:
    """Whether something was opened in this request and no row of the audit is committed."""
    return bool(g.get("tmc_opened")) and not g.get("tmc_audited")
