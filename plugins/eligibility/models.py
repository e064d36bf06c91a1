"""Unmet demand: how often people asked for a crime that cannot be followed online."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.storage import Base, ForceOwned


class Demand(ForceOwned, Base):
    """A count for one district, crime type and month. Nothing here is of a person or a case.

    ``month`` is that of the question, like 2026-11; ``asked_by`` is ``public`` or ``call handler``.
    """

    __tablename__ = "eligibility_demand"
    __kept__ = "with_force"
    __at_merger__ = "stay"
    district: Mapped[str] = mapped_column(sa.Text)
    crime_type: Mapped[str] = mapped_column(sa.Text)
    month: Mapped[str] = mapped_column(sa.Text)
    asked_by: Mapped[str] = mapped_column(sa.Text)
    count: Mapped[int] = mapped_column(sa.Integer, default=0)
    __table_args__ = (
        sa.UniqueConstraint("district", "crime_type", "month", "asked_by", "force"),
        sa.CheckConstraint("asked_by IN ('public', 'call handler')", name="eligibility_asked_by"),
    )
