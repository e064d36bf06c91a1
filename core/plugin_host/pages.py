"""The pages, templates and jobs of plugins, added so that none of them can get at another's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Blueprint, Flask
from jinja2 import BaseLoader, FileSystemLoader

from core.base.installation import installation
from core.plugin_host.checks import PluginError, at_start, guarded
from core.plugin_host.jobs import Registry

APP_WIDE = (
    "before_request_funcs", "after_request_funcs", "teardown_request_funcs",
    "template_context_processors", "url_value_preprocessors", "url_default_functions",
)


def add_plugin(app: Flask, name: str, module: ModuleType, registry: Registry) -> BaseLoader:
    """Add one plugin's pages and jobs; where its templates are. Raises :class:`PluginError`."""
    loader = templates_of(name, module)
    blueprint = at_start(name, module, "routes")
    if blueprint is not None:
        _add_pages(app, name, blueprint)
    before = dict(registry.tasks)
    registry.plugin = name
    at_start(name, module, "jobs", registry)
    registry.plugin = None
    changed = [task for task, function in before.items() if registry.tasks.get(task) is not function]
    if changed:
        raise PluginError(f"plugin {name} changes the job {changed[0]} of another")
    return loader


def templates_of(name: str, module: ModuleType) -> BaseLoader:
    folder = Path(str(module.__file__)).parent / "templates"
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        if file.is_file() and inside.parts[0] != name:
            raise PluginError(f"plugin {name}: its template {inside.as_posix()} could hide another's: "
                              f"move it into templates/{name}/")
    return FileSystemLoader(folder)


def _add_pages(app: Flask, name: str, blueprint: Any) -> None:
    if not isinstance(blueprint, Blueprint):
        raise PluginError(f"plugin {name}: routes answers a blueprint or None")
    if blueprint.name != name:
        raise PluginError(f"plugin {name}: its blueprint is called {blueprint.name}: "
                          f"Blueprint({name!r}, __name__)")
    rules, wide = _rules(app), _app_wide(app)
    guarded(f"plugin {name}: its pages cannot be added", lambda: app.register_blueprint(blueprint))
    for what, before in wide.items():
        now = _app_wide(app)[what]
        # Its own are new, and meant to be.
        if what == "view_functions":
            now = {key: view for key, view in now.items() if key in before}
        if now != before:
            raise PluginError(f"plugin {name} would change the pages of all others ({what}): "
                              "use the blueprint's own before_request, errorhandler …")
    for (address, method), endpoint in _rules(app, name).items():
        if address.startswith("/<"):
            raise PluginError(f"plugin {name}: {endpoint}: {address} would take the addresses of "
                              "others: let it begin with a word of its own")
        if (address, method) in rules:
            other = rules[address, method].split(".")[0]
            raise PluginError(f"plugin {name}: {endpoint}: {method} {address} is a page of {other}")


def _rules(app: Flask, plugin: str | None = None) -> dict[tuple[str, str], str]:
    """(address, method) -> endpoint, of all or of one plugin; variables are one, whatever their name."""
    return {
        (re.sub(r"<[^<>]*>", "<…>", rule.rule), method): rule.endpoint
        for rule in app.url_map.iter_rules()
        if plugin is None or rule.endpoint.startswith(f"{plugin}.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def _kept(app: Flask) -> Iterator[tuple[str, Any]]:
    here = installation(app)
    yield from (("settings", here.settings), ("host", here.host))
    yield from ((state.name, value) for state, value in here.kept.items())


def _app_wide(app: Flask) -> dict[str, Any]:
    """What holds for every page of the portal, as it is now."""
    shared: dict[str, Any] = {kind: list(getattr(app, kind).get(None, ())) for kind in APP_WIDE}
    environment = app.jinja_env
    for kind in ("globals", "filters", "tests"):
        shared[kind] = dict(getattr(environment, kind))
    errors = {code: dict(known) for code, known in app.error_handler_spec[None].items() if known}
    return shared | {
        "errorhandlers": errors, "view_functions": dict(app.view_functions),
        "teardown_appcontext": list(app.teardown_appcontext_funcs),
        "extensions": {name: id(one) for name, one in app.extensions.items()},
        "installation": {name: id(one) for name, one in _kept(app)},
        # As text: what is changed in place would still be equal to itself.
        "config": {key: repr(value) for key, value in app.config.items()},
    }
