"""Further people whom the same details fit: each has a code of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "sign_in_0003"
down_revision = "sign_in_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_alike",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["force", "attempt_id"],
            ["sign_in_attempt.force", "sign_in_attempt.id"],
        ),
        sa.ForeignKeyConstraint(
            ["force", "person_id"],
            ["person.force", "person.id"],
        ),
        sa.PrimaryKeyConstraint("id", "force"),
    )

    protect("sign_in_alike")


def downgrade() -> None:
    op.drop_table("sign_in_alike")
