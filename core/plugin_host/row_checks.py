"""What every table says of the ends of its rows, looked at before the portal starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import sqlalchemy as sa

from core.force.parts import Retention
from core.hookspecs import PROJECT
from core.plugin_host.checks import PluginError
from core.storage.row_ends import Kept
from core.storage.row_guard import owned_models

OF_A_PERSON = frozenset({"case_id", "person_id"})  # as erasing finds rows where no key says so


def check_ends(plugins: Mapping[str, ModuleType]) -> None:
    """Raises :class:`PluginError` for a model that does not say until when its rows are kept, or says
    what cannot be."""
    named: dict[str, str] = {}
    owned = [(_owner(model, plugins), model) for model in owned_models()]
    for owner, model in sorted(owned, key=lambda it: it[0] in plugins):  # the core's names are taken first
        table = str(model.__tablename__)
        for wrong in _faults(model, plugins.get(owner)):
            raise PluginError(f"plugin {owner}: the table {table}: {wrong}")
        for one in model.__kept__ if isinstance(model.__kept__, tuple) else ():
            other = named.setdefault(one.name, table)
            if other != table:
                raise PluginError(f"plugin {owner}: the table {table}: {one.name} is a class of data of the "
                                  f"table {other}: Kept needs a name of its own")


def _owner(model: Any, plugins: Mapping[str, ModuleType]) -> str:
    """The plugin of a model, ``core`` without one."""
    table = str(model.__tablename__)
    return max((one for one in plugins if table.startswith(f"{one}_")), key=len, default="core")


def _faults(model: Any, plugin: ModuleType | None) -> Iterator[str]:
    kept = getattr(model, "__kept__", None)
    if kept == "with_case":
        if not _belongs_to_another(model.__table__):
            yield "__kept__ is with_case, and nothing leads from it to a case or person: with_force?"
    elif kept == "by_job":
        if plugin and not hasattr(vars(plugin).get("jobs"), f"{PROJECT}_impl"):
            yield "__kept__ is by_job, and its plugin has no jobs"
    elif isinstance(kept, tuple) and kept and all(isinstance(one, Kept) for one in kept):
        for one in kept:
            yield from _faults_of(one, model.__table__)
    elif kept != "with_force":
        yield ("__kept__ says until when its rows are kept: with_case, by_job, with_force, or (Kept(…), …); "
               "see docs/writing-a-plugin.md")


def _faults_of(kept: Kept, table: sa.Table) -> Iterator[str]:
    lacking = [name for name in (kept.since, *kept.emptied) if name not in table.c]
    if lacking:
        yield f"Kept {kept.name}: it has no column {lacking[0]}"
    if kept.days is None and kept.name not in Retention.model_fields:
        yield f"Kept {kept.name}: [retention] has no such key, so days = … says how long"


def _belongs_to_another(table: sa.Table) -> bool:
    """Whether a key leads from the table to another's rows, or from another's to it."""
    others = [one for one in table.metadata.tables.values() if one is not table]
    return bool(table.foreign_keys or OF_A_PERSON & {*table.c.keys()}) or any(
        key.column.table is table for one in others for key in one.foreign_keys)
