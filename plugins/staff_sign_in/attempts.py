"""From one browser to the provider and back: state, nonce and PKCE, each for one attempt and used once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import session
from uuid6 import uuid7

from core.base import clock
from core.storage import db, insert_many, lock, seal
from core.web import sessions
from plugins.staff_sign_in.models import Attempt
from plugins.staff_sign_in.refusals import Refused, Why

LASTS = timedelta(minutes=10)
NOTE_EVERY = timedelta(minutes=1)  # how often the audit hears of what anybody can cause
BROWSER = "staff_sign_in_browser"  # in the session: what the attempt is bound to
SETUP = "staff_sign_in_setup"  # in the session: id of a set-up code that was given, and until when


@dataclass(frozen=True)
class Begun:
    """What one browser is sent to the provider with."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Taken:
    """What an attempt was begun with."""

    nonce: str
    verifier: str
    fresh: bool
    back: str | None
    setup_id: UUID | None


def begin(*, fresh: bool, setup_id: UUID | None) -> Begun:
    """A new attempt of this browser; an older one of it ends. The caller commits."""
    browser = session.setdefault(BROWSER, secrets.token_urlsafe(32))
    begun = Begun(*(secrets.token_urlsafe(32) for _ in range(3)))  # 43 signs: RFC 7636, 4.1
    now, row_id, of_browser = clock.now(), uuid7(), _hash(browser)
    lock(f"staff_sign_in/attempt/{of_browser.hex()}")
    db.session.execute(sa.delete(Attempt).where(Attempt.browser_hash == of_browser))
    insert_many(Attempt, [{
        "id": row_id, "browser_hash": of_browser, "state_hash": _hash(begun.state),
        "nonce_sealed": seal(Attempt, "nonce", row_id, begun.nonce),
        "verifier_sealed": seal(Attempt, "verifier", row_id, begun.verifier),
        "fresh": fresh, "back": session.get(sessions.STAFF_BACK), "setup_id": setup_id, "made_at": now,
        "ends_at": now + LASTS,
    }])
    return begun


def take(state: str) -> Taken:
    """The attempt that this browser began with *state*, which is used up by it. The caller commits.

    Raises :class:`Refused`: of another browser, answered before, or too old.
    """
    browser = _browser()
    if not browser or not state:
        raise Refused(Why.STATE)
    found = db.session.scalars(sa.select(Attempt).where(
        _bound(browser), Attempt.state_hash == _hash(state), Attempt.ends_at > clock.now(),
    ).with_for_update()).first()
    if found is None:
        raise Refused(Why.STATE)
    taken = Taken(found.nonce or "", found.verifier or "", found.fresh, found.back, found.setup_id)
    db.session.delete(found)
    db.session.flush()
    return taken


def _browser() -> str | None:
    found: str | None = session.get(BROWSER)
    return found


def _bound(browser: str) -> Any:
    return Attempt.browser_hash == _hash(browser)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
