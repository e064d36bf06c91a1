"""A force's settings change by a file; that they changed, and which, is written into the audit.

A process that starts and finds another ``force.toml`` than the last that any process was started with
says so: the file's digest, and the names of what is new, gone or different. Values stay in the file.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import audit, clock
from core.db import Base, ForceOwned, db, force_scope, lock
from core.models import Moment
from core.plugin_host import host, served

ONLY = UUID(int=0)


class ForceFile(ForceOwned, Base):
    """The ``force.toml`` that processes were last started with: a digest of each of its keys."""

    __tablename__ = "force_file"
    __at_merger__ = "stay"
    digest: Mapped[str] = mapped_column(sa.Text)
    parts: Mapped[dict[str, str]] = mapped_column(JSONB)
    seen_at: Mapped[datetime] = mapped_column(Moment)


def note_changes(app: Flask) -> None:
    """Look at the file of every force that is served here. Commits."""
    with app.app_context():
        for force in sorted(served(host(app), app.extensions["tmc_settings"])):
            with force_scope(force):
                _note(host(app).get(force).folder / "force.toml")


def _note(file: Path) -> None:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if _seen() == digest:
        return
    lock("force file")
    known = db.session.scalars(sa.select(ForceFile).execution_options(populate_existing=True)).first()
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
    audit.write("force_file_changed", digest=digest[:16], keys=changed)
    db.session.commit()


def _seen() -> str | None:
    return db.session.scalars(sa.select(ForceFile.digest)).first()


def parts_of(table: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """(``brand.colour``, digest of its value) for every key of a file; a list is one value."""
    for name, value in table.items():
        if isinstance(value, dict) and value:
            yield from parts_of(value, f"{above}{name}.")
        else:
            told = json.dumps(value, sort_keys=True, default=str).encode()
            yield f"{above}{name}", hashlib.sha256(told).hexdigest()[:16]
