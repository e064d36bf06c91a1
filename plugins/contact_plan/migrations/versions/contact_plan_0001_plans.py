"""How often, and in which way, people and the force agreed to be in contact."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "contact_plan_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_plan_agreed",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("every", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("every IN ('weekly', 'two_weekly', 'every_28_days', 'when_something_happens')",
                           name="contact_plan_agreed_every"),
        sa.CheckConstraint("way IN ('portal', 'email', 'text', 'call')", name="contact_plan_agreed_way"),
        sa.CheckConstraint("staff_id IS NULL OR reason_sealed IS NOT NULL",
                           name="contact_plan_agreed_reason"),
        sa.ForeignKeyConstraint(["force", "case_id"], ["crime_case.force", "crime_case.id"]),
        sa.ForeignKeyConstraint(["force", "person_id"], ["person.force", "person.id"]),
        sa.ForeignKeyConstraint(["force", "staff_id"], ["staff.force", "staff.id"]),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index("contact_plan_agreed_case", "contact_plan_agreed", ["case_id", "person_id", "force"])
    op.create_index("contact_plan_agreed_person", "contact_plan_agreed", ["person_id", "force"])
    op.create_index("contact_plan_agreed_staff", "contact_plan_agreed", ["staff_id", "force"],
                    postgresql_where=sa.text("staff_id IS NOT NULL"))
    protect("contact_plan_agreed")


def downgrade() -> None:
    op.drop_table("contact_plan_agreed")
