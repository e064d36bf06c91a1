"""What every process that serves does before it does anything else."""

from __future__ import annotations

import os

from flask import Flask

from core.audit.export import audited, heads_outside
from core.base import log
from core.base.installation import installation
from core.base.settings import Settings, refuse_mode_of_a_file
from core.base.settings_source import SettingsError
from core.cli.processes import config_seen as force_seen
from core.notices import restored
from core.plugin_host.host import host, served
from core.storage import schema

LOCAL = ("127.0.0.1", "localhost", "[::1]", "unix")
DEBUG = ("FLASK_DEBUG", "PYTHONASYNCIODEBUG", "PYTHONDEVMODE")
NO_FORCE = ('no force is live, so every page is "not found": set status = "live" in a force.toml that '
            "`trackmycrime forces check --for-live` finds ready, and TMC_FORCES_DIR to where it is")
OFF = ("", "0", "false", "no", "off")


def refuse_debug(settings: Settings, bind: str = "127.0.0.1") -> None:
    """Raises SettingsError when a debugger or its like is asked for and somebody else could reach it."""
    asked = [name for name in DEBUG if os.environ.get(name, "").lower() not in OFF]
    elsewhere = bind.rpartition(":")[0] not in LOCAL and not bind.startswith(LOCAL)
    if asked and (not settings.demo or elsewhere):
        where = "in production" if not settings.demo else f"on {bind}, which others can reach"
        raise SettingsError(f"{', '.join(asked)} must not be set {where}: it shows what people wrote")


def ready(app: Flask, bind: str = "127.0.0.1", *, process: str = "web") -> None:
    """The schema, the keys and the surroundings are fit to serve; changed settings are noted.

    Raises SchemaProblem, KeyProblem or SettingsError, saying what to do.
    """
    settings = installation(app).settings
    refuse_mode_of_a_file(settings)
    refuse_debug(settings, bind)
    schema.check(app)
    if not served(host(app), settings):
        log.log.warning("no_force_is_served", said=NO_FORCE)
    force_seen.note_changes(app, process)
    restored.look_everywhere(app, heads_outside(settings.audit_head_file, audited(app)))
    log.take_over_process()
