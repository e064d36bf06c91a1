"""Who signs in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "staff_sign_in_0001"
down_revision = None
branch_labels = None
depends_on = None
TABLES = ("staff_sign_in_attempt", "staff_sign_in_secret", "staff_sign_in_setup", "staff_sign_in_identity",
          "staff_sign_in_visit")


def upgrade() -> None:
    op.create_table(
        "staff_sign_in_attempt",
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("nonce_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("verifier_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("back", sa.Text(), nullable=True),
        sa.Column("setup_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("browser_hash", "force"),
    )
    op.create_index("staff_sign_in_attempt_ends", "staff_sign_in_attempt", ["ends_at", "force"])
    op.create_table(
        "staff_sign_in_secret",
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_table(
        "staff_sign_in_setup",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index("staff_sign_in_setup_ends", "staff_sign_in_setup", ["ends_at", "force"])
    op.create_table(
        "staff_sign_in_identity",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("subject_key", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ended_by IN ('claims', 'admin')", name="staff_sign_in_ended_by"),
        sa.ForeignKeyConstraint(["force", "staff_id"], ["staff.force", "staff.id"]),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("subject_key", "issuer", "force"),
    )
    op.create_index("staff_sign_in_identity_staff", "staff_sign_in_identity", ["staff_id", "force"])
    op.create_table(
        "staff_sign_in_visit",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("sid_key", sa.LargeBinary(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["force", "staff_id"], ["staff.force", "staff.id"]),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index("staff_sign_in_visit_ends", "staff_sign_in_visit", ["ends_at", "force"])
    op.create_index("staff_sign_in_visit_sid", "staff_sign_in_visit", ["sid_key", "force"],
                    postgresql_where=sa.text("sid_key IS NOT NULL"))
    op.create_index("staff_sign_in_visit_staff", "staff_sign_in_visit", ["staff_id", "force"])
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
