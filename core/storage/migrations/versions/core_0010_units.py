"""An officer's unit as it is compared: PostgreSQL uses no index on lower() behind row-level security."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0010"
down_revision = "core_0009"
branch_labels = None
depends_on = None

KEEP = """
CREATE FUNCTION staff_unit_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.unit_key := lower(btrim(NEW.unit));
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.add_column("staff", sa.Column("unit_key", sa.Text(), nullable=True))
    op.execute(KEEP)
    op.execute("CREATE TRIGGER unit_key BEFORE INSERT OR UPDATE OF unit ON staff "
               "FOR EACH ROW EXECUTE FUNCTION staff_unit_key()")
    op.execute("ALTER TABLE staff NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE staff SET unit = unit WHERE unit IS NOT NULL")
    op.execute("ALTER TABLE staff FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.execute("DROP TRIGGER unit_key ON staff")
    op.execute("DROP FUNCTION staff_unit_key()")
    op.drop_column("staff", "unit_key")
