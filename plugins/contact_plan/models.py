"""The table of what people and the force agreed about contact."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.storage import Base, ForceOwned, Secret, filled_index, force_key, sealed_column


class ContactPlan(ForceOwned, Base):
    """How often (``every``) and in which way a person and the force agreed to be in contact about a case.

    A row for each change, only added to: the newest counts. ``staff_id``: who of the staff changed it; None:
    the person.
    """

    __tablename__ = "contact_plan_agreed"
    __kept__ = "with_case"
    __at_merger__ = "move"
    case_id: Mapped[UUID] = mapped_column(sa.Uuid)
    person_id: Mapped[UUID] = mapped_column(sa.Uuid)
    every: Mapped[str] = mapped_column(sa.Text)
    way: Mapped[str] = mapped_column(sa.Text)
    staff_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    reason_sealed: Mapped[bytes | None] = sealed_column()
    reason = Secret()
    made_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    __table_args__ = (
        sa.Index("contact_plan_agreed_case", "case_id", "person_id", "force"),
        sa.Index("contact_plan_agreed_person", "person_id", "force"),
        filled_index("contact_plan_agreed_staff", "staff_id"),
        sa.CheckConstraint("every IN ('weekly', 'two_weekly', 'every_28_days', 'when_something_happens')",
                           name="contact_plan_agreed_every"),
        sa.CheckConstraint("way IN ('portal', 'email', 'text', 'call')", name="contact_plan_agreed_way"),
        sa.CheckConstraint("staff_id IS NULL OR reason_sealed IS NOT NULL",
                           name="contact_plan_agreed_reason"),
        force_key("case_id", to="crime_case"),
        force_key("person_id", to="person"),
        force_key("staff_id", to="staff"),
    )
