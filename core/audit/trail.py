"""Who saw or did what: append-only rows, each with a keyed MAC, committed with their cause."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import has_request_context
from flask_login import current_user
from uuid6 import uuid7

from core.audit.models import AuditEntry
from core.base import clock
from core.base.audit_actions import AuditAction, UndeclaredAudit
from core.storage.db import db, insert_many
from core.storage.keys.keyring import force_keys

PURPOSE = "audit"
# Action, case and fields of a row to be written.
Entry = tuple[AuditAction, UUID | None, dict[str, Any]]


class NotAudited(RuntimeError):
    """A row could not be written, so what it was to witness does not happen; answered by 503."""


def write(action: AuditAction, *, case_id: UUID | None = None, **fields: Any) -> None:
    """One row for what the present visitor (or the system) does; the caller commits.

    Raises :class:`UndeclaredAudit` for what is no action, and for a field that it does not declare.
    """
    write_many([(action, case_id, fields)])


def write_many(entries: Sequence[Entry]) -> None:
    """Several rows at once: (action, case, fields) each. Raises :class:`NotAudited`."""
    write_signed(signed(entries))


def signed(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The rows for *entries*, each with its MAC, to be written."""
    if not entries:
        return []
    actor, actor_id = _actor()
    return [_row(actor, actor_id, *entry) for entry in entries]


def write_signed(rows: Sequence[dict[str, Any]]) -> None:
    """Raises :class:`NotAudited`."""
    if not rows:
        return
    try:
        insert_many(AuditEntry, rows)
    except Exception as failure:
        raise NotAudited("the audit cannot be written") from failure
    # An answer that shows something goes out only after the commit of this (core/storage/opened.py).
    db.session().info["audited"] = True


def _row(
    actor: str, actor_id: UUID | None, action: AuditAction, case_id: UUID | None, fields: dict[str, Any]
) -> dict[str, Any]:
    if not isinstance(action, AuditAction):
        raise UndeclaredAudit(f"{action!r} is no AuditAction")
    if not fields.keys() <= action.fields:
        raise UndeclaredAudit(f"{action} does not declare {', '.join(sorted(fields.keys() - action.fields))}")
    row = {"id": uuid7(), "at": clock.now(), "action": action.value, "actor": actor,
           "actor_id": actor_id, "case_id": case_id, "fields": fields}
    row["key_id"], row["mac"] = force_keys().signed(PURPOSE, canonical(row))
    return row


def fits(row: dict[str, Any]) -> bool:
    """Whether a row is as it was written: its MAC is made over what stands in it."""
    return force_keys().fits(PURPOSE, canonical(row), row["mac"], row["key_id"])


# Sorted: PostgreSQL keeps JSONB in an order of its own, and the MAC is made over text.
_written = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def canonical(row: dict[str, Any]) -> bytes:
    """The bytes a row's MAC is made over: force, and what the row says, in fixed order."""
    parts = [force_keys().force, row["id"].hex, row["at"].isoformat(), row["action"], row["actor"],
             row["actor_id"] and row["actor_id"].hex, row["case_id"] and row["case_id"].hex]
    return _written([*parts, row["fields"]]).encode()


def _actor() -> tuple[str, UUID | None]:
    if not has_request_context():
        return "system", None
    user: Any = current_user._get_current_object()  # what stands behind the proxy, looked up once
    for kind in ("person", "staff"):
        found = getattr(user, f"{kind}_id", None)
        if found:
            return kind, found
    return "visitor", None
