"""Server-side sessions, each bound to one force.

The browser holds a random token in a cookie of that force; the table holds its hash. Flask-Login
and Flask-WTF use the ordinary ``flask.session``, which lives in the row. Whoever only reads has no
row: what little is remembered of them stands in the cookie (:mod:`core.web.visitor_cookie`).
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from flask import Flask, Request, Response, current_app, request, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from uuid6 import uuid7
from werkzeug.datastructures import CallbackDict

from core import audit
from core.base import clock
from core.base.audit_actions import CoreAction
from core.base.i18n import of_browser, readable
from core.base.languages import SOURCE_LANGUAGE
from core.base.scope import force_id_or_none
from core.base.settings import Settings
from core.cases import visits
from core.cases.models import Person, PortalSession
from core.cases.visits import idle_limit
from core.plugin_host.host import InstalledForce, host, installed
from core.storage.db import db, insert_many, read, undo, update_many
from core.storage.walls import owned
from core.web import device, visitor, visitor_cookie

log = structlog.get_logger()
ABSOLUTE = timedelta(hours=12)  # at most; a force may say less, of this and of the time without a press
TOUCH_EVERY = timedelta(minutes=1)
PROOF_LASTS = timedelta(minutes=10)
THROUGH_LOCK = "through_lock"
COME_BACK = "come_back"  # a path of this force, where a visit ended while somebody was writing
STAFF_BACK = "staff_back"  # the same, where staff are asked to sign in once more
LOOKED_AGAIN_AFTER = 0.05  # seconds: an answer that takes longer is let out if the visit still goes on

BY_TOKEN = sa.select(
    PortalSession.id, PortalSession.person_id, PortalSession.staff_id, PortalSession.seen_at,
    PortalSession.ends_at, PortalSession.notes, PortalSession.proved_at,
).where(owned(PortalSession), PortalSession.token_hash == sa.bindparam("token_hash"))
STILL_THERE = sa.select(PortalSession.id).where(
    owned(PortalSession), PortalSession.id == sa.bindparam("id"))
CHOSEN_LANGUAGE = sa.select(Person.chosen_language).where(
    owned(Person), Person.id == sa.bindparam("person_id"))
LOCKED_BY = sa.select(Person.locked_by).where(owned(Person), Person.id == sa.bindparam("person_id"))
# Held until the transaction ends: a lock, or an end of all visits, that comes meanwhile waits, and
# then ends this session too.
LOCK_OF = LOCKED_BY.with_for_update(read=True)
ALONE = LOCKED_BY.with_for_update()


class AccessLocked(Exception):
    """Nobody may sign in as this person but with a code that an officer handed over since."""


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What ``flask.session`` is: a dict kept in a row of portal_session, or in a visitor's cookie."""

    def __init__(self, row: Any = None, notes: dict[str, Any] | None = None) -> None:
        def changed(_: Any) -> None:
            self.modified = True

        super().__init__(row.notes if row else notes, changed)
        self.modified = False
        self.row_id: UUID | None = row.id if row else None
        self.person_id: UUID | None = row.person_id if row else None
        self.staff_id: UUID | None = row.staff_id if row else None
        self.seen_at: datetime | None = row.seen_at if row else None
        self.proved_at: datetime | None = row.proved_at if row else None
        self.new_token: str | None = None
        self.ended = False
        self.opened_at = time.monotonic()
        self.failure: Exception | None = None
        self.at: InstalledForce | None = None


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def opened_by(token: str, at: InstalledForce | None = None) -> ServerSession:
    """The session that this token opens *at* a force, by default the one in scope; a new one if it is over.

    Whoever comes back too late is at least told so in the language they chose.
    """
    row = read(BY_TOKEN, token_hash=token_hash(token)).first()
    if row is None:
        return ServerSession()
    now = clock.now()
    if row.ends_at <= now or row.seen_at + idle_limit(
            (at or installed()).force.visits, row.person_id, row.staff_id) <= now:
        kept = row.notes.get("language")
        return ServerSession(notes={"language": kept} if kept else None)
    return ServerSession(row)


