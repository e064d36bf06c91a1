"""The table of what record systems sent."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.row_ends import Kept
from core.storage.row_guard import Base, ForceOwned
from core.storage.sealed import Secret, sealed_column
from core.storage.table_parts import Moment


class RecordEvent(ForceOwned, Base):
    """One piece of news as the record system sent it, stored before anything else."""

    __tablename__ = "record_event"
    __kept__ = (
        # the digest stays: a repeat is still known as one; what was left out of the body is old news too
        Kept("event_bodies", since="received_at", emptied=("body_sealed", "left_out_sealed"),
             which=lambda event: sa.and_(event.status != "parked", event.body_sealed.is_not(None))),
        Kept("parked_events", since="received_at", which=lambda event: event.status == "parked"),
    )
    __at_merger__ = "move"
    __called_by__ = (("source", "source"),)
    __digest_of__ = "body"
    source: Mapped[str] = mapped_column(sa.Text)
    event_key: Mapped[bytes] = mapped_column(sa.LargeBinary)  # keyed hash of source and id
    type: Mapped[str] = mapped_column(sa.Text)  # one of ours, else "other"
    subject_key: Mapped[str] = mapped_column(sa.Text)  # hashed where it is no crime reference
    happened_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary)
    body_sealed: Mapped[bytes | None] = sealed_column()
    body = Secret()
    status: Mapped[str] = mapped_column(sa.Text)
    reason_sealed: Mapped[bytes | None] = sealed_column()
    reason = Secret()
    left_out_sealed: Mapped[bytes | None] = sealed_column()
    left_out = Secret()  # details of an accepted event that could not be used: JSON [[pointer, why], …]
    announce: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    __table_args__ = (
        sa.Index("record_event_left_out", "id", "force",
                 postgresql_where=sa.text("left_out_sealed IS NOT NULL")),
        sa.Index("record_event_once", "event_key", "source", "force", unique=True,
                 postgresql_where=sa.text("status <> 'conflict'")),
        sa.Index("record_event_waiting", "status", "subject_key", "force",
                 postgresql_where=sa.text("status IN ('parked', 'conflict')")),
        sa.Index("record_event_subject", "subject_key", "force"),
        sa.Index("record_event_bodies", "received_at", "force", postgresql_where=sa.text(
            "status <> 'parked' AND body_sealed IS NOT NULL")),
        sa.Index("record_event_parked", "received_at", "force",
                 postgresql_where=sa.text("status = 'parked'")),
        sa.CheckConstraint("status IN ('accepted', 'parked', 'conflict')", "record_event_status"),
    )
