"""What people decide about their own access and contact, and when a session was proved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0006"
down_revision = "core_0005"
branch_labels = None
depends_on = None

COLUMNS = {
    "person": (
        ("chosen_contact_sealed", sa.LargeBinary()),
        ("replaced_sealed", sa.LargeBinary()),
        ("chosen_language", sa.Text()),
        ("locked_at", sa.DateTime(timezone=True)),
        ("locked_by", sa.Text()),
    ),
    "portal_session": (
        ("proved_at", sa.DateTime(timezone=True)),
        ("device", sa.Text()),
    ),
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_index("portal_session_person", "portal_session", ["person_id", "force"])


def downgrade() -> None:
    op.drop_index("portal_session_person", table_name="portal_session")
    for table, columns in COLUMNS.items():
        for name, _kind in columns:
            op.drop_column(table, name)
