"""Changes of email and phone that were asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "your_account_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "your_account_change",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("old_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["force", "person_id"], ["person.force", "person.id"]),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index("your_account_change_person", "your_account_change", ["person_id", "force"])
    op.create_index("your_account_change_open", "your_account_change", ["state", "due_at", "force"])
    op.create_index("your_account_change_ended", "your_account_change", ["ended_at", "force"],
                    postgresql_where=sa.text("ended_at IS NOT NULL"))
    protect("your_account_change")


def downgrade() -> None:
    op.drop_table("your_account_change")
