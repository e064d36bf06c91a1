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
from core.storage.db import db, insert_many
from core.storage.keys.keyring import force_keys

PURPOSE = "audit"
# Every action and the only fields it may carry; none holds words that people wrote.
ACTIONS: dict[str, frozenset[str]] = {
    "case_opened": frozenset({"source", "event"}),
    "case_changed": frozenset({"source", "event"}),
    "case_not_shown": frozenset({"reason"}),
    "case_shown": frozenset(),
    "event_stored": frozenset({"source", "status"}),
    "case_seen": frozenset({"viewer", "relation"}),
    "role_set": frozenset({"staff", "role", "before"}),
    "unit_changed": frozenset({"staff", "source"}),
    "cases_listed": frozenset({"count"}),
    "messages_seen": frozenset({"viewer"}),
    "message_sent": frozenset({"by"}),
    "answer_not_needed": frozenset({"person", "count"}),
    "entry_written": frozenset({"kind"}),
    "refused": frozenset({"rule"}),
    "sign_in": frozenset({"result", "person", "device"}),
    "visit_began": frozenset({"how", "device", "person", "visit"}),
    "visits_ended": frozenset({"count"}),
    "access_locked": frozenset({"by", "person"}),
    "access_unlocked": frozenset({"how", "person"}),
    "safe_contact_chosen": frozenset({"person"}),
    "contact_changed": frozenset({"contact", "person"}),
    "sign_out": frozenset({"how"}),
    "code_sent": frozenset({"channel"}),
    "code_withheld": frozenset({"why"}),
    "activation_code_made": frozenset({"person"}),
    "notice_sent": frozenset({"kind", "by"}),
    "notice_withheld": frozenset({"kind", "why"}),
    "notice_failed": frozenset({"kind"}),
    "notice_perhaps_sent": frozenset({"kind"}),
    "notices_held": frozenset({"waiting"}),
    "notices_released": frozenset({"sent", "dropped"}),
    "keys_made": frozenset({"purposes"}),
    "keys_ended": frozenset({"purposes"}),
    "key_made": frozenset({"source"}),
    "key_ended": frozenset({"source"}),
    "people_listed": frozenset({"count"}),
    "audit_cut": frozenset({"through", "link", "until"}),
    "force_file_changed": frozenset({"digest", "keys"}),
    "settings_changed": frozenset({"process", "names"}),
    "sessions_removed": frozenset({"count"}),
}


class UndeclaredAudit(LookupError):
    """An action or field that :data:`ACTIONS` does not declare."""


class NotAudited(RuntimeError):
    """A row could not be written, so what it was to witness does not happen; answered by 503."""


def declare(action: str, *fields: str) -> None:
    """For plugins, when they are loaded: an action of their own and the fields it is written with.

    Its name begins with the plugin's. Raises :class:`UndeclaredAudit` when it is another's already.
    """
    if ACTIONS.setdefault(action, frozenset(fields)) != frozenset(fields):
        raise UndeclaredAudit(f"{action} is declared already, with other fields")


def write(action: str, *, case_id: UUID | None = None, **fields: Any) -> None:
    """One row for what the present visitor (or the system) does; the caller commits."""
    write_many([(action, case_id, fields)])


def write_many(entries: Sequence[tuple[str, UUID | None, dict[str, Any]]]) -> None:
    """Several rows at once: (action, case, fields) each. Raises :class:`NotAudited`."""
    write_signed(signed(entries))


def signed(entries: Sequence[tuple[str, UUID | None, dict[str, Any]]]) -> list[dict[str, Any]]:
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
    db.session().info["audited"] = True


def _row(
    actor: str, actor_id: UUID | None, action: str, case_id: UUID | None, fields: dict[str, Any]
) -> dict[str, Any]:
    if action not in ACTIONS or not fields.keys() <= ACTIONS[action]:
        raise UndeclaredAudit(
            f"{action} with {', '.join(sorted(fields))} is not declared in core/audit/trail.py"
        )
    row = {"id": uuid7(), "at": clock.now(), "action": action, "actor": actor,
           "actor_id": actor_id, "case_id": case_id, "fields": fields}
    row["key_id"], row["mac"] = force_keys().signed(PURPOSE, canonical(row))
    return row


def fits(row: dict[str, Any]) -> bool:
    """Whether a row is as it was written: its MAC is made over what stands in it."""
    return force_keys().fits(PURPOSE, canonical(row), row["mac"], row["key_id"])


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
