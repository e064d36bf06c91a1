"""A case that went from one officer to another: since when, from whom, and whether they have seen it.

A session's language goes: it stands among the notes, and nothing asked this column.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0015"
down_revision = "core_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("crime_case", sa.Column("handed_over_at", sa.DateTime(timezone=True)))
    op.add_column("crime_case", sa.Column("handed_over_by", sa.Uuid))
    op.add_column("crime_case", sa.Column("hand_over_seen_at", sa.DateTime(timezone=True)))
    op.drop_column("portal_session", "language")
    op.create_foreign_key(
        "crime_case_handed_over_by_fkey", "crime_case", "staff",
        ["force", "handed_over_by"], ["force", "id"])


def downgrade() -> None:
    op.execute("DROP INDEX IF EXISTS crime_case_handed_over_by")
    op.add_column("portal_session", sa.Column("language", sa.Text))
    op.drop_column("crime_case", "hand_over_seen_at")
    op.drop_column("crime_case", "handed_over_by")
    op.drop_column("crime_case", "handed_over_at")
