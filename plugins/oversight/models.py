"""The table of cases that staff opened for a reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.storage import Base, ForceOwned, Kept, Secret, filled_index, force_key, sealed_column

Moment = sa.DateTime(timezone=True)


class BreakGlass(ForceOwned, Base):
    """A member of staff opened a case that is not theirs, for a while and for a reason."""

    __tablename__ = "oversight_break_glass"
    __kept__ = (Kept("access_reasons", since="ends_at"),)
    __at_merger__ = "move"
    case_id: Mapped[UUID] = mapped_column(sa.Uuid)
    staff_id: Mapped[UUID] = mapped_column(sa.Uuid)
    reason: Mapped[str] = mapped_column(sa.Text)
    words_sealed: Mapped[bytes | None] = sealed_column()
    words = Secret()
    opened_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    reviewer_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    verdict: Mapped[str | None] = mapped_column(sa.Text)
    __table_args__ = (
        sa.Index("oversight_break_glass_open", "case_id", "staff_id", "ends_at", "force"),
        sa.Index("oversight_break_glass_review", "opened_at", "force"),
        sa.Index("oversight_break_glass_ends", "ends_at", "force"),
        sa.Index("oversight_break_glass_staff", "staff_id", "force"),
        filled_index("oversight_break_glass_reviewer", "reviewer_id"),
        sa.CheckConstraint("verdict IN ('fine', 'look_into')", name="oversight_break_glass_verdict"),
        force_key("case_id", to="crime_case"),
        force_key("staff_id", to="staff"),
        force_key("reviewer_id", to="staff"),
    )
