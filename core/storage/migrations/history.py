"""A database whose steps are not steps of this version is refused, by its start and by every command.

Its tables may look alike and mean something else, so nothing is read from it and no step is tried.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from core.base.settings import Settings


class SchemaProblem(Exception):
    """The tables are not as this version needs them; the text says what to run."""


class Owner(Protocol):
    """Whose steps: :class:`core.storage.schema.Owner`."""

    @property
    def version_table(self) -> str: ...

    def steps(self) -> Collection[str]: ...


def taken_step(connection: sa.Connection, owner: Owner) -> str | None:
    """The last step of this owner that the database has; None before the first."""
    if not sa.inspect(connection).has_table(owner.version_table):
        return None
    table = sa.table(owner.version_table, sa.column("version_num", sa.Text))
    return connection.scalar(sa.select(table.c.version_num))


def _taken_steps(connection: sa.Connection, tables: Iterable[str]) -> Sequence[tuple[str, str]]:
    """(table, last step) of those that are there, all asked at once: every command begins with this."""
    here, step = {*sa.inspect(connection).get_table_names()}, sa.column("version_num", sa.Text)
    each = [sa.select(sa.literal(name), step).select_from(sa.table(name)) for name in tables if name in here]
    return connection.execute(sa.union_all(*each)).all() if each else ()


def refuse_other_steps(connection: sa.Connection, owners: Iterable[Owner], settings: Settings) -> None:
    """Raises :class:`SchemaProblem` for a database with steps that this version does not have: one
    that an earlier or a later version made."""
    known = {owner.version_table: owner.steps() for owner in owners}
    if others := sorted(step for table, step in _taken_steps(connection, known) if step not in known[table]):
        raise SchemaProblem(_refusal(others, connection.engine.url, _demo_data(settings, connection)))


def _demo_data(settings: Settings, connection: sa.Connection) -> Path | None:
    """The folder in which the demo keeps this database with its keys; None for any other database."""
    url, folder = connection.engine.url, settings.data_dir.resolve()
    return folder if settings.demo and not url.host and (folder / "postgres").is_dir() else None


def _refusal(steps: list[str], url: sa.URL, demo_data: Path | None) -> str:
    said = f"made by steps that this version does not have ({', '.join(steps)})"
    if demo_data is None:
        where = url.host or url.query.get("host") or "this machine"
        return (f"the database {url.database} on {where} was {said}, so nothing in it was changed: serve it "
                "with the version that made it, or name an empty database and run "
                "`trackmycrime schema upgrade`")
    aside = shlex.join(["mv", str(demo_data), f"{demo_data}.old"])
    return (f"{demo_data}: this demo was {said}, so nothing in it was changed: put it aside with "
            f"`{aside}`, and `make run` begins anew")
