"""The WSGI application, for any server: ``gunicorn wsgi:app``."""

from __future__ import annotations

from core.app import create_app
from core.cli.processes.start import ready

app = create_app()
ready(app)
