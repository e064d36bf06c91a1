"""Who was reached of late, since then it may be their turn in another case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0024"
down_revision = "core_0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("commitment_reached", "commitment", ["ended_at", "force"],
                    postgresql_where=sa.text("rule = 'portal/reach' AND ended_at IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("commitment_reached", "commitment")
