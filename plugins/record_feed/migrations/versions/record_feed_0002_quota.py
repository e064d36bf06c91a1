"""How much of its quota each source has used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "record_feed_0002"
down_revision = "record_feed_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_feed_quota",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("spent_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("source", "force", name="record_feed_quota_source"),
    )
    protect("record_feed_quota")


def downgrade() -> None:
    op.drop_table("record_feed_quota")
