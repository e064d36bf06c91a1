"""The audit's chain: a table of links that nobody may change, as nobody may change the audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.migrations import protect

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None

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
    op.add_column("audit_entry", sa.Column("key_id", sa.LargeBinary(), nullable=True))
    op.add_column("audit_entry", sa.Column(
        "written_in", sa.BigInteger(), nullable=False,
        server_default=sa.text("(pg_current_xact_id()::text)::bigint")))
    op.create_index("audit_entry_new", "audit_entry", ["written_in", "force"])
    op.create_table(
        "audit_link",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
        sa.UniqueConstraint("number", "force"),
    )
    op.create_table(
        "audit_head",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_through", sa.BigInteger(), nullable=False),
        sa.Column("mailed", sa.BigInteger(), nullable=False),
        sa.Column("force", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "force"),
    )
    protect("audit_link", "audit_head")
    op.execute(APPEND_ONLY)
    for table in ("audit_entry", "audit_link"):
        op.execute(f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
                   "FOR EACH ROW EXECUTE FUNCTION audit_append_only()")
        op.execute(f"CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table} "
                   "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()")
    op.execute(REMOVE)
    op.execute("REVOKE ALL ON FUNCTION audit_remove_through(bigint) FROM PUBLIC")


def downgrade() -> None:
    op.execute("DROP FUNCTION audit_remove_through(bigint)")
    for table in ("audit_entry", "audit_link"):
        op.execute(f"DROP TRIGGER append_only ON {table}")
        op.execute(f"DROP TRIGGER not_emptied ON {table}")
    op.execute("DROP FUNCTION audit_append_only()")
    op.drop_table("audit_head")
    op.drop_table("audit_link")
    op.drop_index("audit_entry_new", table_name="audit_entry")
    op.drop_column("audit_entry", "written_in")
    op.drop_column("audit_entry", "key_id")
