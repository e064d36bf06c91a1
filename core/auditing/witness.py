"""Nothing of a person's or a case's leaves before the audit row that says so is committed.

Every sealed value that is opened in a request is noted, and every commit that took a row of the
audit with it. An answer after the first and without the second does not go out, whichever view made
it: core's, a plugin's, or one that forgot.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import g, has_request_context

from core.db import ForceSession


def opened(model: type[Any]) -> None:
    """A sealed value of *model* was opened.

    Models that hold nothing of a person's or a case's say ``__of_no_case__ = True``.
    """
    if not getattr(model, "__of_no_case__", False) and has_request_context():
        g.tmc_opened = True


@sa.event.listens_for(ForceSession, "after_commit")
def _committed(session: ForceSession) -> None:
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
