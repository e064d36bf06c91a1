"""The next migration step of an owner of tables, drafted from its models: for authors."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.migration import MigrationContext
    from alembic.operations.ops import DowngradeOps, MigrateOperation, OpContainer, UpgradeOps

STEP = '''\
"""{about}"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
{imports}
revision = "{revision}"
down_revision = {before}
branch_labels = None
depends_on = None


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
'''
NUMBER = re.compile(r"_(\d{4})(?:_|$)")


def comparing(
    connection: sa.Connection, metadata: sa.MetaData, tables: Collection[str] | None
) -> MigrationContext:
    """What compares the database with *metadata*; *tables*: those that are looked at (None: all)."""
    from alembic.migration import MigrationContext

    def ours(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        if kind != "table":
            return True
        if str(name).startswith(("procrastinate_", "schema_version_")):
            return False
        return tables is None or name in tables

    return MigrationContext.configure(
        connection, opts={"include_object": ours, "target_metadata": metadata, "compare_type": True})


def draft(
    context: MigrationContext, metadata: sa.MetaData, owner: str, before: str | None, name: str | None
) -> tuple[str, str, list[str]] | None:
    """File name, text and what to look at, of the step after *before*; None where nothing differs.

    *context* compares a database that is at *before* with the tables of *owner*. *name*: what the step
    is about, in a word or two; made of the tables where it is None.
    """
    from alembic.autogenerate import produce_migrations

    script = produce_migrations(context, metadata)
    assert script.upgrade_ops is not None
    steps = list(_flat(script.upgrade_ops))
    if not steps:
        return None
    for step in steps:
        _ordered(step)
        _name(step)
    about = name or _about(owner, steps)
    words = re.sub(r"[^a-z0-9]+", "_", about.lower()).strip("_") or "changes"
    number = int(found[1]) + 1 if before and (found := NUMBER.search(before)) else 1 + bool(before)
    revision = f"{owner}_{number:04}_{words}"
    made = [step.table_name for step in steps if type(step).__name__ == "CreateTableOp"]
    body = [_code(script.upgrade_ops, context), *(f'protect("{table}")' for table in made)]
    upgrade, downgrade = "\n".join(body), _code(script.upgrade_ops.reverse(), context)
    imports = [f"from {module} import {what}" for module, what, used in (
        ("sqlalchemy.dialects", "postgresql", "postgresql." in upgrade + downgrade),
        ("core.storage.migrations", "protect", bool(made))) if used]
    imports.sort(key=lambda line: line.startswith("from core"))
    apart = "\n".join(("\n" if line.startswith("from core") else "") + line for line in imports)
    text = STEP.format(
        about=f"{about[:1].upper()}{about[1:]}.", imports=f"{apart}\n" if apart else "",
        revision=f"{owner}_{number:04}", before=f'"{before}"' if before else None,
        upgrade=textwrap.indent(upgrade, "    "), downgrade=textwrap.indent(downgrade, "    "),
    )
    return f"{revision}.py", text, list(_to_look_at(steps))


def write(folder: Path, name: str, text: str) -> Path:
    """The new file of a step in ``migrations/versions``. Raises OSError, also where it is there already."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("x", encoding="utf-8") as file:
        file.write(text)
    return folder / name


def _flat(container: OpContainer) -> Iterator[Any]:
    for step in container.ops:
        if hasattr(step, "ops"):
            yield from _flat(step)  # type: ignore[arg-type]
        else:
            yield step


def _ordered(step: Any) -> None:
    """The primary key of a new table begins with the id: every force has many rows, an id has one."""
    for place, part in enumerate(step.columns if type(step).__name__ == "CreateTableOp" else ()):
        if isinstance(part, sa.PrimaryKeyConstraint):
            names = sorted((column.name for column in part.columns), key=lambda name: name == "force")
            step.columns[place] = sa.PrimaryKeyConstraint(*names)


def _name(step: Any) -> None:
    """A key without a name gets the one that PostgreSQL would give it, so that it can be taken back."""
    kind = {"CreateUniqueConstraintOp": "key", "CreateForeignKeyOp": "fkey"}.get(type(step).__name__)
    if kind and step.constraint_name is None:
        columns = step.columns if kind == "key" else step.local_cols
        table = step.table_name if kind == "key" else step.source_table
        step.constraint_name = "_".join((table, *columns, kind))


def _code(container: UpgradeOps | DowngradeOps, context: MigrationContext) -> str:
    from alembic.autogenerate import render_python_code

    code = str(render_python_code(container, migration_context=context, render_item=_rendered))
    lines = [line for line in code.splitlines() if not line.lstrip().startswith("# ###")]
    return textwrap.dedent("\n".join(lines))


def _rendered(kind: str, item: Any, context: Any) -> str | Literal[False]:
    """A type of an author's own as what it is kept as: a step does not change when the type does."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def _about(owner: str, steps: list[MigrateOperation]) -> str:
    names = (getattr(step, "table_name", getattr(step, "source_table", "")) for step in steps)
    tables = {*map(str, names)} - {""}
    return " and ".join(sorted(name.removeprefix(f"{owner}_") for name in tables)[:3]) or "changes"


def _to_look_at(steps: list[Any]) -> Iterator[str]:
    for step in steps:
        kind = type(step).__name__
        if kind == "AddColumnOp" and not step.column.nullable and step.column.server_default is None:
            yield (f"{step.table_name}.{step.column.name} must be filled in: where rows are there already, "
                   "say with what (server_default=…), or let it be empty at first")
        if kind in ("DropColumnOp", "DropTableOp"):
            what = f"{step.table_name}.{step.column_name}" if kind == "DropColumnOp" else step.table_name
            yield f"what is in {what} is lost"
