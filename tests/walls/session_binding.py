"""Patch: a session's token opens every force, as if it were a session of that force."""

from __future__ import annotations

from typing import Any

from core.base import scope
from core.base.installation import installation
from core.storage.db import db
from core.storage.row_guard import ForceSession
from core.web import sessions

opened_by = sessions.opened_by


def opened_anywhere(token: str, at: Any = None) -> Any:

    here = scope.current_force_id()
    for force in [here, *installation().host.installed]:
        with scope.scope_of(force), ForceSession(db=db) as other:
            row = other.connection().execute(
                sessions.BY_TOKEN, {"token_hash": sessions.token_hash(token), "force": force},
                execution_options={"tmc_checked": True},
            ).first()
            if row is not None:
                return sessions.ServerSession(row)
    return opened_by(token, at)


sessions.opened_by = opened_anywhere
