"""What a plugin that starts the portal's processes may use: for the demo and the preview."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from core.app import create_app
from core.base.settings import load_settings
from core.base.settings_source import DEMO_ENV, refuse_installation
from core.cli.processes.embedded import EmbeddedPostgres
from core.cli.processes.leftovers import end_leftovers, left_in
from core.cli.processes.ports import listener, refuse_port
from core.cli.processes.programs import ServiceError
from core.cli.processes.supervisor import Supervisor, listening
from core.force.fault import ForceFileError
from core.force.fault import Problem as Fault
from core.force.file.toml_text import read_text
from core.notices.letters import letter_for
from core.plugin_host.finding import find_forces
from core.plugin_host.host import PluginHost, unknown
from core.plugin_host.jobs import work
from core.plugin_host.review import Review, forces_dir, review
from core.storage.keys import master_key
from core.storage.migrations.admin import drop_database, holds_keys, make_roles, newest_worker
from core.storage.schema import upgrade

__all__ = [
    "EmbeddedPostgres", "Fault", "ForceFileError", "PluginHost", "Review", "ServiceError", "Supervisor",
    "create_app", "drop_database", "end_leftovers", "find_forces", "forces_dir", "left_in",
    "letter_for", "listener", "listening", "load_settings", "make_roles", "newest_worker", "read_text",
    "refuse_installation", "refuse_lost_key", "refuse_port", "review", "unknown",
    "upgrade", "work", "write_demo_env",
]


def write_demo_env(data: Path, environment: Mapping[str, str]) -> None:
    """Keep the demo's settings in ``<data>/demo.env`` (mode 0600), for every other command."""
    path = data / DEMO_ENV
    new = path.with_suffix(".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in sorted(environment.items()))
    new.replace(path)


def refuse_lost_key(data: Path, superuser_url: str) -> None:
    """Raises KeyProblem when the master key of *data* is gone and something is sealed with it."""
    path = data / "master.key"
    if not path.exists() and holds_keys(superuser_url):
        raise master_key.lost(path)
