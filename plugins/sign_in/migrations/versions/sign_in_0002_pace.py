"""From where an attempt came, when its next code may be tried, and how long its code works."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "sign_in_0002"
down_revision = "sign_in_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in_attempt", sa.Column("address", sa.LargeBinary(), nullable=True))
    for name in ("not_before", "code_ends_at"):
        op.add_column(
            "sign_in_attempt", sa.Column(name, sa.DateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    for name in ("code_ends_at", "not_before", "address"):
        op.drop_column("sign_in_attempt", name)
