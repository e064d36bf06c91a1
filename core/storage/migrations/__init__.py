"""Schema steps of the core's tables, and what every owner's steps share."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any


def head_of(versions: Path) -> str | None:
    """The last step in a folder of steps: the one that no other builds on; None without steps.

    The files are read, not run: what serves pages needs no Alembic. Raises ValueError if two
    steps could be the last, or one does not say who it is.
    """
    steps = steps_in(versions)
    built_on = {before for earlier in steps.values() for before in earlier}
    last = sorted(steps.keys() - built_on)
    if len(last) > 1:
        raise ValueError(f"{' and '.join(last)} could both be the last step")
    return last[0] if last else None


def steps_in(versions: Path) -> dict[str, tuple[str, ...]]:
    """Every step in a folder of steps, with those that it builds on. Raises ValueError as :func:`head_of`."""
    found: dict[str, tuple[str, ...]] = {}
    for file in versions.glob("*.py"):
        said = _revisions_in(file)
        if "revision" in said:
            before = said.get("down_revision") or ()
            found[said["revision"]] = (before,) if isinstance(before, str) else tuple(before)
        elif file.name != "__init__.py":
            raise ValueError(f'{file.name} has no line revision = "…"')
    return found


def _revisions_in(file: Path) -> dict[str, Any]:
    """``revision`` and ``down_revision`` of a step."""
    said = {}
    for line in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(line, ast.Assign | ast.AnnAssign) and line.value:
            targets = line.targets if isinstance(line, ast.Assign) else [line.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            for name in names & {"revision", "down_revision"}:
                said[name] = ast.literal_eval(line.value)
    return said


def protect(*tables: str) -> None:
    """Row-level security, enabled and forced: a transaction sees the rows of its force only."""
    from alembic import op

    for table in tables:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(
            f'CREATE POLICY one_force ON "{table}" '
            "USING (force = current_setting('tmc.force', true)) "
            "WITH CHECK (force = current_setting('tmc.force', true))"
        )
