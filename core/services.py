"""What a plugin that starts the portal's processes may use: for the demo and the preview."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from core.app import create_app
from core.force import ForceFileError
from core.force_file.fault import Problem as Fault
from core.force_file.review import Review, forces_dir, review
from core.force_file.toml_text import read_text
from core.jobs import work
from core.migrations.admin import drop_database, holds_keys, make_roles, newest_worker
from core.plugin_host import PluginHost, find_forces, unknown
from core.processes.embedded import EmbeddedPostgres
from core.processes.leftovers import end_leftovers, left_in
from core.processes.ports import listener, refuse_port
from core.processes.programs import ServiceError
from core.processes.supervisor import Supervisor, listening
from core.schema import upgrade
from core.sealing import key_files
from core.sending.letters import letter_for
from core.settings import load_settings
from core.settings_source import DEMO_ENV, refuse_installation

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
        raise key_files.lost(path)
