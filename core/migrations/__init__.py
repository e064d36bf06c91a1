"""Schema steps of the core's tables, and what every owner's steps share."""

from __future__ import annotations

from alembic import op


def protect(*tables: str) -> None:
    """Row-level security, enabled and forced: a transaction sees the rows of its force only."""
    for table in tables:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(
            f'CREATE POLICY one_force ON "{table}" '
            "USING (force = current_setting('tmc.force', true)) "
            "WITH CHECK (force = current_setting('tmc.force', true))"
        )
