"""Attempts, activation codes and counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "sign_in_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_count",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("scope", "key", "since", "force"),
    )
    op.create_table(
        "sign_in_activation",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["force", "case_id"],
            ["crime_case.force", "crime_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["force", "person_id"],
            ["person.force", "person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["force", "staff_id"],
            ["staff.force", "staff.id"],
        ),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index(
        "sign_in_activation_person", "sign_in_activation", ["person_id", "force"], unique=False
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["force", "case_id"],
            ["crime_case.force", "crime_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["force", "person_id"],
            ["person.force", "person.id"],
        ),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index("sign_in_attempt_ends", "sign_in_attempt", ["ends_at", "force"], unique=False)

    protect("sign_in_count", "sign_in_activation", "sign_in_attempt")


def downgrade() -> None:
    for table in (
        "sign_in_attempt",
        "sign_in_activation",
        "sign_in_count",
    ):
        op.drop_table(table)
