"""Who answers in an officer's place, and what became of the things of a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0019"
down_revision = "core_0018"
branch_labels = None
depends_on = None

def upgrade() -> None:
    op.add_column("crime_case", sa.Column("cover_from", sa.Date()))
    op.add_column("crime_case", sa.Column("cover_until", sa.Date()))
    op.add_column("crime_case", sa.Column("property_sealed", sa.LargeBinary()))
    op.add_column("crime_case", sa.Column("cover_id", sa.Uuid()))
    op.add_column("crime_case", sa.Column("cover_for", sa.Uuid()))
    op.create_foreign_key(None, "crime_case", "staff", ["force", "cover_id"], ["force", "id"])
    op.create_index("crime_case_cover", "crime_case", ["cover_id", "force"],
                    postgresql_where=sa.text("cover_id IS NOT NULL"))


def downgrade() -> None:
    for column in ("property_sealed", "cover_until", "cover_from", "cover_for", "cover_id"):
        op.drop_column("crime_case", column)
