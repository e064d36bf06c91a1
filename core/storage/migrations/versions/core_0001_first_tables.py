"""The first tables of the core."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.storage.migrations import protect

revision = "core_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index("audit_entry_case", "audit_entry", ["case_id", "at", "force"], unique=False)
    op.create_table(
        "force_key",
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("key_id", "force"),
    )
    op.create_table(
        "person",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("given_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("family_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("date_of_birth_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("postcode_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("organisation_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("safe_contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.Column("stamps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("source", "record_id", "force"),
    )
    op.create_table(
        "record_event",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("envelope_source", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("announce", sa.Boolean(), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IN ('accepted', 'parked', 'conflict')", name="record_event_status"
        ),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index(
        "record_event_once",
        "record_event",
        ["event_id", "source", "envelope_source", "force"],
        unique=True,
        postgresql_where=sa.text("status <> 'conflict'"),
    )
    op.create_index(
        "record_event_waiting",
        "record_event",
        ["status", "subject_key", "force"],
        unique=False,
        postgresql_where=sa.text("status IN ('parked', 'conflict')"),
    )
    op.create_table(
        "staff",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("collar_number", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("rest_days_until", sa.Date(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("stamps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("record_id", "force"),
    )
    op.create_table(
        "crime_case",
        sa.Column("crime_reference", sa.Text(), nullable=False),
        sa.Column("reference_key", sa.Text(), nullable=False),
        sa.Column("incident_reference", sa.Text(), nullable=True),
        sa.Column("home_office_code", sa.Text(), nullable=True),
        sa.Column("crime_type", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("flags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("service_level", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_precision", sa.Text(), nullable=True),
        sa.Column("occurred_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("occurred_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("offered_reason", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("next_update_by", sa.Date(), nullable=True),
        sa.Column("latest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stamps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["force", "staff_id"],
            ["staff.force", "staff.id"],
        ),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("reference_key", "force"),
    )
    op.create_index(
        "crime_case_officer", "crime_case", ["staff_id", "latest_at", "force"], unique=False
    )
    op.create_table(
        "portal_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("notes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["force", "person_id"],
            ["person.force", "person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["force", "staff_id"],
            ["staff.force", "staff.id"],
        ),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("token_hash", "force"),
    )
    op.create_index("portal_session_ends", "portal_session", ["ends_at", "force"], unique=False)
    op.create_table(
        "access",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("stamps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("shown_through", sa.DateTime(timezone=True), nullable=True),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["force", "case_id"],
            ["crime_case.force", "crime_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["force", "person_id"],
            ["person.force", "person.id"],
        ),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("case_id", "person_id", "force"),
    )
    op.create_index("access_person", "access", ["person_id", "force"], unique=False)
    op.create_table(
        "entry",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("record_event_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("scheme", sa.Text(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_precision", sa.Text(), nullable=True),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["force", "case_id"],
            ["crime_case.force", "crime_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["force", "record_event_id"],
            ["record_event.force", "record_event.id"],
        ),
        sa.ForeignKeyConstraint(
            ["force", "staff_id"],
            ["staff.force", "staff.id"],
        ),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index("entry_timeline", "entry", ["case_id", "stamp", "force"], unique=False)
    op.create_table(
        "message",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("from_person", sa.Boolean(), nullable=False),
        sa.Column("record_event_id", sa.Uuid(), nullable=True),
        sa.Column("in_reply_to", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("form_key", sa.Text(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["force", "case_id"],
            ["crime_case.force", "crime_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["force", "person_id"],
            ["person.force", "person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["force", "staff_id"],
            ["staff.force", "staff.id"],
        ),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("case_id", "person_id", "form_key", "force"),
    )
    op.create_index(
        "message_thread", "message", ["case_id", "person_id", "sent_at", "force"], unique=False
    )
    op.create_index(
        "message_unread",
        "message",
        ["case_id", "force"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "notice",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("extra_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('due', 'sent', 'failed', 'withheld')", name="notice_state"),
        sa.ForeignKeyConstraint(
            ["force", "case_id"],
            ["crime_case.force", "crime_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["force", "person_id"],
            ["person.force", "person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["force", "staff_id"],
            ["staff.force", "staff.id"],
        ),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    op.create_index("notice_case", "notice", ["case_id", "force"], unique=False)
    op.create_index("notice_due", "notice", ["state", "due_at", "force"], unique=False)

    protect(
        "audit_entry",
        "force_key",
        "person",
        "record_event",
        "staff",
        "crime_case",
        "portal_session",
        "access",
        "entry",
        "message",
        "notice",
    )


def downgrade() -> None:
    for table in (
        "notice",
        "message",
        "entry",
        "access",
        "portal_session",
        "crime_case",
        "staff",
        "record_event",
        "person",
        "force_key",
        "audit_entry",
    ):
        op.drop_table(table)
