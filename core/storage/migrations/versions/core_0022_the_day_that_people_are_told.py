"""The day of which people are told where a sooner one is kept to, and that they were told it is late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.sealing import all_forces

revision = "core_0022"
down_revision = "core_0021"
branch_labels = None
depends_on = None

COLUMNS = ("shown_due_at", "told_person_at")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("commitment", sa.Column(name, sa.DateTime(timezone=True)))
    with all_forces("commitment"):  # until now both were told at once
        op.execute("UPDATE commitment SET told_person_at = told_up_at WHERE told_up_at IS NOT NULL")
    _index_where("state = 'open' AND (told_up_at IS NULL OR told_person_at IS NULL)")


def downgrade() -> None:
    _index_where("state = 'open' AND told_up_at IS NULL")
    for name in COLUMNS:
        op.drop_column("commitment", name)


def _index_where(still_to_tell: str) -> None:
    op.drop_index("commitment_open", "commitment")
    op.create_index("commitment_open", "commitment", ["due_at", "force"],
                    postgresql_where=sa.text(still_to_tell))
