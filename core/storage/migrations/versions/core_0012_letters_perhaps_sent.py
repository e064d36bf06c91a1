"""Letters of which nobody knows whether they were taken; who has one in hand; restored databases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "core_0012"
down_revision = "core_0011"
branch_labels = None
depends_on = None

BEFORE = "state IN ('due', 'sent', 'failed', 'withheld')"
NOW = "state IN ('due', 'perhaps_sent', 'sent', 'failed', 'withheld')"


def upgrade() -> None:
    op.add_column("notice", sa.Column("unsure", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("notice", sa.Column("claimed_by", sa.BigInteger()))
    op.drop_constraint("notice_state", "notice", type_="check")
    op.create_check_constraint("notice_state", "notice", NOW)
    op.create_table(
        "outgoing",
        sa.Column("database", sa.Text(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("held_since", sa.DateTime(timezone=True)),
        sa.Column("codes_lost_at", sa.DateTime(timezone=True)),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    protect("outgoing")


def downgrade() -> None:
    op.drop_table("outgoing")
    op.execute("UPDATE notice SET state = 'failed' WHERE state = 'perhaps_sent'")
    op.drop_constraint("notice_state", "notice", type_="check")
    op.create_check_constraint("notice_state", "notice", BEFORE)
    op.drop_column("notice", "claimed_by")
    op.drop_column("notice", "unsure")
