"""Settings change by a file or the environment; that they changed, and which, is written into the audit.

A process that starts and finds another ``force.toml`` than the last that any process was started with
says so: the file's digest, and the names of what is new, gone or different. Values stay in the file. So
does one that finds other ``TMC_`` settings than the last process of its kind, in every force's audit.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from core import audit
from core.audit import trail
from core.audit.models import ForceFile
from core.base import clock
from core.base.audit_actions import CoreAction
from core.base.installation import installation
from core.base.settings import PER_FORCE, Settings
from core.plugin_host.host import host, served
from core.storage.db import db, force_scope, lock
from core.storage.keys.keyring import force_keys

ONLY = UUID(int=0)
OF_PROCESS = {"web": UUID(int=1), "worker": UUID(int=2)}  # which need not have the same settings
OWNERS = ("owner_database_url", "force_owner_database_urls")  # no business of those who serve


def note_changes(app: Flask, process: str = "web") -> None:
    """Look at the file of every force that is served here, and at this process's settings. Commits.

    ``process``: a key of :data:`OF_PROCESS`.
    """
    settings = installation(app).settings
    with app.app_context():
        for force in sorted(served(host(app), settings)):
            with force_scope(force):
                _note(host(app).get(force).folder / "force.toml")
                _note_settings(dict(values_of(settings, force)), process)


def _note(file: Path) -> None:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if _seen() == digest:
        return
    lock("force file")
    known = _row(ONLY)
    if known and known.digest == digest:
        db.session.rollback()  # another process, started at the same moment, was first
        return
    parts = dict(parts_of(tomllib.loads(content.decode())))
    before = known.parts if known else {}
    changed = sorted(k for k in parts.keys() | before.keys() if parts.get(k) != before.get(k))
    if known is None:
        known = ForceFile(id=ONLY)
        db.session.add(known)
    known.digest, known.parts, known.seen_at = digest, parts, clock.now()
    audit.write(CoreAction.FORCE_FILE_CHANGED, digest=digest[:16], keys=changed)
    db.session.commit()


def _seen() -> str | None:
    return db.session.scalars(sa.select(ForceFile.digest).where(ForceFile.id == ONLY)).first()


def _row(which: UUID) -> ForceFile | None:
    return db.session.scalars(
        sa.select(ForceFile).where(ForceFile.id == which).execution_options(populate_existing=True)
    ).first()


def _note_settings(values: dict[str, str], process: str) -> None:
    lock("force file")
    known = _row(OF_PROCESS[process])
    before = known.parts if known else {}
    changed = sorted(
        name for name in values.keys() | before.keys()
        if name not in values or not _is_of(name, values[name], before.get(name))
    )
    if changed:
        parts = {name: _proof_of(name, value) for name, value in values.items()}
        if known is None:
            known = ForceFile(id=OF_PROCESS[process])
            db.session.add(known)
        known.digest, known.parts, known.seen_at = "", parts, clock.now()
        audit.write(CoreAction.SETTINGS_CHANGED, process=process, names=changed)
    db.session.commit()


def values_of(settings: Settings, force: str) -> Iterator[tuple[str, str]]:
    """(variable, its value as text) for every setting that tells for the force; no other force's."""
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if name in PER_FORCE:
            value = value.get(force)
        if name not in OWNERS and value is not None:
            yield PER_FORCE.get(name, f"TMC_{name.upper()}"), str(value)


def _proof_of(name: str, value: str) -> str:
    """Not the value, which may hold a password, nor what could be tried against it without the key."""
    key_id, mac = force_keys().signed(trail.PURPOSE, _signed_text(name, value))
    return (key_id + mac).hex()


def _is_of(name: str, value: str, proof: str | None) -> bool:
    given = bytes.fromhex(proof or "")
    return force_keys().fits(trail.PURPOSE, _signed_text(name, value), given[4:], given[:4])


def _signed_text(name: str, value: str) -> bytes:
    return f"setting\x1f{name}\x1f{value}".encode()


def parts_of(table: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """(``brand.colour``, digest of its value) for every key of a file; a list is one value."""
    for name, value in table.items():
        if isinstance(value, dict) and value:
            yield from parts_of(value, f"{above}{name}.")
        else:
            told = json.dumps(value, sort_keys=True, default=str).encode()
            yield f"{above}{name}", hashlib.sha256(told).hexdigest()[:16]
