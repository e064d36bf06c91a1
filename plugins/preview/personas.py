"""Looking at the portal as somebody: ``/as/<name>/<force>/…`` is all of the portal as they see it.

Each window keeps its own person, so a stage and an outcome can be open side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request

from core.base import Settings
from core.storage import db
from core.web import sessions
from plugins.preview.samples import Samples

AS = "tmc.preview.as"
PREFIX = "/as/"


class Personas:
    """WSGI middleware: takes ``/as/<name>`` off the address and notes who it is."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]]) -> None:
        self.wsgi = wsgi

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith(PREFIX):
            name, _, rest = path.removeprefix(PREFIX).partition("/")
            environ[AS] = name
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}{PREFIX}{name}"
            environ["PATH_INFO"] = f"/{rest}"
        return self.wsgi(environ, start_response)


class PersonaSessions(sessions.ForceSessions):
    """Sessions that are open already for whoever the address names; others as everywhere."""

    def __init__(self, settings: Settings, samples: Samples) -> None:
        super().__init__(settings)
        self._samples = samples
        self._tokens: dict[str, str] = {}

    def opened(self, at: Any, request: Any) -> sessions.ServerSession:
        name = request.environ.get(AS)
        who = self._samples.named(name) if name else None
        if who is None:
            return super().opened(at, request) if not name else sessions.ServerSession()
        token = self._tokens.get(str(name))
        opened = sessions.opened_by(token, at) if token else sessions.ServerSession()
        if opened.row_id is None:
            # an officer's sample says whose case it is, too: who is signed in is the officer
            person = None if who.staff_id else who.person_id
            sessions.begin(opened, person_id=person, staff_id=who.staff_id)
            db.session.commit()
            assert opened.new_token
            self._tokens[str(name)], opened.new_token = opened.new_token, None
        return opened

    def save_session(self, app: Flask, session: Any, response: Any) -> None:
        super().save_session(app, session, response)
        if AS not in request.environ:
            return
        response.headers.pop("Set-Cookie", None)  # the browser's own session is another
        if session.ended:  # signed out: on as a stranger
            place = str(response.headers.get("Location", ""))
            response.headers["Location"] = place.replace(f"{PREFIX}{request.environ[AS]}", "", 1)