def of_a_reader(remembered: dict[str, Any], old: bool) -> ServerSession:
    """The session of somebody of whom nothing is kept here; an *old* cookie is sealed anew."""
    opened = ServerSession(notes=remembered)
    opened.modified = old
    return opened


class ForceSessions(SessionInterface):
    """Flask's session interface over portal_session."""

    def __init__(self, settings: Settings) -> None:
        self.demo = settings.demo

    def cookie_name(self, at: InstalledForce) -> str:
        return f"tmc-{at.force.id}" if self.demo else f"__Host-tmc-{at.force.id}"

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        force_id = force_id_or_none()
        if force_id is None:
            return ServerSession()
        at = host(app).get(force_id)
        opened = ServerSession() if request.endpoint == "static" else self.opened(at, request)
        opened.at = at
        return opened

    def opened(self, at: InstalledForce, request: Request) -> ServerSession:
        """The session of the *request* at this force."""
        token = request.cookies.get(self.cookie_name(at))
        if token and (remembered := visitor_cookie.opened(token, at.force.id)):
            return of_a_reader(*remembered)
        try:
            return opened_by(token, at) if token else ServerSession()
        except (OperationalError, PoolTimeout) as error:
            opened = ServerSession()
            opened.failure = error  # raised again where it is answered by a page
            return opened

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        if session.at is None or response.status_code >= 500:
            return
        if session.ended:
            response.delete_cookie(
                self.cookie_name(session.at), path="/", secure=not self.demo, httponly=True, samesite="Lax"
            )
        elif session.row_id is None and visitor_cookie.fits(session):
            if session.modified:
                self._set_cookie(session.at, response, visitor_cookie.sealed(session, session.at.force.id))
        elif session.modified or self._stale(session):
            undo()  # what the view has not committed is not for this to commit
            try:
                self._keep(session)
            except (DBAPIError, PoolTimeout) as error:
                undo()
                log.warning("session_not_kept", error=type(error).__name__)
                return
        if session.new_token:
            self._set_cookie(session.at, response, session.new_token)

    def _set_cookie(self, at: InstalledForce, response: Response, value: str) -> None:
        response.set_cookie(
            self.cookie_name(at), value, path="/", httponly=True, secure=not self.demo, samesite="Lax",
        )

    def _stale(self, session: ServerSession) -> bool:
        return session.seen_at is not None and clock.now() - session.seen_at > TOUCH_EVERY

    def _keep(self, session: ServerSession) -> None:
        if session.row_id is None:
            begin(session)
        # Notes that this request left alone may have been changed by another meanwhile.
        notes = {"notes": dict(session)} if session.modified else {}
        update_many(PortalSession, [{"id": session.row_id, "seen_at": clock.now(), **notes}])
        db.session.commit()


def cookie_came() -> bool:
    """Whether this browser sends the cookie of the force at all."""
    interface: Any = current_app.session_interface
    return interface.cookie_name(visitor.here()) in request.cookies


def begin(
    opened: ServerSession, *, person_id: UUID | None = None, staff_id: UUID | None = None
) -> None:
    """A new row and a new token for *opened*; an older row of it ends."""
    now, token = clock.now(), secrets.token_urlsafe(32)
    times = (opened.at or installed()).force.visits
    lasts = timedelta(hours=times.hours) if person_id or staff_id else ABSOLUTE
    if opened.row_id:
        visits.end_rows(PortalSession.id == opened.row_id)
    opened.row_id, opened.new_token, opened.seen_at = uuid7(), token, now
    opened.person_id, opened.staff_id = person_id, staff_id
    opened.proved_at = now if person_id or staff_id else None
    insert_many(PortalSession, [{
        "id": opened.row_id, "token_hash": token_hash(token), "person_id": person_id,
        "staff_id": staff_id, "made_at": now, "seen_at": now, "ends_at": now + lasts,
        "proved_at": opened.proved_at, "device": device.present() if person_id else None,
        "notes": dict(opened),
    }])


