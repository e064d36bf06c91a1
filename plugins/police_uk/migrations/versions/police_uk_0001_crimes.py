"""Which crime of the files has which crime reference."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from core.storage.migrations import protect

revision = "police_uk_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "police_uk_crime",
        sa.Column("force", sa.Text, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("crime_id", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("month", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("district", sa.Text, nullable=False),
        sa.Column("outcomes", ARRAY(sa.Text), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("crime_id", "force"),
        sa.UniqueConstraint("year", "number", "force"),
    )
    protect("police_uk_crime")


def downgrade() -> None:
    op.drop_table("police_uk_crime")
