"""The ``[plugins.<name>]`` tables of a force's file, checked by the plugins they are for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from pydantic import BaseModel, ValidationError

from core.fault import one_of
from core.force import Force, ForceFileError
from core.force_report import Report
from core.toml_lines import lines_of


def settings_of(
    force: Force, folder: Path, plugins: Mapping[str, ModuleType]
) -> dict[str, BaseModel | None]:
    """Plugin name -> its settings for *force*, None for a plugin that has none.

    *folder* holds the force.toml, or is a file of that kind; *plugins* are those of this
    installation. Raises :class:`ForceFileError` with every fault.
    """
    file = folder if folder.is_file() else folder / "force.toml"
    report = Report(str(file), lines_of(file.read_bytes().decode("utf-8-sig")))
    found: dict[str, BaseModel | None] = {}
    for name in force.plugins:
        if name not in plugins:
            report.add(("plugins", name), f"there is no plugin “{name}”", one_of(name, plugins))
            continue
        model, given = plugins[name].SETTINGS, dict(force.plugin_settings.get(name, {}))
        if model is None:
            found[name] = None
            for key in given:
                report.add(("plugins", name, key), "this plugin has no settings", "an empty table")
            continue
        try:
            found[name] = model(**given)
        except ValidationError as error:
            report.take_shape(error, model, ("plugins", name))
    if report.problems:
        raise ForceFileError(report.sorted())
    return found
