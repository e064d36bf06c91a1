"""Which details of news could not be used, for staff: of an event, a case and a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0009"
down_revision = "core_0008"
branch_labels = None
depends_on = None

COLUMNS = (("record_event", "left_out_sealed"), ("crime_case", "unusable_sealed"),
           ("person", "unusable_sealed"))


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.LargeBinary(), nullable=True))
    op.create_index("record_event_left_out", "record_event", ["id", "force"],
                    postgresql_where=sa.text("left_out_sealed IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("record_event_left_out", "record_event")
    for table, column in COLUMNS:
        op.drop_column(table, column)
