"""Who signs in as which member of staff, and what is under way. No password and no token is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.storage import (
    Base,
    ComparedSecret,
    ForceOwned,
    Secret,
    filled_index,
    force_key,
    sealed_column,
)

Moment = sa.DateTime(timezone=True)


def as_it_is(text: str | None) -> str:
    """Subjects are compared sign by sign: OpenID Connect Core 1.0, 2."""
    return text or ""


class Identity(ForceOwned, Base):
    """A person as the provider knows them, by issuer and subject, and who they are among the staff.

    ``granted_until``: until then they are a force admin by a set-up code, whatever their claims say.
    ``ended_at``: they have no access since; ``ended_by`` ``claims`` (until these say otherwise) or
    ``admin`` (until an administrator does).
    """

    __tablename__ = "staff_sign_in_identity"
    __kept__ = "with_force"
    __at_merger__ = "end"
    __of_no_case__ = True
    staff_id: Mapped[UUID] = mapped_column(sa.Uuid)
    issuer: Mapped[str] = mapped_column(sa.Text)
    subject_sealed: Mapped[bytes | None] = sealed_column()
    subject_key: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    subject = ComparedSecret(as_it_is)
    made_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    granted_until: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str | None] = mapped_column(sa.Text)
    __table_args__ = (
        sa.UniqueConstraint("subject_key", "issuer", "force"),
        sa.Index("staff_sign_in_identity_staff", "staff_id", "force"),
        sa.CheckConstraint("ended_by IN ('claims', 'admin')", "staff_sign_in_ended_by"),
        force_key("staff_id", to="staff"),
    )


class Attempt(ForceOwned, Base):
    """Somebody was sent to the provider from one browser; used up by the answer that fits.

    ``fresh``: they were to prove anew who they are. ``back``: the page of this force they came from.
    """

    __tablename__ = "staff_sign_in_attempt"
    __kept__ = "by_job"
    __at_merger__ = "end"
    __of_no_case__ = True
    browser_hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    state_hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    nonce_sealed: Mapped[bytes | None] = sealed_column()
    nonce = Secret()
    verifier_sealed: Mapped[bytes | None] = sealed_column()
    verifier = Secret()
    fresh: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    back: Mapped[str | None] = mapped_column(sa.Text)
    setup_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    made_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        sa.UniqueConstraint("browser_hash", "force"),
        sa.Index("staff_sign_in_attempt_ends", "ends_at", "force"),
    )


class ProviderVisit(ForceOwned, Base):
    """Which visit here began by which visit at the provider, so that the provider can end it."""

    __tablename__ = "staff_sign_in_visit"
    __kept__ = "by_job"
    __at_merger__ = "end"
    visit_id: Mapped[UUID] = mapped_column(sa.Uuid)
    staff_id: Mapped[UUID] = mapped_column(sa.Uuid)
    sid_key: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        sa.Index("staff_sign_in_visit_staff", "staff_id", "force"),
        filled_index("staff_sign_in_visit_sid", "sid_key"),
        sa.Index("staff_sign_in_visit_ends", "ends_at", "force"),
        force_key("staff_id", to="staff"),
    )


class ClientSecret(ForceOwned, Base):
    """What the portal shows the provider to prove that it is the portal; a new one takes its place."""

    __tablename__ = "staff_sign_in_secret"
    __kept__ = "with_force"
    __at_merger__ = "end"
    __of_no_case__ = True
    secret_sealed: Mapped[bytes | None] = sealed_column()
    secret = Secret()
    made_at: Mapped[datetime] = mapped_column(Moment)


class SetupCode(ForceOwned, Base):
    """A code for the first administrator: used once, and only its hash is kept."""

    __tablename__ = "staff_sign_in_setup"
    __kept__ = "by_job"
    __at_merger__ = "end"
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    made_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (sa.Index("staff_sign_in_setup_ends", "ends_at", "force"),)
