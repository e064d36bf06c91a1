"""What was written today to mailboxes of a force, of which each gets one letter a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0023"
down_revision = "core_0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("notice_mailbox", "notice", ["made_at", "force"],
                    postgresql_where=sa.text("case_id IS NULL AND staff_id IS NULL"))


def downgrade() -> None:
    op.drop_index("notice_mailbox", "notice")
