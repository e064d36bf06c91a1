"""Adding passkeys and proving with one who it is. Details find a case as ever; callers commit.

The protocol itself is ``device.py``, loaded when it is needed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import session

from core import audit
from core.base import clean_line, clock, installation
from core.cases import people
from core.notices import account_news
from core.storage import db
from core.web import accounts
from core.web import device as kind_of_device
from plugins.passkeys import challenge
from plugins.passkeys.audit_actions import PasskeyAction
from plugins.passkeys.models import Passkey

HOLD = timedelta(hours=24)
MOST = 10
LONGEST_NAME = 60
MILLISECONDS = int(challenge.LASTS.total_seconds() * 1000)


class NotAdded(ValueError):
    """The device's answer is not what was asked for, or comes too late."""


def _device() -> Any:
    from plugins.passkeys import device

    return device


def of_person(person_id: UUID) -> Sequence[Passkey]:
    """A person's passkeys, oldest first."""
    return db.session.scalars(
        sa.select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)
    ).all()


def own(person_id: UUID, passkey_id: UUID) -> Passkey | None:
    return next((one for one in of_person(person_id) if one.id == passkey_id), None)


# --- adding -----------------------------------------------------------------------------------


def options_to_add(person_id: UUID, label: str) -> str:
    """What a browser is asked for, as JSON; ``label`` is what the device shows beside the site."""
    rp_id, _origin = challenge.site(installation().settings)
    known = of_person(person_id)
    handle = known[0].handle if known else secrets.token_bytes(32)
    session[challenge.HANDLE] = handle.hex()
    asked: str = _device().question_to_add(
        rp_id, label, handle, challenge.new("add"), MILLISECONDS,
        [one.credential_id for one in known],
    )
    return asked


def add(person_id: UUID, answer: str, name: str) -> Passkey:
    """A new passkey of the person, who is told of it with care.

    Raises :class:`NotAdded`, and ``AccessLocked`` when a lock came while the device was asked.

    Where care is needed it works after a day: until then it can be taken away again.
    """
    asked, handle = challenge.take("add"), bytes.fromhex(session.pop(challenge.HANDLE, ""))
    rp_id, origin = challenge.site(installation().settings)
    if asked is None or len(of_person(person_id)) >= MOST:
        raise NotAdded
    device = _device()
    try:
        found = device.added(answer, asked, rp_id, origin)
    except device.UNREADABLE:
        raise NotAdded from None
    # WebAuthn level 3, 7.1: an id that somebody has already is nobody else's.
    if db.session.scalar(sa.select(Passkey.id).where(Passkey.credential_id == found.credential_id)):
        raise NotAdded
    person: Any = accounts.own_person(person_id)
    now, care = clock.now(), people.needs_care(person)
    made = Passkey(
        person_id=person_id, credential_id=found.credential_id, public_key=found.credential_public_key,
        handle=handle, sign_count=found.sign_count, transports=_transports(answer), name=name,
        contact=person.email or "", made_at=now, works_from=now + HOLD if care else now,
    )
    db.session.add(made)
    db.session.flush()
    first = next(iter(people.cases_of(person_id)), None)
    audit.write(PasskeyAction.CHANGED, case_id=first.id if first else None, did="added",
                person=str(person_id), device=kind_of_device.present())
    if not account_news.tell_person(person_id, made.id):
        account_news.tell_officers(person_id, made.id)  # else nobody would hear of it
    return made


def clean_name(text: str) -> str:
    """What a person calls a passkey. Raises ``ValueError`` for what is none."""
    name = clean_line(text)
    if not name or len(name) > LONGEST_NAME:
        raise ValueError("is empty or too long")
    return name


def remove(passkey: Passkey) -> None:
    db.session.delete(passkey)
    audit.write(PasskeyAction.CHANGED, did="removed", person=str(passkey.person_id))


def _transports(answer: str) -> str:
    told = json.loads(answer)["response"].get("transports")
    told = told if isinstance(told, list) else []  # a hint only, of which nobody has made sure
    return " ".join(one for one in ("internal", "hybrid", "usb", "nfc", "ble") if one in told)


# --- proving ----------------------------------------------------------------------------------


def options_to_use() -> str:
    """The same for everybody but for the challenge: no passkey is named."""
    rp_id, _origin = challenge.site(installation().settings)
    asked: str = _device().question_to_use(rp_id, challenge.new("use"), MILLISECONDS)
    return asked


def proved_by(answer: str) -> UUID | None:
    """The person whose passkey signed this browser's challenge just now; None for all else."""
    found = _proved_by(answer)
    audit.write(PasskeyAction.TRIED, result="right" if found else "wrong")
    return found


def _proved_by(answer: str) -> UUID | None:
    asked = challenge.take("use")
    if asked is None:
        return None
    device, site = _device(), challenge.site(installation().settings)
    try:
        told = json.loads(answer)
        passkey = _held(device.from_base64url(told["rawId"]))
        handle = device.from_base64url(told["response"]["userHandle"])
        if passkey is None or handle != passkey.handle or not _works(passkey):
            return None
        count = device.counter(answer, asked, *site, passkey.public_key)
    except device.UNREADABLE:
        return None
    if (count or passkey.sign_count) and count <= passkey.sign_count:
        _was_copied(passkey)
        return None
    passkey.sign_count, passkey.used_at = count, clock.now()
    return passkey.person_id


def _held(credential_id: bytes) -> Passkey | None:
    return db.session.scalars(
        sa.select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()
    ).first()


def _works(passkey: Passkey) -> bool:
    return why_not(passkey, people.person(passkey.person_id)) is None


def why_not(passkey: Passkey, person: Any) -> str | None:
    """Why a passkey opens nothing now: ``copied``, ``locked``, ``contact``, ``waits``; None: it does."""
    if passkey.copied_at:
        return "copied"
    if person.locked_at and passkey.made_at <= person.locked_at:
        return "locked"
    if passkey.contact != (person.email or ""):
        return "contact"
    return "waits" if works_from(passkey, person) > clock.now() else None


def works_from(passkey: Passkey, person: Any) -> datetime:
    """Care is asked about again: a case may have become sensitive since it was added."""
    held = passkey.made_at + HOLD
    if passkey.works_from >= held or held <= clock.now() or not people.needs_care(person):
        return passkey.works_from
    return held


def _was_copied(passkey: Passkey) -> None:
    """A counter that goes back says that two devices hold one passkey: it opens nothing any more."""
    passkey.copied_at = clock.now()
    audit.write(PasskeyAction.CHANGED, did="copied", person=str(passkey.person_id))
    account_news.tell_person(passkey.person_id, passkey.id)
    account_news.tell_officers(passkey.person_id, passkey.id)
