"""The keys that open the door, one or two for each sender."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.storage import Base, ForceOwned, Secret, sealed_column

Moment = sa.DateTime(timezone=True)


class RecordFeedKey(ForceOwned, Base):
    """A signing key of one source; it opens the door from ``made_at`` to ``ended_at``."""

    __tablename__ = "record_feed_key"
    __kept__ = "with_force"
    __at_merger__ = "end"
    __of_no_case__ = True
    source: Mapped[str] = mapped_column(sa.Text)
    secret_sealed: Mapped[bytes | None] = sealed_column()
    secret = Secret()
    made_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (sa.Index("record_feed_key_source", "source", "made_at", "force"),)


class RecordFeedQuota(ForceOwned, Base):
    """How far ahead of its pace a source is: at ``spent_until`` all that it sent will have been due."""

    __tablename__ = "record_feed_quota"
    __kept__ = "with_force"
    __at_merger__ = "end"
    source: Mapped[str] = mapped_column(sa.Text)
    spent_until: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (sa.UniqueConstraint("source", "force", name="record_feed_quota_source"),)
