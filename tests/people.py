"""Being signed in, without the way there (tests/plugins/sign_in shows the way)."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from core import db, force_scope, sessions


def sign_in_as(
    client: FlaskClient, app: Flask, force: str, *, person_id: UUID | None = None, staff_id: UUID | None = None
) -> str:
    """Give the client a session of this person or officer at *force*; its token."""
    opened = sessions.ServerSession()
    with app.app_context(), force_scope(force):
        sessions.begin(opened, person_id=person_id, staff_id=staff_id)
        db.session.commit()
    assert opened.new_token
    client.set_cookie(f"tmc-{force}", opened.new_token)
    return opened.new_token
