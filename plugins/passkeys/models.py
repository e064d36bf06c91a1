"""Passkeys of people: what a phone or computer keeps the other half of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.storage import Base, ForceOwned, Secret, force_key, sealed_column

Moment = sa.DateTime(timezone=True)


class Passkey(ForceOwned, Base):
    """One passkey of one person at one force.

    It works from ``works_from`` on, for as long as ``contact`` is the email on the record and access
    was not locked since. ``handle`` is what the device knows the person by: chance, and nothing else.
    """

    __tablename__ = "passkeys_passkey"
    __kept__ = "with_case"
    __at_merger__ = "end"
    person_id: Mapped[UUID] = mapped_column(sa.Uuid)
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    handle: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    transports: Mapped[str] = mapped_column(sa.Text)
    name_sealed: Mapped[bytes | None] = sealed_column()
    name = Secret()
    contact_sealed: Mapped[bytes | None] = sealed_column()
    contact = Secret()
    made_at: Mapped[datetime] = mapped_column(Moment)
    works_from: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    copied_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        sa.UniqueConstraint("credential_id", "force"),
        sa.Index("passkeys_passkey_person", "person_id", "force"),
        force_key("person_id", to="person"),
    )
