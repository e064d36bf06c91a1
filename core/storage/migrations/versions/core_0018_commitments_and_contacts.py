"""What people were promised, how they were contacted, and what the entries tell of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.storage.migrations import protect

revision = "core_0018"
down_revision = "core_0017"
branch_labels = None
depends_on = None

TEXT, MOMENT, BYTES, ID = sa.Text(), sa.DateTime(timezone=True), sa.LargeBinary(), sa.Uuid()
STATES = "'open', 'kept', 'kept_late', 'explained', 'superseded', 'withdrawn', 'missed'"
WAYS = "'portal', 'phone', 'in_person', 'post', 'email', 'sms'"


def upgrade() -> None:
    _with_key(
        "contact", *_must(ID, "case_id", "person_id"), *_may(ID, "staff_id", "record_event_id"),
        *_must(TEXT, "way"), *_must(sa.Boolean(), "reached"), *_must(MOMENT, "happened_at", "entered_at"),
        *_may(MOMENT, "through"), *_must(postgresql.ARRAY(TEXT), "topics"), *_may(BYTES, "line_sealed"),
        sa.CheckConstraint(f"way IN ({WAYS})", name="contact_way"),
        *_keys(case_id="crime_case", person_id="person", record_event_id="record_event", staff_id="staff"),
    )
    op.create_index("contact_case", "contact", ["case_id", "force"])
    op.create_index("contact_person", "contact", ["person_id", "force"])
    _index_of_filled("contact", "record_event_id", "staff_id")
    _with_key(
        "commitment", *_must(ID, "case_id", "person_id"), *_must(TEXT, "kind", "rule", "cause"),
        *_must(ID, "cause_id"), *_must(MOMENT, "made_at", "due_at"), *_must(sa.Boolean(), "shown"),
        *_must(TEXT, "state"), *_may(MOMENT, "ended_at"), *_may(ID, "ended_by"),
        *_may(MOMENT, "reminded_at", "told_late_at", "told_up_at"),
        sa.UniqueConstraint("case_id", "person_id", "rule", "cause_id", "force"),
        sa.CheckConstraint(f"state IN ({STATES})", name="commitment_state"),
        *_keys(case_id="crime_case", person_id="person", ended_by="staff"),
    )
    op.create_index("commitment_open", "commitment", ["due_at", "force"],
                    postgresql_where=sa.text("state = 'open' AND told_up_at IS NULL"))
    op.create_index("commitment_person", "commitment", ["person_id", "force"])
    _index_of_filled("commitment", "ended_by")
    op.add_column("crime_case", sa.Column(
        "level_news", postgresql.ARRAY(TEXT), server_default="{}", nullable=False))
    op.add_column("access", sa.Column("made_at", MOMENT, server_default=sa.text("now()"), nullable=False))
    op.add_column("access", sa.Column("removed_at", MOMENT))
    op.add_column("access", sa.Column("read_through", MOMENT))
    for column in (
        sa.Column("release_kind", TEXT),
        sa.Column("entered_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("received_at", MOMENT),
        sa.Column("announced", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("promised_by", sa.Date()),
        sa.Column("explains", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    ):
        op.add_column("entry", column)
    protect("contact", "commitment")


def downgrade() -> None:
    for column in ("explains", "promised_by", "announced", "received_at", "entered_at", "release_kind"):
        op.drop_column("entry", column)
    op.drop_column("access", "read_through")
    op.drop_column("access", "removed_at")
    op.drop_column("access", "made_at")
    op.drop_column("crime_case", "level_news")
    op.drop_table("commitment")
    op.drop_table("contact")


def _with_key(table: str, *parts: Any) -> None:
    op.create_table(table, *_must(TEXT, "force"), *_must(ID, "id"), *parts,
                    sa.PrimaryKeyConstraint("id", "force"), info={"force_owned": True})


def _must(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _may(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind) for name in names]


def _keys(**to: str) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint(["force", name], [f"{table}.force", f"{table}.id"])
            for name, table in to.items()]


def _index_of_filled(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"{table}_{column.removesuffix('_id')}", table, [column, "force"],
                        postgresql_where=sa.text(f"{column} IS NOT NULL"))
