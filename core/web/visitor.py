"""Whom a request is of, and at which force: what was found out when its session was opened, handed on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask, Request, session
from flask_login import LoginManager, UserMixin

from core.plugin_host.host import InstalledForce


class Visitor(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """Who is signed in, as ``flask_login.current_user``: a person or a member of staff."""

    def __init__(self, person_id: UUID | None, staff_id: UUID | None) -> None:
        self.person_id, self.staff_id = person_id, staff_id

    def get_id(self) -> str:
        return str(self.person_id or self.staff_id)


def here() -> InstalledForce | None:
    """The force that the request is for, with its plugins; None outside any.

    It is looked up once, before anything else of the request, and does not change while it is answered.
    """
    opened: Any = session
    found: InstalledForce | None = opened.at
    return found


def at_force() -> InstalledForce:
    """As :func:`here`, where views answer for forces only."""
    found = here()
    assert found
    return found


def init_app(app: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app, add_context_processor=False)
    manager.request_loader(_visitor)


def _visitor(request: Request) -> Visitor | None:
    opened: Any = session
    if opened.person_id or opened.staff_id:
        return Visitor(opened.person_id, opened.staff_id)
    return None
