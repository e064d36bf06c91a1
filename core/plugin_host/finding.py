"""Which plugins and forces are installed: in this checkout, as packages, and where TMC_FORCES_DIR says."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from core.plugin_host.checks import (
    PluginError,
    check_identity,
    check_mergers,
    check_tables,
    guarded,
)
from core.plugin_host.loading import load
from core.plugin_host.row_checks import check_ends

PLUGIN_GROUP = "trackmycrime.plugins"
FORCE_GROUP = "trackmycrime.forces"


def find_plugins() -> dict[str, ModuleType]:
    """Name -> module, from the folder ``plugins`` and the entry points of installed packages.

    Raises :class:`PluginError` for one that cannot be loaded or is not what it must be.
    """
    import plugins

    found = {
        info.name: guarded(f"plugin {info.name} cannot be loaded",
                           partial(importlib.import_module, f"plugins.{info.name}"))
        for info in pkgutil.iter_modules(plugins.__path__) if info.ispkg
    }
    for entry in entry_points(group=PLUGIN_GROUP):
        if entry.name in found:
            raise PluginError(
                f"plugin {entry.name} is there twice: in plugins/ and as {entry.value}"
            )
        found[entry.name] = load(entry)
    for name, module in found.items():
        check_identity(name, module)
    check_tables(found)
    check_mergers(found)
    check_ends(found)
    return found


def own_roots() -> list[Path]:
    import forces

    return [Path(path) for path in forces.__path__]


def find_forces(forces_dir: Path | None) -> dict[str, Path]:
    """Force id -> folder with its force.toml; ``forces/``, installed packages, TMC_FORCES_DIR."""
    roots = own_roots()
    found: dict[str, Path] = {}
    for entry in entry_points(group=FORCE_GROUP):
        if entry.name in found:
            raise PluginError(f"force {entry.name} is there twice, the second time as {entry.value}")
        found[entry.name] = _package_of(entry.name, entry.value)
    if forces_dir is not None:
        if not forces_dir.is_dir():
            raise PluginError(f"TMC_FORCES_DIR: {forces_dir} is not a folder")
        roots.append(forces_dir)
    for root in roots:
        for file in sorted(root.glob("*/force.toml")):
            if file.parent.name in found:
                raise PluginError(
                    f"force {file.parent.name} is there twice: {found[file.parent.name]} and {file.parent}"
                )
            found[file.parent.name] = file.parent
    return dict(sorted(found.items()))


def _package_of(force_id: str, package: str) -> Path:
    """The folder of an installed force."""
    said = f"force {force_id}: the package {package} that brings it cannot be found"
    spec = guarded(said, partial(importlib.util.find_spec, package))
    if spec is None or spec.origin is None:
        raise PluginError(said)
    return Path(spec.origin).parent
