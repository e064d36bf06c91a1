"""Cases that were erased here for good: nothing of them is taken in again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from uuid6 import uuid7

from core.base import clock
from core.force.model import Force
from core.intake.store import Incoming, Result
from core.storage.db import DELETED_AT_ONCE, db, delete_rows, insert_many, read
from core.storage.keys.keyring import force_keys
from core.storage.row_guard import Base, ForceOwned
from core.storage.table_parts import Moment
from core.storage.walls import owned


class ErasedCase(ForceOwned, Base):
    """A case that must not come back: a keyed hash of its reference, and nothing else of it."""

    __tablename__ = "erased_case"
    __kept__ = "with_force"
    __at_merger__ = "move"
    reference_hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    erased_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (sa.UniqueConstraint("reference_hash", "force"),)

ERASED_AMONG = sa.select(ErasedCase.reference_hash).where(
    owned(ErasedCase),
    ErasedCase.reference_hash == sa.any_(sa.bindparam("hashes", type_=sa.ARRAY(sa.LargeBinary))),
)


def refusals(force: Force, incoming: Iterable[tuple[int, Incoming]]) -> dict[int, Result]:
    """Place -> answer for the events of erased cases; nothing of these is kept."""
    hashes = {place: (item.event.id, _hashes(force, item.event.subject)) for place, item in incoming}
    flat = sorted({one for _, many in hashes.values() for one in many})
    erased = set(read(ERASED_AMONG, hashes=flat).scalars()) if flat else set()
    return {
        place: Result(event_id, "rejected",
                      "this case was erased here for good: nothing of it is taken in", "/subject")
        for place, (event_id, many) in hashes.items() if erased & many
    }


def _hashes(force: Force, subject: str) -> set[bytes]:
    return set(force_keys().macs("lookup", force.normalise_reference(subject).encode()))


def keep_out(reference: str) -> None:
    """Nothing of the case with this reference (its key) is taken in from now on. The caller commits."""
    insert_many(ErasedCase, [{
        "id": uuid7(), "reference_hash": force_keys().mac("lookup", reference.encode()),
        "erased_at": clock.now(),
    }], skip_existing=("reference_hash",))


def keep_open(references: Iterable[str]) -> int:
    """Cases that are here (keys of their references) are not held to be erased; how many were.

    After a merger: the absorbed force had erased a case of the same reference. The caller commits.
    """
    count, left = 0, list(references)
    for start in range(0, len(left), DELETED_AT_ONCE):
        part = left[start : start + DELETED_AT_ONCE]
        hashes = {one for key in part for one in force_keys().macs("lookup", key.encode())}
        known = sa.select(ErasedCase.id).where(ErasedCase.reference_hash.in_(hashes))
        count += delete_rows(ErasedCase, db.session.scalars(known).all())
    return count
