"""Attempts to sign in, of whom they may be, activation codes, and the counts that limit them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.storage import Base, ForceOwned, Secret, filled_index, force_key, sealed_column

Moment = sa.DateTime(timezone=True)


class Attempt(ForceOwned, Base):
    """Somebody gave details in one browser. ``state``: given, known, unknown or used."""

    __tablename__ = "sign_in_attempt"
    __kept__ = "by_job"
    __at_merger__ = "end"
    details_sealed: Mapped[bytes | None] = sealed_column()
    details = Secret()
    account: Mapped[bytes] = mapped_column(sa.LargeBinary)
    address: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    not_before: Mapped[datetime | None] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(sa.Text, default="given")
    person_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    case_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    code_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    code_ends_at: Mapped[datetime | None] = mapped_column(Moment)
    made_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(sa.Integer, default=0)
    __table_args__ = (
        sa.Index("sign_in_attempt_ends", "ends_at", "force"),
        filled_index("sign_in_attempt_person", "person_id"),
        filled_index("sign_in_attempt_case", "case_id"),
        force_key("person_id", to="person"),
        force_key("case_id", to="crime_case"),
    )


class Alike(ForceOwned, Base):
    """A further person whom the details of an attempt fit, on the same case: with a code of their own."""

    __tablename__ = "sign_in_alike"
    __kept__ = "by_job"
    __at_merger__ = "end"
    attempt_id: Mapped[UUID] = mapped_column(sa.Uuid)
    person_id: Mapped[UUID] = mapped_column(sa.Uuid)
    code_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    code_ends_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        sa.Index("sign_in_alike_attempt", "attempt_id", "force"),
        sa.Index("sign_in_alike_person", "person_id", "force"),
        force_key("attempt_id", to="sign_in_attempt"),
        force_key("person_id", to="person"),
    )


class Activation(ForceOwned, Base):
    """A single-use code that an officer hands over; only its hash is kept."""

    __tablename__ = "sign_in_activation"
    __kept__ = "by_job"
    __at_merger__ = "end"
    person_id: Mapped[UUID] = mapped_column(sa.Uuid)
    case_id: Mapped[UUID] = mapped_column(sa.Uuid)
    staff_id: Mapped[UUID] = mapped_column(sa.Uuid)
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    made_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        sa.Index("sign_in_activation_person", "person_id", "force"),
        sa.Index("sign_in_activation_case", "case_id", "force"),
        sa.Index("sign_in_activation_staff", "staff_id", "force"),
        sa.Index("sign_in_activation_ends", "ends_at", "force"),
        force_key("person_id", to="person"),
        force_key("case_id", to="crime_case"),
        force_key("staff_id", to="staff"),
    )


class Count(ForceOwned, Base):
    """How often something happened in ten minutes, an hour or a day, for one keyed hash."""

    __tablename__ = "sign_in_count"
    __kept__ = "by_job"
    __at_merger__ = "end"
    scope: Mapped[str] = mapped_column(sa.Text)
    key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    since: Mapped[datetime] = mapped_column(Moment)
    number: Mapped[int] = mapped_column(sa.Integer, default=0)
    __table_args__ = (
        sa.UniqueConstraint("scope", "key", "since", "force"),
        sa.Index("sign_in_count_since", "since", "force"),
    )
