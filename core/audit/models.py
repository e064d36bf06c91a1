"""The table of the audit."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.row_guard import Base, ForceOwned
from core.storage.table_parts import Moment


class AuditEntry(ForceOwned, Base):
    """Who saw or did what. Append-only; each row carries its keyed MAC."""

    __tablename__ = "audit_entry"
    __at_merger__ = "stay"
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
