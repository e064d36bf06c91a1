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
    for name, *columns in (("ends", "ends_at"), ("open", "case_id", "staff_id", "ends_at"),
                           ("review", "opened_at"), ("staff", "staff_id")):
        op.create_index(f"oversight_break_glass_{name}", "oversight_break_glass", [*columns, "force"])
    op.create_index("oversight_break_glass_reviewer", "oversight_break_glass", ["reviewer_id", "force"],
                    postgresql_where=sa.text("reviewer_id IS NOT NULL"))
    protect("oversight_break_glass")


def downgrade() -> None:
    op.drop_table("oversight_break_glass")
