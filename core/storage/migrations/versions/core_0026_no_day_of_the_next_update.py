"""The day of the next update stands in the lines that named it and in what was promised, not in the case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0026"
down_revision = "core_0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("crime_case", "next_update_by")


def downgrade() -> None:
    op.add_column("crime_case", sa.Column("next_update_by", sa.Date()))
