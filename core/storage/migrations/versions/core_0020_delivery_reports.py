"""What became of each notice after it was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0020"
down_revision = "core_0019"
branch_labels = None
depends_on = None

MOMENTS = ("delivered_at", "read_at", "bounced_at", "failed_at")


def upgrade() -> None:
    for name in MOMENTS:
        op.add_column("notice", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("notice", sa.Column("lost_reason", sa.Text()))
    # What failed before was known to have failed when it was last due.
    op.execute("UPDATE notice SET failed_at = due_at WHERE state = 'failed'")


def downgrade() -> None:
    for name in ("lost_reason", *MOMENTS):
        op.drop_column("notice", name)
