"""The WSGI application, for any server: ``gunicorn wsgi:app``."""

from __future__ import annotations

from core import log, schema
from core.app import create_app

app = create_app()
schema.check(app)
log.take_over_process()
