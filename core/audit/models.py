"""The tables of the audit: its rows, their chain, and what was last started with."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.row_ends import Kept
from core.storage.row_guard import Base, ForceOwned
from core.storage.table_parts import Moment


class AuditEntry(ForceOwned, Base):
    """Who saw or did what. Append-only; each row carries its keyed MAC."""

    __tablename__ = "audit_entry"
    __kept__ = "by_job"  # with its link
    __at_merger__ = "stay"
    __at_erasure__ = "stays"
    at: Mapped[datetime] = mapped_column(Moment)
    action: Mapped[str] = mapped_column(sa.Text)
    actor: Mapped[str] = mapped_column(sa.Text)
    actor_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    case_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    mac: Mapped[bytes] = mapped_column(sa.LargeBinary)
    key_id: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    # PostgreSQL's number of the transaction that wrote the row: what audit_chain looks for news by
    written_in: Mapped[int] = mapped_column(
        sa.BigInteger, server_default=sa.text("(pg_current_xact_id()::text)::bigint")
    )
    __table_args__ = (
        sa.Index("audit_entry_case", "case_id", "at", "force"),
        sa.Index("audit_entry_new", "written_in", "force"),
        sa.Index("audit_entry_seen_by_staff", "at", "force", postgresql_where=sa.text(
            "action = 'case_seen' AND actor = 'staff'")),
        sa.Index("audit_entry_rare", "action", "at", "force", postgresql_where=sa.text(
            "action IN ('unusual_viewing', 'break_glass_found_nothing', 'code_withheld', 'audit_cut')")),
    )
    __grants__ = "SELECT, INSERT"


class ForceFile(ForceOwned, Base):
    """The ``force.toml`` that processes were last started with: a digest of each of its keys.

    And, in rows of their own, the settings of the processes of each kind: a MAC of each value.
    """

    __tablename__ = "force_file"
    __kept__ = "with_force"
    __at_merger__ = "stay"
    digest: Mapped[str] = mapped_column(sa.Text)
    parts: Mapped[dict[str, str]] = mapped_column(JSONB)
    seen_at: Mapped[datetime] = mapped_column(Moment)


def _remove_before(until: datetime) -> int:
    from core.audit import chain  # which reads these tables

    return chain.remove_before(until)


class AuditLink(ForceOwned, Base):
    """The place of the audit row with the same id in its force's chain; ``number`` counts from 1."""

    __tablename__ = "audit_link"
    __kept__ = (Kept("audit", since="at", remove=_remove_before),)
    __at_merger__ = "stay"
    __at_erasure__ = "stays"
    number: Mapped[int] = mapped_column(sa.BigInteger)
    at: Mapped[datetime] = mapped_column(Moment)
    action: Mapped[str] = mapped_column(sa.Text)
    mac: Mapped[bytes] = mapped_column(sa.LargeBinary)
    previous: Mapped[bytes] = mapped_column(sa.LargeBinary)
    link: Mapped[bytes] = mapped_column(sa.LargeBinary)
    key_id: Mapped[bytes] = mapped_column(sa.LargeBinary)
    linked_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (sa.UniqueConstraint("number", "force"),)
    __grants__ = "SELECT, INSERT"


class AuditHead(ForceOwned, Base):
    """The last link of a force: where the chainer goes on, and the lock that lets one go on.

    ``looked_through``: every row of a transaction with a smaller number is linked. ``mailed``: the
    number of the last link that went out by email.
    """

    __tablename__ = "audit_head"
    __kept__ = "with_force"
    __at_merger__ = "stay"
    __at_erasure__ = "stays"
    number: Mapped[int] = mapped_column(sa.BigInteger)
    link: Mapped[bytes] = mapped_column(sa.LargeBinary)
    at: Mapped[datetime] = mapped_column(Moment)
    looked_through: Mapped[int] = mapped_column(sa.BigInteger)
    mailed: Mapped[int] = mapped_column(sa.BigInteger)
    __grants__ = "SELECT, INSERT, UPDATE"
