"""A force has keys of their own for each purpose, each with the moment from which it is used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None

ALWAYS = "1970-01-01T00:00:00Z"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    for column in (
        sa.Column("purpose", sa.Text(), nullable=False, server_default="data"),
        sa.Column("made_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("starts_at", moment, nullable=False, server_default=ALWAYS),
    ):
        op.add_column("force_key", column)
        op.alter_column("force_key", column.name, server_default=None)
    op.create_unique_constraint(
        "force_key_purpose_starts_at_force_key", "force_key", ["purpose", "starts_at", "force"]
    )


def downgrade() -> None:
    """What was there before: data keys. MACs made since with other keys no longer fit."""
    op.drop_constraint("force_key_purpose_starts_at_force_key", "force_key")
    op.execute("ALTER TABLE force_key NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM force_key WHERE purpose <> 'data'")
    op.execute("ALTER TABLE force_key FORCE ROW LEVEL SECURITY")
    for column in ("starts_at", "made_at", "purpose"):
        op.drop_column("force_key", column)
