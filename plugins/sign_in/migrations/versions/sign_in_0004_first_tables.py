"""Attempts, the people whom one fits, activation codes and counts: what earlier steps made, as the first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "sign_in_0004"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("sign_in_count", "sign_in_activation", "sign_in_attempt", "sign_in_alike")


def upgrade() -> None:
    _counts()
    _activations()
    _attempts()
    _alike()
    protect(*TABLES)


def _counts() -> None:
    op.create_table(
        "sign_in_count",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("scope", "key", "since", "force"),
    )
    op.create_index("sign_in_count_since", "sign_in_count", ["since", "force"])


def _activations() -> None:
    op.create_table(
        "sign_in_activation",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["force", "case_id"], ["crime_case.force", "crime_case.id"]),
        sa.ForeignKeyConstraint(["force", "person_id"], ["person.force", "person.id"]),
        sa.ForeignKeyConstraint(["force", "staff_id"], ["staff.force", "staff.id"]),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index("sign_in_activation_case", "sign_in_activation", ["case_id", "force"])
    op.create_index("sign_in_activation_ends", "sign_in_activation", ["ends_at", "force"])
    op.create_index("sign_in_activation_person", "sign_in_activation", ["person_id", "force"])
    op.create_index("sign_in_activation_staff", "sign_in_activation", ["staff_id", "force"])


def _attempts() -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("not_before", MOMENT, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_ends_at", MOMENT, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["force", "case_id"], ["crime_case.force", "crime_case.id"]),
        sa.ForeignKeyConstraint(["force", "person_id"], ["person.force", "person.id"]),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index("sign_in_attempt_ends", "sign_in_attempt", ["ends_at", "force"])
    op.create_index("sign_in_attempt_case", "sign_in_attempt", ["case_id", "force"],
                    postgresql_where=sa.text("case_id IS NOT NULL"))
    op.create_index("sign_in_attempt_person", "sign_in_attempt", ["person_id", "force"],
                    postgresql_where=sa.text("person_id IS NOT NULL"))


def _alike() -> None:
    op.create_table(
        "sign_in_alike",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_ends_at", MOMENT, nullable=True),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["force", "attempt_id"], ["sign_in_attempt.force", "sign_in_attempt.id"]),
        sa.ForeignKeyConstraint(["force", "person_id"], ["person.force", "person.id"]),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index("sign_in_alike_attempt", "sign_in_alike", ["attempt_id", "force"])
    op.create_index("sign_in_alike_person", "sign_in_alike", ["person_id", "force"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
