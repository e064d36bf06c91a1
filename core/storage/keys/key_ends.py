"""Keys that end: outlived ones, and those of a force that has left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import pairwise
from typing import Any, Protocol

import sqlalchemy as sa

from core.base import clock
from core.base.audit_actions import AuditAction, CoreAction
from core.storage import ciphers
from core.storage.db import db, force_scope, lock
from core.storage.keys.keyring import ERASED, ForceKey, force_keys, look, masters, unwrapped
from core.storage.keys.master_key import ALWAYS
from core.storage.keys.purposes import PURPOSES, OpenKey

# What these made moves as it is: an event whose body is no longer kept, a case that was erased.
HANDED_ON = ("feed", "lookup")


class Note(Protocol):
    """``audit.write``: the audit stands on a floor above."""

    def __call__(self, action: AuditAction, **fields: Any) -> object: ...


def outlived(chain: tuple[OpenKey, ...]) -> list[OpenKey]:
    """Former keys that have made nothing which is still of use."""
    lasts = PURPOSES[chain[0].purpose].lasts
    if lasts is None:
        return []
    # A former key was in use until its successor began: what it made last is counted from then.
    return [former for newer, former in pairwise(chain) if newer.starts_at + lasts < clock.now()]


def end_outlived(note: Note) -> None:
    """Former keys for codes, limits, links and forms end. ``note`` writes the audit; the caller commits."""
    for chain in look().chains.values():
        end(outlived(chain), note)


def end(former: Iterable[OpenKey], note: Note) -> Counter[str]:
    """These keys end; how many of each purpose. ``note`` writes the audit; the caller commits."""
    ended: Counter[str] = Counter()
    for one in former:
        db.session.execute(sa.delete(ForceKey).where(ForceKey.key_id == one.key_id))
        note(CoreAction.KEYS_ENDED, purposes=[one.purpose])
        ended[one.purpose] += 1
    return ended


def are_destroyed() -> bool:
    """Whether the data of the force in scope can be opened by nobody any more.

    Looks anew, so that this process lets go of keys that were destroyed.
    """
    return look().erased


def destroy_keys(note: Note) -> int:
    """From when the caller commits, nobody can open what the force in scope has. How many keys went.

    Those of the audit stay, so that it can still be verified. ``note`` writes the audit.
    """
    lock("keys")
    done: Any = db.session.execute(sa.delete(ForceKey).where(
        ForceKey.purpose.not_in([one.name for one in PURPOSES.values() if one.group == "audit"])
    ))
    db.session.add(ForceKey(
        purpose=ERASED, key_id=ciphers.new_key_id(), wrapped=b"", made_at=clock.now(), starts_at=ALWAYS
    ))
    db.session.flush()  # a look at the keys that comes now must not take the gone ones for missing
    note(CoreAction.KEYS_ENDED, purposes=["all but audit"])
    return int(done.rowcount)


def hand_on_keys(old: str, new: str, written: Callable[[], object]) -> None:
    """The force *new* knows again what the keys of *old* (ids) made; it makes nothing with them.

    They stand before the successor's own, as if they were older. Bears being run twice. ``written``
    commits it.
    """
    wanted = sa.select(ForceKey).where(ForceKey.purpose.in_(HANDED_ON))
    with force_scope(old):
        theirs = [
            (row.purpose, row.key_id, row.made_at, unwrapped(old, row))
            for row in db.session.scalars(wanted.order_by(ForceKey.starts_at.desc()))
        ]
    with force_scope(new):
        force_keys()  # makes the successor's own, if it has none: the others are to stand before them
        lock("keys")
        there = db.session.scalars(wanted).all()
        known, first = {row.key_id for row in there}, min([ALWAYS, *(r.starts_at for r in there)])
        master = masters().in_use()[0]
        for place, (purpose, key_id, made_at, key) in enumerate(theirs, 1):
            if key_id not in known:
                db.session.add(ForceKey(
                    purpose=purpose, key_id=key_id, made_at=made_at,
                    wrapped=ciphers.wrap(master, new, purpose, key_id, key),
                    starts_at=first - place * timedelta(microseconds=1),
                ))
        written()
        look()
