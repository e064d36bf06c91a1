"""The WSGI application, for any server: ``gunicorn wsgi:app``."""

from __future__ import annotations

from core import schema
from core.app import create_app

app = create_app()
schema.check(app)
