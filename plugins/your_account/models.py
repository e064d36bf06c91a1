"""Changes of a person's email or phone that were asked for in the portal."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.storage import Base, ForceOwned, Secret, filled_index, force_key, sealed_column

Moment = sa.DateTime(timezone=True)


class Change(ForceOwned, Base):
    """Another email or phone for a person.

    ``state``: ``asked`` (an officer must confirm it), ``waiting`` (confirmed, until ``due_at``),
    ``done``, ``stopped``, or ``lapsed`` (nobody confirmed it, or the record changed meanwhile).
    """

    __tablename__ = "your_account_change"
    __kept__ = "by_job"
    __at_merger__ = "move"
    person_id: Mapped[UUID] = mapped_column(sa.Uuid)
    contact: Mapped[str] = mapped_column(sa.Text)
    value_sealed: Mapped[bytes | None] = sealed_column()
    value = Secret()
    old_sealed: Mapped[bytes | None] = sealed_column()
    old = Secret()
    state: Mapped[str] = mapped_column(sa.Text)
    asked_by: Mapped[str] = mapped_column(sa.Text)
    how: Mapped[str | None] = mapped_column(sa.Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        sa.Index("your_account_change_person", "person_id", "force"),
        sa.Index("your_account_change_open", "state", "due_at", "force"),
        filled_index("your_account_change_ended", "ended_at"),
        force_key("person_id", to="person"),
    )