def _own_language(person_id: UUID | None, language: str) -> str | None:
    """What a new session is held in; None leaves it to the browser."""
    if language == SOURCE_LANGUAGE != of_browser() and person_id:
        return read(CHOSEN_LANGUAGE, person_id=person_id).scalar_one()  # type: ignore[no-any-return]
    return readable(language)


def sign_in(
    *, person_id: UUID | None = None, staff_id: UUID | None = None, language: str = SOURCE_LANGUAGE,
    case_id: UUID | None = None, how: str = "code",
) -> None:
    """Sign in a person or a member of staff in this browser: a new session, a new token.

    Only the language that was chosen before lives on, else *language* is theirs, unless that is English and
    not their own choice: a record that knows nothing says English too, and the browser knows more; and, for
    a person, where to come back to.
    ``how`` a person proved who they are, and for which case, is written down. The caller commits.

    Raises :class:`AccessLocked`, but for an ``officer_code``, which goes through a lock and leaves it
    shut for everybody else. That it was made since the lock is for the caller to have asked.
    """
    locked = bool(person_id and read(LOCK_OF, person_id=person_id).scalar_one() is not None)
    if locked and how != "officer_code":
        raise AccessLocked
    chosen, back = session.get("language") or _own_language(person_id, language), session.get(COME_BACK)
    session.clear()
    if chosen:
        session["language"] = chosen
    if back and person_id:
        session[COME_BACK] = back
    if locked:
        session[THROUGH_LOCK] = True
    opened: Any = session
    begin(opened, person_id=person_id, staff_id=staff_id)
    if person_id:
        audit.write(CoreAction.VISIT_BEGAN, case_id=case_id, how=how, device=device.present(),
                    person=str(person_id), visit=str(opened.row_id))


def proved_lately() -> bool:
    """Whether the visitor went through both steps in the last ten minutes, in this session."""
    at = getattr(session, "proved_at", None)
    return at is not None and clock.now() - at <= PROOF_LASTS


def is_through_lock() -> bool:
    """Whether this visit began with an officer's code while the access was locked."""
    return THROUGH_LOCK in session


def began_since(moment: datetime) -> bool:
    """Whether whoever is signed in proved who they are after *moment*."""
    at = getattr(session, "proved_at", None)
    return at is not None and at > moment


def end() -> None:
    """End this browser's session on the server. The caller commits."""
    opened: Any = session
    if opened.row_id:
        visits.end_rows(PortalSession.id == opened.row_id)
    session.clear()
    opened.ended = True


def end_others(*, person_id: UUID) -> int:
    """End every session of a person but that of this browser; how many. The caller commits.

    Who is signing in at this moment is waited for, and is out too.
    """
    opened: Any = session
    read(ALONE, person_id=person_id)
    return visits.end_rows(sa.and_(
        PortalSession.person_id == person_id, PortalSession.id != opened.row_id))


def end_of_staff(staff_id: UUID, *, only: Collection[UUID] | None = None) -> int:
    """End the visits of a member of staff in all browsers, or *only* these; how many. The caller commits."""
    theirs = PortalSession.staff_id == staff_id
    return visits.end_rows(theirs if only is None else sa.and_(theirs, PortalSession.id.in_(only)))


def ended_meanwhile() -> bool:
    """Whether the session of this request was ended by another one since it was opened.

    Not asked for an answer that is quick: as much time passes on its way to the browser.
    """
    opened: Any = session
    if opened.ended or not (opened.person_id or opened.staff_id):
        return False
    if time.monotonic() - opened.opened_at < LOOKED_AGAIN_AFTER:
        return False
    return read(STILL_THERE, id=opened.row_id).first() is None


def _need_database() -> None:
    opened: Any = session
    if opened.failure:
        raise opened.failure


def init_app(app: Flask, settings: Settings) -> None:
    app.session_interface = ForceSessions(settings)
    app.before_request(_need_database)
    visitor.init_app(app)
