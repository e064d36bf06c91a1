"""The tables of the core.

What stood before was rewritten into this first step while nothing was deployed. The numbers up to 16 are
not used again, so that a database made by those steps is known by what it wrote down.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.storage.migrations import protect

revision = "core_0017"
down_revision = None
branch_labels = None
depends_on = None

TEXT, MOMENT, BYTES, ID = sa.Text(), sa.DateTime(timezone=True), sa.LargeBinary(), sa.Uuid()
NUMBER, LARGE_NUMBER, YES_OR_NO, DAY = sa.Integer(), sa.BigInteger(), sa.Boolean(), sa.Date()
LIST, NOTES = postgresql.ARRAY(sa.Text()), postgresql.JSONB()
# Each after those that its foreign keys lead to.
TABLES = (
    "force_key", "force_file", "audit_entry", "audit_link", "audit_head", "record_event", "erased_case",
    "outgoing", "person", "staff", "crime_case", "access", "entry", "message", "portal_session", "notice",
)
APPEND_ONLY = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('tmc.audit_cut', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit is only added to: % of % is refused', TG_OP, TG_TABLE_NAME;
END $$
"""
# As the owner, and of the force in scope only: row-level security is forced on the owner too.
REMOVE = """
CREATE FUNCTION audit_remove_through(last bigint) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here text := current_setting('tmc.force');
    removed bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM audit_entry WHERE force = here AND action = 'audit_cut'
                   AND (fields->>'through')::bigint = last) THEN
        RAISE EXCEPTION 'no row of the audit says that it is cut through %', last;
    END IF;
    PERFORM set_config('tmc.audit_cut', 'on', true);
    DELETE FROM audit_entry e USING audit_link l
    WHERE e.force = here AND l.force = here AND l.id = e.id AND l.number <= last;
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM audit_link WHERE force = here AND number <= last;
    PERFORM set_config('tmc.audit_cut', 'off', true);
    RETURN removed;
END $$
"""


def upgrade() -> None:
    _keys()
    _audit()
    _record()
    _people()
    _case()
    _about_a_case()
    _visits()
    _notices()
    protect(*TABLES)
    _only_added_to("audit_entry", "audit_link")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION audit_remove_through(bigint)")
    op.execute("DROP FUNCTION audit_append_only()")


# --- what a table is made of ------------------------------------------------------------------


def _table(name: str, *parts: list[sa.Column[Any]] | sa.schema.SchemaItem) -> None:
    """The key begins with the id: PostgreSQL walks an index that begins with the force from end to end
    while it has no statistics."""
    items = [item for part in parts for item in (part if isinstance(part, list) else [part])]
    op.create_table(name, *_must(TEXT, "force"), *_must(ID, "id"), *items,
                    sa.PrimaryKeyConstraint("id", "force"))


def _must(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _may(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=True) for name in names]


def _sealed(*names: str) -> list[sa.Column[Any]]:
    return _may(BYTES, *(f"{name}_sealed" for name in names))


def _leads_to(table: str, column: str, name: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["force", column], [f"{table}.force", f"{table}.id"], name=name)


def _once(*columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, "force")


def _index(table: str, name: str, *columns: str, where: str | None = None, unique: bool = False) -> None:
    op.create_index(f"{table}_{name}", table, [*columns, "force"], unique=unique,
                    postgresql_where=where and sa.text(where))


# --- the tables -------------------------------------------------------------------------------


def _keys() -> None:
    _table("force_key", _must(TEXT, "purpose"), _must(BYTES, "key_id", "wrapped"),
           _must(MOMENT, "made_at", "starts_at"), _once("key_id"), _once("purpose", "starts_at"))
    _table("force_file", _must(TEXT, "digest"), _must(NOTES, "parts"), _must(MOMENT, "seen_at"))


