"""Finds and checks plugins and forces; one pluggy manager per force.

What a force does not list was never registered for it. The same list gates pages, jobs and
commands.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import pkgutil
import re
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import pluggy
import structlog
from flask import Flask, current_app
from pydantic import BaseModel

from core import hookspecs
from core.force import Force, ForceFileError, read_force
from core.plugin_settings import settings_of
from core.scope import current_force_id
from core.settings import Settings

log = structlog.get_logger()
PLUGIN_GROUP = "trackmycrime.plugins"
FORCE_GROUP = "trackmycrime.forces"


class PluginError(Exception):
    """A plugin is not what it must be; the text names it, the fault and what would be right."""


class UnknownForce(LookupError):
    """No such force, or it is not served here."""


@dataclass(frozen=True)
class InstalledForce:
    """A force with the plugins it lists and its own pluggy manager."""

    force: Force
    folder: Path
    manager: pluggy.PluginManager
    settings: Mapping[str, BaseModel | None]

    @cached_property
    def hook(self) -> pluggy.HookRelay:
        """Strict calls: what fails stops the work."""
        return self.manager.hook

    def one_by_one(self, name: str, **arguments: Any) -> Iterator[Any]:
        """Ask each plugin by itself; one that fails or answers another shape is left out."""
        for implementation in reversed(getattr(self.manager.hook, name).get_hookimpls()):
            given = {key: arguments[key] for key in implementation.argnames}
            try:
                answer = implementation.function(**given)
                shape = {"case_panels": hookspecs.Panel, "case_actions": hookspecs.Action}[name]
                if answer is not None and not all(isinstance(part, shape) for part in answer):
                    raise TypeError(f"{name} answers a list of {shape.__name__}")
                yield from answer or ()
            except Exception as failure:  # noqa: BLE001
                log.error("plugin_left_out", plugin=implementation.plugin_name, hook=name,
                          error=type(failure).__name__, force=self.force.id)


class PluginHost:
    """All plugins and forces of this installation. Lives on the app, as ``app.extensions``."""

    def __init__(self, forces_dir: Path | None = None) -> None:
        self.plugins = find_plugins()
        self.files = find_forces(forces_dir)
        self.faulty: dict[str, ForceFileError] = {}
        self.installed: dict[str, InstalledForce] = {}
        for force_id, folder in self.files.items():
            try:
                self.installed[force_id] = self._install(read_force(folder / "force.toml"), folder)
            except ForceFileError as error:
                self.faulty[force_id] = error

    def refuse_broken_live(self) -> None:
        """A faulty draft never stops the start; a faulty live force does. Raises ForceFileError."""
        for force_id, error in self.faulty.items():
            log.error("force_left_out", force=force_id, problems=[str(p) for p in error.problems])
            if _status_in(self.files[force_id] / "force.toml") != "draft":
                raise error

    def active(self, settings: Settings) -> dict[str, ModuleType]:
        """The plugins that a force served here lists. Raises PluginError for a demo-only one
        outside demo."""
        names = {name for f in served(self, settings) for name in self.installed[f].force.plugins}
        found = {name: self.plugins[name] for name in sorted(names)}
        for name, module in found.items():
            if getattr(module, "DEMO_ONLY", False) and not settings.demo:
                raise PluginError(f"plugin {name} is for demo only, and TMC_MODE is production: "
                                  f"take [plugins.{name}] out of the force's force.toml")
        return found

    def get(self, force_id: str) -> InstalledForce:
        """Raises :class:`UnknownForce` naming the forces there are."""
        try:
            return self.installed[force_id]
        except KeyError:
            known = ", ".join(sorted(self.installed)) or "none"
            raise UnknownForce(f"{force_id}: no such force here; there are: {known}") from None

    def _install(self, force: Force, folder: Path) -> InstalledForce:
        settings = settings_of(force, folder, self.plugins)
        manager = pluggy.PluginManager(hookspecs.PROJECT)
        manager.add_hookspecs(hookspecs)
        from core import defaults
        manager.register(defaults, "core")
        for name in force.plugins:
            manager.register(self.plugins[name], name)
        own = _force_hooks(force.id, folder)
        if own:
            manager.register(own, f"force:{force.id}")
        _check(manager)
        if os.environ.get("TMC_TRACE_HOOKS"):
            _trace(manager, force.id)
        return InstalledForce(force, folder, manager, MappingProxyType(settings))


def _check(manager: pluggy.PluginManager) -> None:
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(f"{error}: there is no such hook; see core/hookspecs.py") from None


def _trace(manager: pluggy.PluginManager, force_id: str) -> None:
    started: list[float] = []

    def before(name: str, impls: Any, kwargs: Any) -> None:
        started.append(time.perf_counter())

    def after(outcome: Any, name: str, impls: Any, kwargs: Any) -> None:
        spent = (time.perf_counter() - started.pop()) * 1e6
        print(f"hook {force_id} {name}: {len(impls)} plugins, {spent:.0f} µs", file=sys.stderr)

    manager.add_hookcall_monitoring(before, after)


def find_plugins() -> dict[str, ModuleType]:
    """Name -> module, from the folder ``plugins`` and the entry points of installed packages."""
    import plugins

    found = {
        info.name: importlib.import_module(f"plugins.{info.name}")
        for info in pkgutil.iter_modules(plugins.__path__) if info.ispkg
    }
    for entry in entry_points(group=PLUGIN_GROUP):
        if entry.name in found:
            raise PluginError(
                f"plugin {entry.name} is there twice: in plugins/ and as {entry.value}"
            )
        found[entry.name] = entry.load()
    for name, module in found.items():
        _check_identity(name, module)
    return found


def _check_identity(name: str, module: ModuleType) -> None:
    for attribute in ("NAME", "VERSION", "SETTINGS"):
        if not hasattr(module, attribute):
            raise PluginError(f"plugin {name} lacks {attribute} in its __init__.py")
    if name != module.NAME:
        raise PluginError(f"plugin {name} calls itself {module.NAME}: both must be the same")
    if module.SETTINGS is not None and not issubclass(module.SETTINGS, BaseModel):
        raise PluginError(f"plugin {name}: SETTINGS must be a pydantic model or None")


def find_forces(forces_dir: Path | None) -> dict[str, Path]:
    """Force id -> folder with its force.toml; ``forces/``, installed packages, TMC_FORCES_DIR."""
    import forces

    roots = [Path(p) for p in forces.__path__]
    found: dict[str, Path] = {}
    for entry in entry_points(group=FORCE_GROUP):
        spec = importlib.util.find_spec(entry.value)
        if spec and spec.origin:
            found[entry.name] = Path(spec.origin).parent
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


def served(host: PluginHost, settings: Settings) -> frozenset[str]:
    """Ids of the forces that answer here: drafts only in demo."""
    statuses = ("live", "draft", "ready") if settings.demo else ("live",)
    return frozenset(f for f, i in host.installed.items() if i.force.status in statuses)


def _status_in(file: Path) -> str | None:
    found = re.search(r'^status\s*=\s*"(\w+)"', file.read_text(errors="replace"), re.MULTILINE)
    return found[1] if found else None


def _force_hooks(force_id: str, folder: Path) -> ModuleType | None:
    path = folder / "hooks.py"
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location(f"tmc_force_{force_id.replace('-', '_')}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def host(app: Flask | None = None) -> PluginHost:
    """The app's plugin host."""
    found: PluginHost = (app or current_app).extensions["tmc_host"]
    return found


def installed() -> InstalledForce:
    """The force in scope, with its plugins. Raises NoForceInScope."""
    return host().get(current_force_id())


def the_force() -> Force:
    """The configuration of the force in scope."""
    return installed().force


def plugin_settings(name: str) -> Any:
    """The settings that the force in scope gave the plugin *name* (its SETTINGS model)."""
    return installed().settings[name]
