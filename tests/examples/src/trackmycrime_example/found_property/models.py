"""The one table; its name begins with the plugin's, and what it says of people is sealed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.storage import Base, ForceOwned, Secret, force_key, sealed_column


class Item(ForceOwned, Base):
    """A thing that was found, and the last day on which it can be collected."""

    __tablename__ = "found_property_item"
    __kept__ = "by_job"
    __at_merger__ = "move"
    case_id: Mapped[UUID] = mapped_column(sa.Uuid)
    what_sealed: Mapped[bytes | None] = sealed_column()
    what = Secret()
    collect_by: Mapped[date] = mapped_column(sa.Date)
    __table_args__ = (
        sa.Index("found_property_item_case", "case_id", "force"),
        force_key("case_id", to="crime_case"),
    )
