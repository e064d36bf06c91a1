"""Who answers in an officer's place, and what became of the things of a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0019"
down_revision = "core_0018"
branch_labels = None
depends_on = None

COVERING = ("cover_id", "cover_for")


def upgrade() -> None:
    op.add_column("crime_case", sa.Column("cover_from", sa.Date()))
    op.add_column("crime_case", sa.Column("cover_until", sa.Date()))
    op.add_column("crime_case", sa.Column("property_sealed", sa.LargeBinary()))
    for name in COVERING:
        op.add_column("crime_case", sa.Column(name, sa.Uuid()))
        op.create_foreign_key(None, "crime_case", "staff", ["force", name], ["force", "id"])
        op.create_index(f"crime_case_{name.removesuffix('_id')}", "crime_case", [name, "force"],
                        postgresql_where=sa.text(f"{name} IS NOT NULL"))


def downgrade() -> None:
    for column in ("property_sealed", "cover_until", "cover_from", *reversed(COVERING)):
        op.drop_column("crime_case", column)
