"""create_app: the order of set-up as one readable list."""

from __future__ import annotations

from functools import partial
from typing import Any, NoReturn

from flask import Flask
from jinja2 import ChoiceLoader

from core.base import i18n, log
from core.base.installation import installation, set_up
from core.base.settings import Settings, load_settings, refuse_mode_of_a_file, refuse_unknown_forces
from core.base.settings_source import DEMO_ENV
from core.cases import visits
from core.commitments import jobs as commitment_jobs
from core.intake import judging
from core.notices import letter_words, outbox, reports
from core.plugin_host import jobs
from core.plugin_host import pages as plugin_pages
from core.plugin_host.host import PluginHost
from core.storage import schema
from core.storage.db import init_app as init_database
from core.storage.keys import master_key as key_files
from core.web import access, frame, pages, security, sessions, static_files, tenancy
from core.web.portal import Portal


def create_app(
    settings: Settings | None = None, host: PluginHost | None = None
) -> Flask:
    """The WSGI application. Raises SettingsError, KeyProblem, PluginError, ForceFileError or UnruledView.

    *host*: plugins and forces found before; by default all that are installed.
    The database is not asked here; :func:`core.storage.schema.check` is what serving processes call.
    """
    settings = settings or load_settings()
    log.configure()
    app = Portal("core", static_folder=None, template_folder="web/templates")
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    master = master_key(settings)
    host = host or PluginHost(settings.forces_dir)
    set_up(app, settings, host)
    key_files.MASTER_KEY.set(master, app)
    refuse_unknown_forces(settings, host.installed)
    host.refuse_broken_live()
    init_database(app, settings)
    sessions.init_app(app, settings)
    i18n.init_app(app, host.plugins.values(), settings.languages)
    frame.init_app(app)
    security.init_app(app, settings)
    key_files.refuse_shared(key_files_of(app))
    access.init_app(app)
    app.register_blueprint(pages.bp)
    static_files.init_app(app)
    app.context_processor(pages.page_values)
    add_plugins(app, host)
    host.refuse_unready(settings)
    tenancy.init_app(app, host, settings)
    security.trust_proxies(app, settings)
    access.refuse_unruled(app)
    if settings.demo_file is not None:
        app.wsgi_app = partial(serve_nobody, settings)  # type: ignore[method-assign]
    return app


def serve_nobody(settings: Settings, environ: Any, start_response: Any) -> NoReturn:
    """In place of pages, whatever server asks for them, where nobody but a file chose the demo."""
    refuse_mode_of_a_file(settings)
    raise AssertionError("what was chosen is served")


def add_plugins(app: Flask, host: PluginHost) -> None:
    """The pages and jobs of every plugin; who may use them is asked at each request."""
    registry = jobs.registry(app)
    outbox.declare(registry)
    judging.declare(registry)
    commitment_jobs.declare(registry)
    reports.listen(commitment_jobs.heard, app)
    registry.task("remove_old_sessions", cron="7 * * * *", due=visits.ended_ones)(visits.remove_old)
    loaders: list[Any] = [app.jinja_loader, letter_words.TEMPLATES]
    for name, module in host.active(installation(app).settings).items():
        loaders.append(plugin_pages.add_plugin(app, name, module, registry))
    app.jinja_loader = ChoiceLoader(loaders)


def master_key(settings: Settings) -> key_files.KeyFile:
    """Raises KeyProblem without a key, except in a demo that has no data yet: it makes one."""
    path = settings.master_key_file or settings.data_dir / "master.key"
    if settings.demo and not path.exists():
        if settings.master_key_file is None and (settings.data_dir / DEMO_ENV).exists():
            raise key_files.lost(path)
        key_files.write_key_file(path)
    return key_files.KeyFile(path)


def key_files_of(app: Flask) -> dict[str, key_files.KeyFile]:
    """The key files of the installation, by the variable that names each."""
    return {"TMC_MASTER_KEY_FILE": key_files.MASTER_KEY.get(app),
            "TMC_SECRET_KEY_FILE": key_files.SECRET_KEY.get(app)}


__all__ = ["create_app", "schema"]
