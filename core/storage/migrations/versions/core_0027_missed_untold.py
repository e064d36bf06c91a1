"""Promises that were missed are found too, until those above and the person were told of them; and who is
owed something without reading what ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0027"
down_revision = "core_0026"
branch_labels = None
depends_on = None


STILL_TO_TELL = "(told_up_at IS NULL OR told_person_at IS NULL)"


def upgrade() -> None:
    op.drop_index("commitment_open", "commitment")
    op.create_index("commitment_untold", "commitment", ["due_at", "force"],
                    postgresql_where=sa.text(f"state IN ('open', 'missed') AND {STILL_TO_TELL}"))
    op.create_index("commitment_owed", "commitment", ["case_id", "person_id", "force"],
                    postgresql_where=sa.text("state = 'open'"))


def downgrade() -> None:
    op.drop_index("commitment_owed", "commitment")
    op.drop_index("commitment_untold", "commitment")
    op.create_index("commitment_open", "commitment", ["due_at", "force"],
                    postgresql_where=sa.text(f"state = 'open' AND {STILL_TO_TELL}"))
