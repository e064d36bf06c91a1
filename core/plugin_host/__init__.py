"""Plugins and forces as they are installed, a force's settings of a plugin, background tasks and commands."""

from __future__ import annotations

from core.plugin_host.checks import PluginError
from core.plugin_host.commands import Problem, WrongCall, force_option, group, lacks
from core.plugin_host.force_named import ForceFile, force_file
from core.plugin_host.host import UnknownForce, host, installed, plugin_settings, served, the_force
from core.plugin_host.jobs import defer, defer_many

__all__ = [
    "ForceFile",
    "PluginError",
    "Problem",
    "UnknownForce",
    "WrongCall",
    "defer",
    "defer_many",
    "force_file",
    "force_option",
    "group",
    "host",
    "installed",
    "lacks",
    "plugin_settings",
    "served",
    "the_force",
]
