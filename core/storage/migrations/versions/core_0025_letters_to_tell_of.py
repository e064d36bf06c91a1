"""Of which letters it is still to be told what became of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0025"
down_revision = "core_0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("untold_at", sa.DateTime(timezone=True)))
    op.create_index("notice_untold", "notice", ["untold_at", "force"],
                    postgresql_where=sa.text("untold_at IS NOT NULL"))


def downgrade() -> None:
    op.drop_column("notice", "untold_at")
