"""What a plugin must be before the portal starts with it; each fault is one line that names it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, TypeVar, get_args

import pluggy
from pydantic import BaseModel

from core import hookspecs
from core.base.failures import describe_failure
from core.base.languages import installed as installed_languages
from core.force.vocabulary import STAGES, Nation
from core.hookspecs import Channel
from core.storage.row_guard import Base, ForceOwned

Loaded = TypeVar("Loaded")
# The core's own names: of its hook answers, its pages, its tables' owner, its template folders.
TAKEN = frozenset({"core", "pages", "static", "frame", "letters", "words", "force", "schema"})
HOOKS = frozenset(
    name for name, member in vars(hookspecs).items()
    if hasattr(member, f"{hookspecs.PROJECT}_spec")
)


class PluginError(Exception):
    """A plugin is not what it must be; the text names it, the fault and what would be right."""


def guarded(what: str, work: Callable[[], Loaded]) -> Loaded:
    """Do *work* of a plugin at start; whatever it raises becomes a :class:`PluginError`."""
    try:
        return work()
    except (KeyboardInterrupt, PluginError):
        raise
    except BaseException as failure:
        raise PluginError(f"{what}: {describe_failure(failure)}") from failure


def check_identity(name: str, module: Any) -> None:
    """Raises :class:`PluginError` unless *module* says who it is, as docs/writing-a-plugin.md has it."""
    for attribute in ("NAME", "VERSION", "SETTINGS"):
        if not hasattr(module, attribute):
            raise PluginError(f"plugin {name} lacks {attribute} in its __init__.py")
    if name != module.NAME:
        raise PluginError(f"plugin {name} calls itself {module.NAME}: both must be the same")
    if name in TAKEN or not name.isidentifier() or name != name.lower():
        raise PluginError(f"plugin {name}: this name is the core's own or has other signs than "
                          "small letters, digits and underscores: choose another")
    model = module.SETTINGS
    if model is not None and not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise PluginError(f"plugin {name}: SETTINGS must be a pydantic model or None")
    _check_always_on(name, module)
    check_declarations(name, module)


def check_declarations(name: str, module: ModuleType) -> None:
    """What a plugin, or a force's ``hooks.py``, says of itself has its shape, and each of its hooks is one.

    Raises :class:`PluginError`.
    """
    _check_declared(name, module)
    _check_nation(name, module)
    _check_channels(name, module)
    for hook in HOOKS & vars(module).keys():
        member = vars(module)[hook]
        if isinstance(member, FunctionType) and not hasattr(member, f"{hookspecs.PROJECT}_impl"):
            raise PluginError(f"plugin {name}: {hook} has the name of a hook: "
                              "put @hookimpl on it, or call it something else")


def _check_declared(name: str, module: Any) -> None:
    """What the plugin says that it provides, and needs of others, is shaped as it must be."""
    provides, needs = getattr(module, "PROVIDES", ()), getattr(module, "NEEDS", {})
    if not isinstance(provides, (tuple, list, set, frozenset)) or not all(map(_is_name, provides)):
        raise PluginError(f"plugin {name}: PROVIDES is a tuple of names of capabilities, in small letters "
                          'and underscores, like ("letters",)')
    if not isinstance(needs, Mapping) or not all(
        _is_name(one) and isinstance(missed, str) and missed.strip() for one, missed in needs.items()
    ):
        raise PluginError(f"plugin {name}: NEEDS says of each capability what people miss without it, like "
                          '{"letters": "codes to sign in reach nobody"}')


def _check_nation(name: str, module: Any) -> None:
    """What the plugin says of a nation's law is shaped as ``tell_entry`` has it."""
    nations, schemes = getattr(module, "NATIONS", ()), getattr(module, "SCHEMES", {})
    known = get_args(Nation)
    if not isinstance(nations, (tuple, list, set, frozenset)) or not set(nations) <= set(known):
        raise PluginError(f"plugin {name}: NATIONS is a set of nations as force.toml names them: "
                          f"{', '.join(known)}")
    if nations and not hasattr(vars(module).get("tell_entry"), f"{hookspecs.PROJECT}_impl"):
        raise PluginError(f"plugin {name}: it has NATIONS and no hook tell_entry, so it tells them nothing")
    if not isinstance(schemes, Mapping) or not all(
        _is_name(scheme) and isinstance(codes, Mapping) and codes
        and all(key == getattr(code, "id", None) and getattr(code, "stage", None) in STAGES
                for key, code in codes.items())
        for scheme, codes in schemes.items()
    ):
        raise PluginError(f"plugin {name}: SCHEMES has for the name of each scheme its codes by their id, "
                          "each with an id and a stage")
    languages = getattr(module, "LANGUAGES", {})
    if not isinstance(languages, Mapping) or not set(languages) <= set(nations) or not all(
        isinstance(codes, (tuple, list)) and set(codes) <= set(installed_languages())
        for codes in languages.values()
    ):
        raise PluginError(f"plugin {name}: LANGUAGES has for some of its NATIONS a tuple of languages, of "
                          f"{', '.join(installed_languages())}")
    kinds, edition = getattr(module, "RELEASE_KINDS", ()), getattr(module, "EDITION", "1")
    if not isinstance(kinds, (tuple, list)) or not all(map(_is_name, kinds)):
        raise PluginError(f"plugin {name}: RELEASE_KINDS is a tuple of names, in small letters and "
                          "underscores")
    if not isinstance(edition, str) or not edition.strip():
        raise PluginError(f"plugin {name}: EDITION is a text, like \"2021\"")


