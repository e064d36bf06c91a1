"""The plugin's table: which crime of the files has which crime reference."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.storage import Base, ForceOwned


class PoliceUkCrime(ForceOwned, Base):
    """A street row that became a case, and the outcomes seen of it (``2021-03 charged``)."""

    __tablename__ = "police_uk_crime"
    __kept__ = "with_force"
    __at_merger__ = "stay"
    crime_id: Mapped[str] = mapped_column(sa.Text)
    reference: Mapped[str] = mapped_column(sa.Text)
    year: Mapped[int] = mapped_column(sa.Integer)
    number: Mapped[int] = mapped_column(sa.Integer)
    month: Mapped[str] = mapped_column(sa.Text)
    category: Mapped[str] = mapped_column(sa.Text)
    district: Mapped[str] = mapped_column(sa.Text)
    outcomes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), default=list)
    __table_args__ = (
        sa.UniqueConstraint("crime_id", "force"),
        sa.UniqueConstraint("year", "number", "force"),
    )
