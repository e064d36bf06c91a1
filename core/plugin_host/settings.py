"""The ``[plugins.<name>]`` tables of a force's file, checked by the plugins they are for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Protocol, runtime_checkable

from pydantic import BaseModel, ValidationError

from core.base.failures import describe_failure
from core.force.fault import ForceFileError, one_of
from core.force.file.report import Report
from core.force.file.toml_lines import Place
from core.force.file.toml_text import read_text
from core.force.model import Force
from core.plugin_host.always_on import is_always_on, plugins_of
from core.plugin_host.checks import PluginError


@runtime_checkable
class JudgesItself(Protocol):
    """Settings that are right or wrong only beside the rest of the force's file."""

    def problems_with(self, force: Force) -> Iterable[tuple[Place, str, str]]:
        """Key within the plugin's table, what is wrong, what would be right; of each fault."""


def settings_of(
    force: Force, folder: Path, plugins: Mapping[str, ModuleType]
) -> dict[str, BaseModel | None]:
    """Plugin name -> its settings for *force*, None for a plugin that has none; also of those that are
    always on, which no file may list.

    *folder* holds the force.toml, or is a file of that kind; *plugins* are those of this
    installation. Raises :class:`ForceFileError` with every fault.
    """
    file = folder if folder.is_file() else folder / "force.toml"
    report = Report(str(file), lambda: read_text(file))
    found: dict[str, BaseModel | None] = {}
    for name in force.plugins:
        if name not in plugins:
            known = [one for one, module in plugins.items() if not is_always_on(module)]
            report.add(("plugins", name), f"there is no plugin “{name}”", one_of(name, known))
        elif is_always_on(plugins[name]):
            report.add(("plugins", name), f"the plugin {name} is always on: no force lists it",
                       "no such table")
    for name in plugins_of(force, plugins):
        if name not in plugins:
            continue
        model, given = plugins[name].SETTINGS, dict(force.plugin_settings.get(name, {}))
        if model is None:
            found[name] = None
            for key in given:
                report.add(("plugins", name, key), "this plugin has no settings", "an empty table")
            continue
        try:
            found[name] = made = model(**given)
        except ValidationError as error:
            report.take_shape(error, model, ("plugins", name))
        except Exception as failure:
            raise PluginError(f"plugin {name}: its SETTINGS: {describe_failure(failure)}") from failure
        else:
            _ask_the_plugin(name, made, force, report)
    if report.problems:
        raise ForceFileError(report.sorted())
    return found


def _ask_the_plugin(name: str, made: BaseModel, force: Force, report: Report) -> None:
    if not isinstance(made, JudgesItself):
        return
    try:
        for key, wrong, right in made.problems_with(force):
            report.add(("plugins", name, *key), wrong, right)
    except Exception as error:  # noqa: BLE001
        report.add(("plugins", name),
                   f"the plugin could not judge its settings: {type(error).__name__}: {error}",
                   "tell the plugin's author, or take the plugin out")
