"""What somebody has begun to write on a case and not sent, so that no press elsewhere loses it.

It is kept sealed in their session on the server, never on their device: it goes with the session, when they
sign out, leave by the exit, or have pressed nothing for a while.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID

from flask import session
from flask_login import current_user

from core.storage.ciphers import Unreadable
from core.storage.keys.keyring import force_keys

DRAFTS = "drafts"
PLACE = ("portal_session", "draft")
MOST = 5  # cases; of more, those written on last


def keep(case_id: UUID, written: Mapping[str, str]) -> None:
    """Keep what is *written* (field -> text) on this case's page, in place of what was kept; not blanks."""
    filled = {field: text.replace("\r\n", "\n") for field, text in written.items() if text.strip()}
    others = {case: text for case, text in session.get(DRAFTS, {}).items() if case != case_id.hex}
    if filled:
        others[case_id.hex] = force_keys().seal(*PLACE, _row(case_id), json.dumps(filled)).hex()
    if others != session.get(DRAFTS, {}):
        session[DRAFTS] = dict(list(others.items())[-MOST:])


def kept(case_id: UUID) -> dict[str, str]:
    """What :func:`keep` was given last for this case; nothing once its key has ended."""
    sealed = session.get(DRAFTS, {}).get(case_id.hex)
    if not sealed:
        return {}
    try:
        found: dict[str, str] = json.loads(force_keys().open(*PLACE, _row(case_id), bytes.fromhex(sealed)))
    except (Unreadable, ValueError):
        return {}
    return found


def _row(case_id: UUID) -> bytes:
    """Whose it is, and of which case: it opens for nobody else, and nowhere else."""
    return UUID(current_user.get_id()).bytes + case_id.bytes
