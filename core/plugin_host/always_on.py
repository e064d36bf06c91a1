"""Plugins that every force has (``ALWAYS_ON = True``): what no force may leave out, and lists nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from core.force.model import Force


def is_always_on(module: Any) -> bool:
    """Whether no force can leave this plugin (its module) out."""
    return bool(getattr(module, "ALWAYS_ON", False))


def always_on(plugins: Mapping[str, ModuleType]) -> tuple[str, ...]:
    """Names of those of *plugins* that no force can leave out, in order."""
    return tuple(sorted(name for name, module in plugins.items() if is_always_on(module)))


def plugins_of(force: Force, plugins: Mapping[str, ModuleType]) -> tuple[str, ...]:
    """Names of the plugins that *force* has, of those of this installation: the ones that are always on,
    then those that it lists, so that what a force chose is asked first."""
    common = always_on(plugins)
    return (*common, *(name for name in force.plugins if name not in common))
