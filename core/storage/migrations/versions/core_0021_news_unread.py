"""News that was sent and not read, to be looked for by when it was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0021"
down_revision = "core_0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("notice_unread", "notice", ["sent_at", "force"],
                    postgresql_where=sa.text("kind = 'entry' AND read_at IS NULL AND sent_at IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("notice_unread", "notice")
