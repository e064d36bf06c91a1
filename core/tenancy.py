"""Which force a request is for: the exact host table, or the first part of the path.

The first part of the path becomes the WSGI SCRIPT_NAME, so that ``url_for`` just works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from core.plugin_host import PluginHost, served
from core.scope import scope_of
from core.security import HEADERS
from core.settings import Settings

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class Tenancy:
    """WSGI middleware: puts the force of each request in scope, or none."""

    def __init__(self, wsgi: Wsgi, host: PluginHost, settings: Settings) -> None:
        self.wsgi = wsgi
        self.served = served(host, settings)
        self.hosts = {
            name.lower(): force_id
            for force_id in self.served for name in host.get(force_id).force.hosts
        }
        shared = urlsplit(settings.base_url or "").hostname
        self.shared_hosts = None if settings.demo else {shared, "127.0.0.1", "localhost"}

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        name = environ.get("HTTP_HOST", "").rsplit(":", 1)[0].lower()
        force_id = self.hosts.get(name)
        if force_id is None and self.shared_hosts is not None and name not in self.shared_hosts:
            headers = [("Content-Type", "text/plain"), *HEADERS.items()]
            start_response("421 Misdirected Request", headers)
            return [b"This address is not served here.\n"]
        if force_id is None:
            force_id = self._from_path(environ)
        if force_id is None:
            return self.wsgi(environ, start_response)
        with scope_of(force_id):
            return self.wsgi(environ, start_response)

    def _from_path(self, environ: Environ) -> str | None:
        first, _, rest = str(environ.get("PATH_INFO", "")).lstrip("/").partition("/")
        if first not in self.served:
            return None
        environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{first}"
        environ["PATH_INFO"] = f"/{rest}" if environ["PATH_INFO"] != f"/{first}" else ""
        return first


def init_app(app: Flask, host: PluginHost, settings: Settings) -> None:
    app.wsgi_app = Tenancy(app.wsgi_app, host, settings)  # type: ignore[method-assign]
