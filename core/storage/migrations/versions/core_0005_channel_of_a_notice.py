"""By which channel a notice goes: codes can go as text messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "notice", sa.Column("channel", sa.Text(), nullable=False, server_default="email")
    )
    op.create_check_constraint("notice_channel", "notice", "channel IN ('email', 'sms')")


def downgrade() -> None:
    op.drop_constraint("notice_channel", "notice", type_="check")
    op.drop_column("notice", "channel")
