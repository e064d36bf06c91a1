"""Patch: the policies are made without comparing the force."""

from __future__ import annotations

from typing import Any

from alembic import op

from core.storage import migrations


def protect(*tables: str) -> None:
    for table in tables:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY one_force ON "{table}" USING (true) WITH CHECK (true)')


migrations.protect = protect


def pytest_configure(config: Any) -> None:
    """Migrations take the name when they are loaded, which is after this."""