def _audit() -> None:
    in_transaction = sa.text("(pg_current_xact_id()::text)::bigint")
    _table(
        "audit_entry",
        _must(MOMENT, "at"), _must(TEXT, "action", "actor"), _may(ID, "actor_id", "case_id"),
        _must(NOTES, "fields"), _must(BYTES, "mac"), _may(BYTES, "key_id"),
        sa.Column("written_in", LARGE_NUMBER, nullable=False, server_default=in_transaction),
    )
    _index("audit_entry", "case", "case_id", "at")
    _index("audit_entry", "new", "written_in")
    _index("audit_entry", "rare", "action", "at", where=(
        "action IN ('unusual_viewing', 'break_glass_found_nothing', 'code_withheld', 'audit_cut')"))
    _index("audit_entry", "seen_by_staff", "at", where="action = 'case_seen' AND actor = 'staff'")
    _table(
        "audit_link",
        _must(LARGE_NUMBER, "number"), _must(MOMENT, "at", "linked_at"), _must(TEXT, "action"),
        _must(BYTES, "mac", "previous", "link", "key_id"), _once("number"),
    )
    _table("audit_head", _must(LARGE_NUMBER, "number", "looked_through", "mailed"), _must(BYTES, "link"),
           _must(MOMENT, "at"))


def _only_added_to(*tables: str) -> None:
    op.execute(APPEND_ONLY)
    for table in tables:
        op.execute(f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
                   "FOR EACH ROW EXECUTE FUNCTION audit_append_only()")
        op.execute(f"CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table} "
                   "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()")
    op.execute(REMOVE)
    # PostgreSQL lets everybody run a new function; this one is granted to the serving role alone.
    op.execute("REVOKE ALL ON FUNCTION audit_remove_through(bigint) FROM PUBLIC")


def _record() -> None:
    _table(
        "record_event",
        _must(TEXT, "source", "type", "subject_key", "status"), _must(BYTES, "event_key", "digest"),
        _must(MOMENT, "happened_at", "received_at"), _sealed("body", "reason", "left_out"),
        _must(YES_OR_NO, "announce"),
        sa.CheckConstraint("status IN ('accepted', 'parked', 'conflict')", name="record_event_status"),
    )
    _index("record_event", "bodies", "received_at", where="status <> 'parked' AND body_sealed IS NOT NULL")
    _index("record_event", "left_out", "id", where="left_out_sealed IS NOT NULL")
    _index("record_event", "once", "event_key", "source", where="status <> 'conflict'", unique=True)
    _index("record_event", "parked", "received_at", where="status = 'parked'")
    _index("record_event", "subject", "subject_key")
    _index("record_event", "waiting", "status", "subject_key", where="status IN ('parked', 'conflict')")
    _table("erased_case", _must(BYTES, "reference_hash"), _must(MOMENT, "erased_at"), _once("reference_hash"))


def _people() -> None:
    _table(
        "person",
        _must(TEXT, "source", "record_id", "language"), _must(YES_OR_NO, "made_up"),
        _sealed("given", "family", "date_of_birth", "postcode", "email", "phone", "organisation",
                "safe_contact", "unusable", "chosen_contact", "replaced", "stamps"),
        _may(TEXT, "chosen_language", "locked_by"), _may(MOMENT, "locked_at"),
        _once("source", "record_id"),
    )
    _table(
        "staff",
        _must(TEXT, "record_id", "role"), _may(BYTES, "unit_key"), _may(DAY, "rest_days_until"),
        _sealed("name", "email", "collar_number", "unit", "stamps"), _once("record_id"),
        sa.CheckConstraint("role IN ('officer', 'supervisor', 'force_admin', 'national_admin')",
                           name="staff_role"),
    )
    _index("staff", "of_role", "role")
    _index("staff", "of_unit", "unit_key")


def _case() -> None:
    _table(
        "crime_case",
        _must(TEXT, "crime_reference", "reference_key", "crime_type", "district", "service_level", "stage"),
        _must(LIST, "flags"), _must(YES_OR_NO, "offered"), _must(TEXT, "offered_reason"),
        _must(MOMENT, "reported_at", "latest_at"), _may(TEXT, "reported_precision"),
        _may(MOMENT, "occurred_from", "occurred_to", "handed_over_at", "hand_over_seen_at"),
        _sealed("incident_reference", "home_office_code", "other_flags", "summary", "unusable", "stamps"),
        _may(ID, "staff_id", "handed_over_by"), _may(DAY, "next_update_by"),
        _leads_to("staff", "staff_id"),
        _leads_to("staff", "handed_over_by", "crime_case_handed_over_by_fkey"),
        _once("reference_key"),
    )
    _index("crime_case", "closed", "latest_at", where="stage = 'closed'")
    _index("crime_case", "handed_over_by", "handed_over_by", where="handed_over_by IS NOT NULL")
    _index("crime_case", "officer", "staff_id", "latest_at")
    _index("crime_case", "open", "latest_at", where="stage <> 'closed'")


