"""Whose news of a right stood unread for too long, so that somebody is to speak with them.

That a letter was not read is no event of its own: time alone makes it one, so it is looked for. The look
costs what was sent within a day, however many cases there are, open or closed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.base import clock
from core.cases.models import Case, Contact, Person
from core.commitments.facts import never_contacted
from core.commitments.models import Commitment
from core.commitments.promising import NEWS_OF_RIGHTS, READ_WITHIN
from core.hookspecs import CommitmentState, NewsKind, Rule
from core.notices.models import Notice
from core.notices.reports import LOST_AT
from core.storage.db import read
from core.storage.walls import owned

LOOKED_FOR = timedelta(hours=72)  # since it was sent
LOOKED_BACK = timedelta(days=28)  # every night: what stood unread while no worker ran

_right = sa.exists().where(
    owned(Commitment, Notice), Commitment.case_id == Notice.case_id,
    Commitment.person_id == Notice.person_id, Commitment.cause_id == Notice.cause_id,
    # written out: a list that is spread out in IN cannot be prepared, and the worker prepares what it asks
    sa.or_(*(Commitment.kind == kind for kind in sorted(NEWS_OF_RIGHTS))),
)
_reach = sa.orm.aliased(Commitment)
_looked_after = sa.exists().where(  # for this letter, or in whatever case of theirs
    owned(_reach, Notice), _reach.person_id == Notice.person_id, _reach.rule == Rule.REACH,
    sa.or_(_reach.cause_id == Notice.id, _reach.state == CommitmentState.OPEN),
)
_seen = sa.exists().where(
    owned(Contact, Notice), Contact.case_id == Notice.case_id, Contact.person_id == Notice.person_id,
    Contact.reached, Contact.happened_at > Notice.sent_at,
)


def _unread(*which: Any) -> Any:
    return (
        sa.select(Notice.case_id, Person.id, Person.safe_contact_sealed, Person.chosen_contact_sealed)
        .join(Case, sa.and_(Case.id == Notice.case_id, owned(Case)))
        .join(Person, sa.and_(Person.id == Notice.person_id, owned(Person)))
        .where(owned(Notice), Notice.read_at.is_(None), Case.offered, Person.locked_by.is_(None),
               ~_looked_after, ~_seen, *which)
    )


_sent = sa.and_(Notice.kind == NewsKind.ENTRY, Notice.sent_at <= sa.bindparam("until"), _right)
_lost = sa.and_(Notice.kind.in_((NewsKind.ENTRY, NewsKind.MESSAGE)), LOST_AT.is_not(None))
UNREAD = _unread(_sent, Notice.sent_at > sa.bindparam("since"))
# Whose turn it may be, since somebody reached them in another case, whenever the letter of this one went.
REACHED = sa.select(Commitment.person_id).where(
    owned(Commitment), Commitment.rule == Rule.REACH, Commitment.ended_at > sa.bindparam("since"))
UNREAD_BY = _unread(sa.or_(_sent, _lost), Notice.person_id == sa.any_(
    sa.bindparam("people", type_=sa.ARRAY(sa.Uuid))))
ANY = sa.union_all(UNREAD.with_only_columns(Notice.case_id), REACHED).limit(1)


def unread_cases(back: timedelta = LOOKED_FOR) -> list[UUID]:
    """Cases of the force in scope in which somebody is to be reached and nobody was asked to, in order, for
    letters that were sent since so long. Who is never to be contacted is left alone."""
    window = _window(back)
    rows = [*read(UNREAD, **window)]
    if people := {*read(REACHED, since=window["since"]).scalars()}:
        rows += read(UNREAD_BY, until=window["until"], people=list(people))
    return sorted({row.case_id for row in rows
                   if not never_contacted(row.id, row.safe_contact_sealed, row.chosen_contact_sealed)})


def any_unread() -> tuple[Any, dict[str, Any]]:
    """Whether there may be such a case: a query and its values."""
    return ANY, _window(LOOKED_FOR)


def _window(back: timedelta) -> dict[str, Any]:
    now = clock.now()
    return {"since": now - back, "until": now - READ_WITHIN}
