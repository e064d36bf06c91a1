"""The table of what is to be sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.base.notice_kinds import NoticeKind
from core.storage.row_ends import Kept
from core.storage.row_guard import Base, ForceOwned
from core.storage.sealed import Secret, sealed_column
from core.storage.table_parts import Moment, filled_index, force_key


class Notice(ForceOwned, Base):
    """Something that must be sent; a row written with its cause, sent by the worker."""

    __tablename__ = "notice"
    __kept__ = (Kept("notices", since="due_at", which=lambda notice: notice.state != "due"),)
    __at_merger__ = "move"
    kind: Mapped[str] = mapped_column(sa.Text)  # a NoticeKind, or one of a newer version
    channel: Mapped[str] = mapped_column(sa.Text, default="email", server_default="email")
    case_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    person_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    staff_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    cause_id: Mapped[UUID] = mapped_column(sa.Uuid)
    extra_sealed: Mapped[bytes | None] = sealed_column()
    extra = Secret()
    state: Mapped[str] = mapped_column(sa.Text, default="due")
    reason: Mapped[str | None] = mapped_column(sa.Text)
    tries: Mapped[int] = mapped_column(sa.Integer, default=0)
    unsure: Mapped[int] = mapped_column(sa.Integer, default=0, server_default="0")  # of the tries
    claimed_by: Mapped[int | None] = mapped_column(sa.BigInteger)  # a process, until due_at at most
    made_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    # what was reported of it, each at its first moment: core/notices/reports.py
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    bounced_at: Mapped[datetime | None] = mapped_column(Moment)
    failed_at: Mapped[datetime | None] = mapped_column(Moment)
    lost_reason: Mapped[str | None] = mapped_column(sa.Text)  # of the first report that it was lost
    # who listens is to hear of these: core/notices/untold.py
    untold_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        filled_index("notice_untold", "untold_at"),
        sa.Index("notice_due", "state", "due_at", "force"),
        sa.Index("notice_case", "case_id", "force"),
        filled_index("notice_person", "person_id"),
        filled_index("notice_staff", "staff_id"),
        sa.Index("notice_ended", "due_at", "force", postgresql_where=sa.text("state <> 'due'")),
        filled_index("notice_claimed", "claimed_by"),
        # For who is looked for since they read nothing: of what was sent within a day (commitments/sweeping).
        sa.Index("notice_unread", "sent_at", "force",
                 postgresql_where=sa.text("kind = 'entry' AND read_at IS NULL AND sent_at IS NOT NULL")),
        # For who had a letter today: to mailboxes of the force (commitments/reminding).
        sa.Index("notice_mailbox", "made_at", "force",
                 postgresql_where=sa.text("case_id IS NULL AND staff_id IS NULL")),
        sa.CheckConstraint("state IN ('due', 'perhaps_sent', 'sent', 'failed', 'withheld')", "notice_state"),
        sa.CheckConstraint("channel IN ('email', 'sms')", name="notice_channel"),
        force_key("case_id", to="crime_case"),
        force_key("person_id", to="person"),
        force_key("staff_id", to="staff"),
    )

    @classmethod
    def as_moved(cls, row: dict[str, Any]) -> dict[str, Any]:
        """The sign-in of a code that is still due ended with the force where it was begun."""
        if row["kind"] == NoticeKind.CODE and row["state"] == "due":
            ended = "the sign-in ended when the forces merged"
            return row | {"state": "failed", "reason": ended, "extra": None}
        return row
