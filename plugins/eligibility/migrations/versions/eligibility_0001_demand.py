"""Unmet demand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "eligibility_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "eligibility_demand",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("crime_type", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "asked_by IN ('public', 'call handler')", name="eligibility_asked_by"
        ),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("district", "crime_type", "month", "asked_by", "force"),
    )
    protect("eligibility_demand")


def downgrade() -> None:
    op.drop_table("eligibility_demand")
