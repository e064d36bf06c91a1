"""When a person's message was answered, or needed no answer: that it was read says neither."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.sealing import all_forces

revision = "core_0014"
down_revision = "core_0013"
branch_labels = None
depends_on = None

# What somebody of the force wrote after it: to the person, or as an update on the case.
ANSWERED = """
UPDATE message AS asked SET answered_at = (
    SELECT min(at) FROM (
        SELECT sent_at AS at FROM message AS said
        WHERE said.force = asked.force AND said.case_id = asked.case_id
            AND said.person_id = asked.person_id AND NOT said.from_person
        UNION ALL
        SELECT happened_at FROM entry
        WHERE entry.force = asked.force AND entry.case_id = asked.case_id AND entry.staff_id IS NOT NULL
    ) AS answers WHERE at >= asked.sent_at
) WHERE from_person
"""


def upgrade() -> None:
    op.add_column("message", sa.Column("answered_at", sa.DateTime(timezone=True)))
    with all_forces("message", "entry"):
        op.execute(ANSWERED)
    op.execute("DROP INDEX IF EXISTS message_waiting")


def downgrade() -> None:
    op.execute("DROP INDEX IF EXISTS message_to_do")
    op.drop_column("message", "answered_at")
