"""Plugins and forces as they are installed, a force's settings of a plugin, background tasks and commands."""

from __future__ import annotations

from core.plugin_host import review
from core.plugin_host.always_on import is_always_on
from core.plugin_host.checks import PluginError
from core.plugin_host.commands import Problem, WrongCall, force_option, group, lacks
from core.plugin_host.finding import find_forces, find_plugins
from core.plugin_host.force_named import ForceFile, force_file
from core.plugin_host.host import UnknownForce, host, installed, plugin_settings, served, the_force
from core.plugin_host.jobs import defer, defer_many
from core.plugin_host.nations import languages_of

__all__ = [
    "ForceFile",
    "PluginError",
    "Problem",
    "UnknownForce",
    "WrongCall",
    "defer",
    "defer_many",
    "find_forces",
    "find_plugins",
    "force_file",
    "force_option",
    "group",
    "host",
    "installed",
    "is_always_on",
    "lacks",
    "languages_of",
    "plugin_settings",
    "review",
    "served",
    "the_force",
]
