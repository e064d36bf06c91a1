"""An officer's unit is sealed, and found again by a keyed hash of it as it is compared."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from core.storage.migrations.sealing import Sealer, all_forces, rewrite

revision = "core_0013"
down_revision = "core_0012"
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
    op.execute("DROP TRIGGER unit_key ON staff")
    op.execute("DROP FUNCTION staff_unit_key()")
    op.drop_column("staff", "unit_key")  # and its index with it
    op.add_column("staff", sa.Column("unit_key", sa.LargeBinary(), nullable=True))
    op.add_column("staff", sa.Column("unit_sealed", sa.LargeBinary(), nullable=True))
    with all_forces("staff"):
        rewrite("staff", ("unit",), _sealed)
    op.drop_column("staff", "unit")


def _sealed(sealer: Sealer, row: Any) -> dict[str, Any]:
    compared = (row.unit or "").strip().lower()
    return {"unit_sealed": sealer.seal("staff", "unit", row.id, row.unit),
            "unit_key": sealer.lookup(compared) if compared else None}


def downgrade() -> None:
    """The columns of old, empty: what is sealed does not become legible again."""
    op.drop_column("staff", "unit_key")
    op.drop_column("staff", "unit_sealed")
    op.add_column("staff", sa.Column("unit", sa.Text(), nullable=True))
    op.add_column("staff", sa.Column("unit_key", sa.Text(), nullable=True))
    op.execute(KEEP)
    op.execute("CREATE TRIGGER unit_key BEFORE INSERT OR UPDATE OF unit ON staff "
               "FOR EACH ROW EXECUTE FUNCTION staff_unit_key()")
