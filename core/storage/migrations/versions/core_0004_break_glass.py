"""Opening a case with a reason; the roles that staff may have; who of the staff saw what, by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_check_constraint(
        "staff_role", "staff",
        "role IN ('officer', 'supervisor', 'force_admin', 'national_admin')",
    )
    op.create_index(
        "audit_entry_seen_by_staff", "audit_entry", ["at", "force"],
        postgresql_where=sa.text("action = 'case_seen' AND actor = 'staff'"),
    )
    op.create_table(
        "break_glass",
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
        sa.CheckConstraint("verdict IN ('fine', 'look_into')", name="break_glass_verdict"),
        sa.ForeignKeyConstraint(["force", "case_id"], ["crime_case.force", "crime_case.id"]),
        sa.ForeignKeyConstraint(["force", "staff_id"], ["staff.force", "staff.id"]),
        sa.ForeignKeyConstraint(["force", "reviewer_id"], ["staff.force", "staff.id"]),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index(
        "break_glass_open", "break_glass", ["case_id", "staff_id", "ends_at", "force"]
    )
    op.create_index("break_glass_review", "break_glass", ["opened_at", "force"])
    protect("break_glass")


def downgrade() -> None:
    op.execute("DROP TABLE IF EXISTS break_glass")
    op.drop_index("audit_entry_seen_by_staff", "audit_entry")
    op.drop_constraint("staff_role", "staff")
