"""Cases that staff opened for a reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "oversight_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("oversight_break_glass"):
        return  # a step of the core's made it, before it was the plugin's
    op.create_table(
        "oversight_break_glass",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("verdict IN ('fine', 'look_into')", name="oversight_break_glass_verdict"),
        sa.ForeignKeyConstraint(["force", "case_id"], ["crime_case.force", "crime_case.id"]),
        sa.ForeignKeyConstraint(["force", "staff_id"], ["staff.force", "staff.id"]),
        sa.ForeignKeyConstraint(["force", "reviewer_id"], ["staff.force", "staff.id"]),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    protect("oversight_break_glass")


def downgrade() -> None:
    op.drop_table("oversight_break_glass")