def _check_always_on(name: str, module: Any) -> None:
    """What no force can leave out has nothing that a force could give or refuse it."""
    always = getattr(module, "ALWAYS_ON", False)
    if not isinstance(always, bool):
        raise PluginError(f"plugin {name}: ALWAYS_ON is True, or is not there")
    if always and module.SETTINGS is not None:
        raise PluginError(f"plugin {name}: ALWAYS_ON: no force lists it, so none can give it settings: "
                          "SETTINGS = None")
    if always and getattr(module, "DEMO_ONLY", False):
        raise PluginError(f"plugin {name}: ALWAYS_ON and DEMO_ONLY: it cannot be both")


def _check_channels(name: str, module: Any) -> None:
    """Who delivers says by which channels: they are asked for before there is anything to deliver."""
    channels = getattr(module, "CHANNELS", ())
    if not isinstance(channels, (tuple, list, set, frozenset)) or not all(
        isinstance(one, Channel) for one in channels
    ):
        raise PluginError(f"plugin {name}: CHANNELS is a tuple of channels, like (Channel.EMAIL,)")
    delivers = hasattr(getattr(module, "deliver", None), f"{hookspecs.PROJECT}_impl")
    if delivers != bool(channels):
        raise PluginError(f"plugin {name}: the hook deliver and CHANNELS go together: "
                          "by which channels does it deliver?")


def _is_name(given: Any) -> bool:
    return isinstance(given, str) and given.isidentifier() and given == given.lower()


def check_tables(plugins: Mapping[str, ModuleType]) -> None:
    """Every table of a plugin is force-owned, carries the plugin's name and has migrations."""
    for mapper in Base.registry.mappers:
        model = mapper.class_
        owner = next((n for n, m in plugins.items() if _inside(model.__module__, m)), None)
        if owner is None:
            continue
        table = str(mapper.local_table.name)  # type: ignore[attr-defined]
        if not issubclass(model, ForceOwned):
            raise PluginError(f"plugin {owner}: the table {table} belongs to no force: "
                              f"class {model.__name__}(ForceOwned, Base)")
        if not table.startswith(f"{owner}_"):
            raise PluginError(f"plugin {owner}: its table is called {table}: "
                              f"it must begin with {owner}_")
        if not (Path(str(plugins[owner].__file__)).parent / "migrations").is_dir():
            folder = Path(str(plugins[owner].__file__)).parent / "migrations"
            raise PluginError(f"plugin {owner} has tables and no folder migrations: make {folder}, then "
                              f"`trackmycrime schema draft {owner}` writes the first step into it")
    loose = set(Base.metadata.tables) - {
        m.local_table.name for m in Base.registry.mappers  # type: ignore[attr-defined]
    }
    for table in sorted(loose):
        owner = next((n for n in plugins if table.startswith(f"{n}_")), "of an unknown name")
        raise PluginError(f"plugin {owner}: the table {table} belongs to no force: "
                          "declare it as a class of (ForceOwned, Base)")


def check_mergers(plugins: Collection[str]) -> None:
    """When forces merge, no row of a plugin may be left with a key to a row that is gone."""
    models = {str(m.local_table.name): m.class_ for m in Base.registry.mappers}  # type: ignore[attr-defined]
    how = {table: getattr(model, "__at_merger__", None) for table, model in models.items()}
    for table, does in how.items():
        owner = next((name for name in plugins if table.startswith(f"{name}_")), "core")
        if does not in ("move", "stay", "end"):
            raise PluginError(f"plugin {owner}: the table {table}: __at_merger__ is move, stay or end, "
                              f"not {does}")
        for key in Base.metadata.tables[table].foreign_keys:
            other = key.column.table.name
            if does != "end" and how[other] != does:
                raise PluginError(f"plugin {owner}: the table {table} points at {other}, whose rows "
                                  f"{how[other]} when forces merge: its own must too (__at_merger__)")


def _inside(module: str, package: ModuleType) -> bool:
    return module == package.__name__ or module.startswith(f"{package.__name__}.")


def register(manager: pluggy.PluginManager, module: Any, name: str) -> None:
    """Register for one force. Raises :class:`PluginError` for hooks that are not as declared."""
    try:
        manager.register(module, name)
    except (ValueError, pluggy.PluginValidationError) as error:
        told = str(error).splitlines()
        raise PluginError(f"plugin {name}: {told[1] if len(told) > 1 else told[0]}") from None


def check_hooks(manager: pluggy.PluginManager) -> None:
    """No hook that is not there, and none that wraps others."""
    for name, module in manager.list_name_plugin():
        _check_channels(name, module)
        for caller in manager.get_hookcallers(module) or () if module else ():
            implementation = next(i for i in caller.get_hookimpls() if i.plugin is module)
            if not caller.has_spec():
                raise PluginError(f"plugin {name}: there is no hook {caller.name}; "
                                  "docs/hooks.md lists those there are")
            if implementation.hookwrapper or implementation.wrapper:
                raise PluginError(f"plugin {name}: {caller.name} wraps the answers of others: "
                                  "a hook answers for itself only")


def at_start(name: str, module: ModuleType, hook: str, *arguments: Any) -> Any:
    """Ask a plugin a hook of the start (routes, commands, jobs); None when it has none."""
    function = vars(module).get(hook)
    if not hasattr(function, f"{hookspecs.PROJECT}_impl"):
        return None
    started = time.perf_counter()
    answer = guarded(f"plugin {name}: {hook}", lambda: function(*arguments))  # type: ignore[misc]
    if tracing():
        trace("start", hook, name, time.perf_counter() - started)
    return answer


def tracing() -> bool:
    """Whether TMC_TRACE_HOOKS is set."""
    return bool(os.environ.get("TMC_TRACE_HOOKS"))


def trace(force_id: str, hook: str, plugin: str, seconds: float) -> None:
    print(f"hook {force_id} {hook} {plugin}: {seconds * 1e6:.0f} µs", file=sys.stderr)