def _about_a_case() -> None:
    _table(
        "access",
        _must(ID, "case_id", "person_id"), _must(TEXT, "role"), _must(YES_OR_NO, "removed"),
        _sealed("stamps"), _may(MOMENT, "shown_through"),
        _leads_to("crime_case", "case_id"), _leads_to("person", "person_id"), _once("case_id", "person_id"),
    )
    _index("access", "person", "person_id")
    _table(
        "entry",
        _must(ID, "case_id"), _may(ID, "record_event_id", "staff_id"), _must(TEXT, "kind"),
        _may(TEXT, "stage", "outcome", "scheme", "time_precision"), _must(MOMENT, "happened_at"),
        _sealed("stamp", "details"), _leads_to("crime_case", "case_id"),
        _leads_to("record_event", "record_event_id"), _leads_to("staff", "staff_id"),
    )
    _index("entry", "record_event", "record_event_id", where="record_event_id IS NOT NULL")
    _index("entry", "staff", "staff_id", where="staff_id IS NOT NULL")
    _index("entry", "timeline", "case_id", "happened_at")
    _table(
        "message",
        _must(ID, "case_id", "person_id"), _may(ID, "staff_id", "record_event_id", "in_reply_to"),
        _must(YES_OR_NO, "from_person"), _must(MOMENT, "sent_at"), _may(MOMENT, "read_at", "answered_at"),
        _may(TEXT, "form_key"), _sealed("text"), _leads_to("crime_case", "case_id"),
        _leads_to("person", "person_id"), _leads_to("staff", "staff_id"),
        _once("case_id", "person_id", "form_key"),
    )
    _index("message", "person", "person_id")
    _index("message", "staff", "staff_id", where="staff_id IS NOT NULL")
    _index("message", "thread", "case_id", "person_id", "sent_at")
    _index("message", "to_do", "case_id",
           where="from_person AND (read_at IS NULL OR answered_at IS NULL)")
    _index("message", "unread", "case_id", where="read_at IS NULL")


def _visits() -> None:
    _table(
        "portal_session",
        _must(BYTES, "token_hash"), _may(ID, "person_id", "staff_id"),
        _must(MOMENT, "made_at", "seen_at", "ends_at"), _may(MOMENT, "proved_at"), _may(TEXT, "device"),
        _must(NOTES, "notes"), _leads_to("person", "person_id"), _leads_to("staff", "staff_id"),
        _once("token_hash"),
    )
    _index("portal_session", "ends", "ends_at")
    _index("portal_session", "person", "person_id")
    _index("portal_session", "staff", "staff_id", where="staff_id IS NOT NULL")


def _notices() -> None:
    _table(
        "notice",
        _must(TEXT, "kind", "state"), sa.Column("channel", TEXT, nullable=False, server_default="email"),
        _may(ID, "case_id", "person_id", "staff_id"), _must(ID, "cause_id"), _sealed("extra"),
        _may(TEXT, "reason"), _must(NUMBER, "tries"), _may(LARGE_NUMBER, "claimed_by"),
        sa.Column("unsure", NUMBER, nullable=False, server_default="0"),
        _must(MOMENT, "made_at", "due_at"), _may(MOMENT, "sent_at"),
        sa.CheckConstraint("channel IN ('email', 'sms')", name="notice_channel"),
        sa.CheckConstraint("state IN ('due', 'perhaps_sent', 'sent', 'failed', 'withheld')",
                           name="notice_state"),
        _leads_to("crime_case", "case_id"), _leads_to("person", "person_id"), _leads_to("staff", "staff_id"),
    )
    _index("notice", "case", "case_id")
    _index("notice", "claimed", "claimed_by", where="claimed_by IS NOT NULL")
    _index("notice", "due", "state", "due_at")
    _index("notice", "ended", "due_at", where="state <> 'due'")
    _index("notice", "person", "person_id", where="person_id IS NOT NULL")
    _index("notice", "staff", "staff_id", where="staff_id IS NOT NULL")
    _table("outgoing", _must(TEXT, "database"), _must(LARGE_NUMBER, "head"),
           _may(MOMENT, "held_since", "codes_lost_at"))
