"""For whom a browser's newest details may open a case: as many are looked at where there is nobody.

Several people of one case can be alike in all details: twins, or a father and his son where no date of
birth is asked. Each has a code of their own, and whoever types it is that one. Who shares a contact
shares the code, and is asked for the given name.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.base import clock
from core.cases import people
from core.storage import db, owned, read
from plugins.sign_in import guesses
from plugins.sign_in.codes import sent_hash
from plugins.sign_in.finding import ALIKE, NOBODY, contacts_of, find_people, still_open
from plugins.sign_in.models import Alike, Attempt
from plugins.sign_in.names import plain_name, whose_name

OTHERS = sa.select(
    Alike.id, Alike.attempt_id, Alike.person_id, Alike.code_hash, Alike.code_ends_at
).where(
    owned(Alike), Alike.attempt_id == sa.any_(sa.bindparam("attempts", type_=sa.ARRAY(sa.Uuid)))
).order_by(Alike.id)
PROVED = "proved"  # in place of a code: no code has letters


@dataclass(frozen=True)
class Sent:
    """A place for one person's code in an attempt, whose ``tries`` and age it has."""

    id: UUID
    attempt_id: UUID
    person_id: UUID | None
    code_hash: bytes | None
    code_ends_at: datetime | None
    tries: int
    made_at: datetime


@dataclass(frozen=True)
class Candidate:
    """Somebody, or nobody (``row`` is None then), with the newest code that still works for them."""

    person_id: UUID
    row: Any
    sent: Sent | None
    contacts: str

    @property
    def reached(self) -> set[str]:
        """By what they may read a code: their email, and the end of their number, however it is written."""
        email, _, phone = self.contacts.partition(" ")
        # Without what may stand before: 07700 900123 and +44 7700 900123 are one telephone.
        number = "".join(filter(str.isdigit, phone))[-9:]
        return {to for to in (email.casefold(), number) if to} if self.row else set()

    @property
    def locked_at(self) -> datetime | None:
        return self.row.locked_at if self.row else None

    @property
    def is_open(self) -> bool:
        """Whether what is no officer's code may open at all."""
        return not (self.row and self.row.locked_by)

    @property
    def since_lock(self) -> bool:
        """What was sent before a lock never proves anything again."""
        return self.locked_at is None or (self.sent is not None and self.sent.made_at > self.locked_at)


def of(found: Sequence[Attempt]) -> tuple[UUID, list[Candidate]]:
    """The case and the people that the newest of a browser's attempts led to; always so many."""
    newest, sent = found[0], _sent(found)
    case_id, whose = _whose(newest, sent)
    whose += [NOBODY] * (ALIKE - len(whose))
    return case_id, [
        Candidate(one, row, guesses.newest_code(sent, one, clock.now()), contacts_of(row))
        for one, row in zip(whose, still_open(case_id, whose), strict=True)
    ]


def _sent(found: Sequence[Attempt]) -> list[Sent]:
    """All that the attempts led to, newest attempts first."""
    others = read(OTHERS, attempts=[one.id for one in found]).all()
    places: list[tuple[Attempt, Any]] = [
        (one, row) for one in found for row in (one, *(row for row in others if row.attempt_id == one.id))]
    return [
        Sent(row.id, one.id, row.person_id, row.code_hash, row.code_ends_at, one.tries, one.made_at)
        for one, row in places
    ]


def _whose(newest: Attempt, sent: Sequence[Sent]) -> tuple[UUID, list[UUID]]:
    """An officer's code need not wait for the worker."""
    if newest.state == "given":
        fitting = find_people(json.loads(newest.details or "{}"))
        return (fitting[0].case_id if fitting else NOBODY), [one.id for one in fitting]
    return newest.case_id or NOBODY, [
        one.person_id or NOBODY for one in sent if one.attempt_id == newest.id]


def end(found: Sequence[Attempt]) -> None:
    """One of the codes was used: those of the others end with it. The caller commits."""
    for one in found:
        one.state, one.code_hash, one.details_sealed = "used", None, None
    db.session.execute(sa.delete(Alike).where(Alike.attempt_id.in_([one.id for one in found])))


# --- one code for several -------------------------------------------------------------------------


def need_given_name(right: Sequence[Candidate], who: Sequence[Candidate]) -> bool:
    """Whether the given name is to be asked for: whoever of *who* reads the same email or texts may have
    typed the code, also when none went to them. Not of somebody recorded twice."""
    return len({(plain_name(given), born) for given, born in _recorded(_sharing(right, who))}) > 1


def named(typed: str, proved: Sequence[Candidate], who: Sequence[Candidate]) -> Candidate | None:
    """Who of those for whom the code was right has this given name; None if somebody else of *who* may."""
    sharing = _sharing(proved, who)
    recorded = _recorded(sharing)
    place = whose_name(typed, [given for given, _ in recorded])
    if place is None:
        return None
    name = plain_name(recorded[place][0])
    born = {born for given, born in recorded if plain_name(given) == name}
    return sharing[place] if len(born) == 1 and sharing[place] in proved else None


def _sharing(right: Sequence[Candidate], who: Sequence[Candidate]) -> list[Candidate]:
    reached = {to for one in right for to in one.reached}
    return [one for one in who if one in right or one.reached & reached]


def _recorded(candidates: Sequence[Candidate]) -> list[tuple[str, str | None]]:
    """The given name and the birthday of each."""
    found = [people.person(one.person_id) for one in candidates]
    return [(one.given or "", one.date_of_birth) for one in found]


def proof_of(one: Candidate) -> str:
    """That the code was typed which was sent to these contacts; the browser's session keeps it."""
    assert one.sent
    return sent_hash(one.sent.id, PROVED, one.contacts).hex()
