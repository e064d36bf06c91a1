"""Promises that were missed are found too, until those above and the person were told of them; and who is
owed something without reading what ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0022"
down_revision = "core_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("commitment_open", "commitment")
    op.create_index("commitment_untold", "commitment", ["due_at", "force"],
                    postgresql_where=sa.text("state IN ('open', 'missed') AND told_up_at IS NULL"))
    op.create_index("commitment_owed", "commitment", ["case_id", "person_id", "force"],
                    postgresql_where=sa.text("state = 'open'"))


def downgrade() -> None:
    op.drop_index("commitment_owed", "commitment")
    op.drop_index("commitment_untold", "commitment")
    op.create_index("commitment_open", "commitment", ["due_at", "force"],
                    postgresql_where=sa.text("state = 'open' AND told_up_at IS NULL"))
