"""Keys of the senders, and how much of its quota each has used: what two steps made, as the first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "record_feed_0003"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_feed_key",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index("record_feed_key_source", "record_feed_key", ["source", "made_at", "force"])
    op.create_table(
        "record_feed_quota",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("spent_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("source", "force", name="record_feed_quota_source"),
    )
    protect("record_feed_key", "record_feed_quota")


def downgrade() -> None:
    op.drop_table("record_feed_quota")
    op.drop_table("record_feed_key")
