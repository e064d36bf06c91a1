"""The table of what people were promised."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.row_guard import Base, ForceOwned
from core.storage.table_parts import Moment, filled_index, force_key

MARKS = ("reminded_at", "told_late_at", "told_up_at", "told_person_at")  # of whom was told of its day


class Commitment(ForceOwned, Base):
    """One promise to one person about one case: because of what, by which rule, until when, and how it ended.

    Who owes it is not kept here while it is open: it is the officer of the case, as that stands. Only
    :mod:`core.commitments.settling` writes the columns up to ``ended_by``.
    """

    __tablename__ = "commitment"
    __kept__ = "with_case"
    __at_merger__ = "move"
    case_id: Mapped[UUID] = mapped_column(sa.Uuid)
    person_id: Mapped[UUID] = mapped_column(sa.Uuid)
    kind: Mapped[str] = mapped_column(sa.Text)  # a CommitmentKind
    rule: Mapped[str] = mapped_column(sa.Text)
    cause: Mapped[str] = mapped_column(sa.Text)  # a CauseKind
    cause_id: Mapped[UUID] = mapped_column(sa.Uuid)
    made_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    shown: Mapped[bool] = mapped_column(sa.Boolean)
    shown_due_at: Mapped[datetime | None] = mapped_column(Moment)  # to the person, where later than due_at
    state: Mapped[str] = mapped_column(sa.Text)  # a CommitmentState
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[UUID | None] = mapped_column(sa.Uuid)  # staff who had the case when it ended
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)  # the owner, before its day
    told_late_at: Mapped[datetime | None] = mapped_column(Moment)  # unit and cover, on its day
    told_up_at: Mapped[datetime | None] = mapped_column(Moment)  # the supervisor, when it is two days late
    told_person_at: Mapped[datetime | None] = mapped_column(Moment)  # two days after the day they were shown
    __table_args__ = (
        sa.UniqueConstraint("case_id", "person_id", "rule", "cause_id", "force"),
        # Of what somebody is still to be told: it does not grow with what is long late, or was kept.
        sa.Index("commitment_untold", "due_at", "force", postgresql_where=sa.text(
            "state IN ('open', 'missed') AND (told_up_at IS NULL OR told_person_at IS NULL)")),
        # Who is owed something: it does not grow with what ended.
        sa.Index("commitment_owed", "case_id", "person_id", "force",
                 postgresql_where=sa.text("state = 'open'")),
        sa.Index("commitment_person", "person_id", "force"),
        # Whose turn it may be in another case (commitments/sweeping).
        sa.Index("commitment_reached", "ended_at", "force",
                 postgresql_where=sa.text("rule = 'portal/reach' AND ended_at IS NOT NULL")),
        filled_index("commitment_ended_by", "ended_by"),
        sa.CheckConstraint(
            "state IN ('open', 'kept', 'kept_late', 'explained', 'superseded', 'withdrawn', 'missed')",
            "commitment_state"),
        force_key("case_id", to="crime_case"),
        force_key("person_id", to="person"),
        force_key("ended_by", to="staff"),
    )
