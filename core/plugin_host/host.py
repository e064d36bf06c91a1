"""Finds and checks plugins and forces; one pluggy manager per force.

What a force does not list was never registered for it, unless it is always on. The same list gates
pages, jobs and commands.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import pluggy
import structlog
from flask import Flask
from pydantic import BaseModel

from core import hookspecs
from core.base.installation import installation
from core.base.scope import current_force_id
from core.base.settings import Settings
from core.force.fault import ForceFileError, Problem, nearest
from core.force.file.reading import read_force
from core.force.model import Force
from core.plugin_host.always_on import always_on, plugins_of
from core.plugin_host.calls import Asking
from core.plugin_host.checks import (
    PluginError,
    check_declarations,
    check_hooks,
    guarded,
    register,
)
from core.plugin_host.finding import find_forces, find_plugins, own_roots
from core.plugin_host.nations import Law, law_of
from core.plugin_host.promises import refuse_unkept
from core.plugin_host.settings import settings_of

log = structlog.get_logger()


class UnknownForce(LookupError):
    """No such force, or it is not served here."""


@dataclass(frozen=True)
class InstalledForce:
    """A force with the plugins it has and its own pluggy manager.

    *always_on* are those that no force can leave out.
    """

    force: Force
    folder: Path
    manager: pluggy.PluginManager
    settings: Mapping[str, BaseModel | None]
    always_on: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        return self.folder / "force.toml"

    def has(self, plugin: str) -> bool:
        """Whether the force lists *plugin*, or it is always on."""
        return plugin in self.force.plugins or plugin in self.always_on

    def provides(self, capability: str) -> bool:
        """Whether one of its plugins says in ``PROVIDES`` that it has this."""
        return any(capability in getattr(plugin, "PROVIDES", ()) for plugin in self.manager.get_plugins())

    @cached_property
    def hook(self) -> Asking:
        """Strict calls: what fails stops the work."""
        return Asking(self.manager, self.force.id)

    @cached_property
    def law(self) -> Law:
        """The law of its nation, as its plugins and its own ``hooks.py`` tell it."""
        return law_of(self.force, (one for _, one in self.manager.list_name_plugin()))

    def one_by_one(
        self, name: str, check: Callable[[Any], object] | None = None, **arguments: Any
    ) -> Iterator[Any]:
        """Ask each plugin by itself; one that fails, or answers another shape, is left out."""
        return self.hook.one_by_one(name, check, **arguments)


class Manager(pluggy.PluginManager):
    """Looks at each part of a plugin once, however many forces list the plugin: *seen* is theirs together."""

    def __init__(self, seen: dict[tuple[ModuleType, str], Any]) -> None:
        super().__init__(hookspecs.PROJECT)
        self._seen = seen

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
        if not isinstance(plugin, ModuleType):
            return super().parse_hookimpl_opts(plugin, name)
        part = plugin, name
        if part not in self._seen:
            self._seen[part] = super().parse_hookimpl_opts(plugin, name)
        return self._seen[part]


class PluginHost:
    """All plugins and forces of this installation. Part of the app's :class:`Installation`.

    With *only*, the other forces are not looked at.
    """

    def __init__(self, forces_dir: Path | None = None, *, only: str | None = None) -> None:
        self.only = only
        self.plugins = find_plugins()
        found = find_forces(forces_dir)
        self.files = {f: folder for f, folder in found.items() if only in (None, f)}
        self.faulty: dict[str, ForceFileError] = {}
        self._seen: dict[tuple[ModuleType, str], Any] = {}
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

    def refuse_unready(self, settings: Settings) -> None:
        """A live force needs a plugin for each thing that the portal promises; a demo is for trying out.

        Raises :class:`ForceFileError`.
        """
        for force_id in served(self, settings) if not settings.demo else ():
            installed = self.installed[force_id]
            refuse_unkept(installed.force, installed.file, self.plugins)

    def active(self, settings: Settings) -> dict[str, ModuleType]:
        """The plugins that a force served here lists, and those that are always on, with no force too.
        Raises PluginError for a demo-only one outside demo."""
        names = {name for f in served(self, settings) for name in self.installed[f].force.plugins}
        found = {name: self.plugins[name] for name in sorted(names | {*always_on(self.plugins)})}
        for name, module in found.items():
            if getattr(module, "DEMO_ONLY", False) and not settings.demo:
                raise PluginError(f"plugin {name} is for demo only, and TMC_MODE is production: "
                                  f"take [plugins.{name}] out of the force's force.toml")
        return found

    def served(self, settings: Settings) -> frozenset[str]:
        """Ids of the forces that answer here: those that are live, and in demo some that are not."""
        return frozenset(
            f for f, installed in self.installed.items()
            if installed.force.status == "live" or (settings.demo and self.tried_out(f))
        )

    def tried_out(self, force_id: str) -> bool:
        """Whether a demo serves this force though it is not live: it has sample people (a plugin
        that is for demo only), or who runs the demo brought it or asked for it alone."""
        installed = self.installed[force_id]
        brought = bool(self.only) or installed.folder.parent not in own_roots()
        sample = any(getattr(self.plugins[p], "DEMO_ONLY", False) for p in installed.force.plugins)
        return installed.force.status in ("draft", "ready") and (sample or brought)

    def get(self, force_id: str) -> InstalledForce:
        """Raises :class:`UnknownForce` naming the forces there are."""
        try:
            return self.installed[force_id]
        except KeyError:
            raise UnknownForce(unknown(force_id, self.installed)) from None

    def put_on(self, name: str, force: Force) -> None:
        """Let *force* have the plugin *name* beside those that its file lists, and serve it as given here,
        which may be more than its file says. Before pages are made of it.

        Raises :class:`PluginError` for a plugin that does not say that it puts itself on.
        """
        if not getattr(self.plugins[name], "PUTS_ITSELF_ON", False):
            raise PluginError(f"plugin {name} does not put itself on: a force lists it in its force.toml")
        found = self.get(force.id)
        register(found.manager, self.plugins[name], name)
        settings = MappingProxyType({**found.settings, name: None})
        self.installed[force.id] = replace(found, force=force, settings=settings)

    def _install(self, force: Force, folder: Path) -> InstalledForce:
        settings = settings_of(force, folder, self.plugins)
        manager = Manager(self._seen)
        manager.add_hookspecs(hookspecs)
        from core.plugin_host import defaults
        register(manager, defaults, "core")
        for name in plugins_of(force, self.plugins):
            register(manager, self.plugins[name], name)
        check_hooks(manager)
        _add_force_hooks(manager, force.id, folder)
        return InstalledForce(
            force, folder, manager, MappingProxyType(settings), always_on(self.plugins))


def unknown(force_id: str, known: Collection[str]) -> str:
    """What to say of a force that is not there: the one that was meant, and all there are."""
    like = nearest(force_id, known)
    meant = f"did you mean {like}? There are: " if like else "there are: "
    return f"{force_id or 'a blank'}: no such force here; {meant}{', '.join(sorted(known)) or 'none'}"


def served(host: PluginHost, settings: Settings) -> frozenset[str]:
    """Ids of the forces that answer here: those that are live, and in demo some that are not."""
    return host.served(settings)


def _status_in(file: Path) -> str | None:
    try:
        text = file.read_text(errors="replace")
    except OSError:  # told by read_force
        return None
    # Not by tomllib: the file is at fault, and perhaps no TOML at all.
    found = re.search(r"""^status\s*=\s*["'](\w+)["']""", text, re.MULTILINE)
    return found[1] if found else None


def _add_force_hooks(manager: pluggy.PluginManager, force_id: str, folder: Path) -> None:
    """The force's own ``hooks.py``, last, so that it is asked first.

    A fault in it is one of the force's files: it leaves out, or stops, this force.
    """
    path = folder / "hooks.py"
    if not path.is_file():
        return
    name = f"tmc_force_{force_id.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    try:
        guarded("it cannot be loaded", partial(spec.loader.exec_module, module))
        check_declarations(f"force:{force_id}", module)
        register(manager, module, f"force:{force_id}")
        check_hooks(manager)
    except PluginError as error:
        right = "hooks as docs/hooks.md describes them"
        raise ForceFileError([Problem(str(path), "", None, str(error), right)]) from error


def host(app: Flask | None = None) -> PluginHost:
    """The app's plugin host."""
    found = installation(app).host
    assert isinstance(found, PluginHost)
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
