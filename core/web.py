"""The web process: gunicorn over the WSGI application."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication

from core import schema
from core.app import create_app
from core.db import close_connections


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, app: Any, options: dict[str, Any]) -> None:
        self.app, self.options = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self.app


def serve(bind: str, workers: int, threads: int) -> None:
    """Serve until stopped. Raises what :func:`create_app` and :func:`core.schema.check` raise."""
    app = create_app()
    schema.check(app)
    with app.app_context():
        close_connections()
    run(app, bind, workers, threads)


def run(app: Any, bind: str, workers: int, threads: int) -> None:
    """Serve any WSGI application as the portal is served; `make bench` serves its references so."""
    _Server(app, {
        "bind": bind, "workers": workers, "threads": threads, "worker_class": "gthread",
        "preload_app": True, "graceful_timeout": 10, "timeout": 30, "keepalive": 5,
        "limit_request_line": 4094, "limit_request_fields": 60, "limit_request_field_size": 8190,
        "loglevel": "warning", "control_socket_disable": True,
    }).run()
