"""Things that were found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "found_property_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "found_property_item",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("what_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("collect_by", sa.Date(), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["force", "case_id"], ["crime_case.force", "crime_case.id"]),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index("found_property_item_case", "found_property_item", ["case_id", "force"])
    protect("found_property_item")


def downgrade() -> None:
    op.drop_table("found_property_item")
