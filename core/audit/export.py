"""The heads of the audit's chains, told to the world outside the database.

Whoever may change everything in the database can cut a chain's end off, or with the key make it
anew. Neither fits the heads that went out before.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import sqlalchemy as sa
import structlog
from flask import Flask

from core.audit.chain import ONLY
from core.audit.models import AuditHead
from core.base import clock
from core.base.installation import installation
from core.base.settings import Settings
from core.plugin_host.host import host, served
from core.storage.db import db, force_scope, update_many

log = structlog.get_logger()
BEGINS = '{"at": "'  # a line of heads
LATELY = timedelta(days=30)
BLOCK = 64 * 1024  # bytes read at a time
TIMEOUT = 10.0  # seconds for each answer of the mail server


@dataclass(frozen=True)
class Head:
    """The last link of one force's chain at a moment (UTC)."""

    force: str
    number: int
    link: bytes
    at: datetime


class HeadsUnreadable(ValueError):
    """A line of a file of heads is not what the worker wrote; the text says which."""


def audited(app: Flask) -> list[str]:
    """The forces with an audit that may grow or be asked for: those served, and closed ones."""
    closed = {f for f, i in host(app).installed.items() if i.force.status == "closed"}
    return sorted(closed | served(host(app), installation(app).settings))


def head_of(force: str) -> Head | None:
    """The present head; None when nothing is linked yet."""
    with force_scope(force):
        found = db.session.scalars(sa.select(AuditHead).where(AuditHead.number > 0)).first()
        return Head(force, found.number, found.link, found.at) if found else None


def append_heads(path: Path, heads: Iterable[Head]) -> None:
    """One line with *heads*, on the disk when this returns. Raises OSError."""
    numbers = {head.force: [head.number, head.link.hex()] for head in heads}
    line = json.dumps({"at": clock.now().isoformat(), "heads": numbers}, sort_keys=True) + "\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
        # Every worker writes here: the line of one must not end within another's.
        fcntl.flock(file, fcntl.LOCK_EX)
        if _ends_in_half_a_line(path):  # ended, it is a line of its own, which readers pass over
            line = "\n" + line
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def _ends_in_half_a_line(path: Path) -> bool:
    """Whether a machine stopped in the middle of a line; False where the file may not be read."""
    try:
        with path.open("rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return False
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
    except OSError:
        return False


def _is_half(line: str) -> bool:
    """Whether this is a line of ours that ends too early, or in the zeros that a file system left there."""
    text = line.rstrip("\n").rstrip("\0")
    whole = line == f"{text}\n" and text.endswith("}}")
    return BEGINS.startswith(text) or (line.startswith(BEGINS) and not whole)


def read_file(path: Path) -> Iterator[Head]:
    """Every head in a file. Raises OSError, and HeadsUnreadable for a line of something else.

    A line without its end is what a stopped machine leaves; it is passed over.
    """
    with path.open(encoding="utf-8", errors="replace") as lines:
        for count, line in enumerate(lines, 1):
            if not _is_half(line):
                yield from _heads_in(line, f"{path}:{count}")[1]


def _heads_in(line: str, place: str) -> tuple[datetime, list[Head]]:
    """When a whole line was told, and its heads. Raises HeadsUnreadable."""
    try:
        told = json.loads(line)
        at = datetime.fromisoformat(told["at"])
        if at.tzinfo is None:
            raise ValueError(at)
        return at, [Head(force, int(number), bytes.fromhex(link), at)
                    for force, (number, link) in told["heads"].items()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HeadsUnreadable(f"{place}: not a line of heads") from error


def heads_outside(path: Path | None, forces: Collection[str]) -> dict[str, int]:
    """Force -> the highest number that was lately told to a file, of *forces* at least; none without a file.

    Every start asks, and the file grows by a line a minute: it is read from its end, a month back, and
    further only for forces of which nothing was told in that time. A line that cannot be read hides none
    of the others.
    """
    found: dict[str, int] = {}
    wanted, newest = set(forces), None
    try:
        for line in _last_first(path) if path else ():
            try:
                at, heads = _heads_in(line, str(path))
            except HeadsUnreadable as failure:
                log.warning("audit_heads_not_read", error=type(failure).__name__)
                continue
            newest = newest or at
            if at < newest - LATELY and wanted <= found.keys():
                break
            for head in heads:
                # The highest, not the newest: a database that was restored tells lower ones again.
                found[head.force] = max(head.number, found.get(head.force, 0))
    except FileNotFoundError:
        pass  # nothing was told yet
    except OSError as failure:
        log.warning("audit_heads_not_read", error=type(failure).__name__)
    return found


def _last_first(path: Path) -> Iterator[str]:
    """The whole lines of a file of heads, the newest first. Raises OSError."""
    with path.open("rb") as file:
        start, rest = file.seek(0, os.SEEK_END), b""
        while start > 0:
            start, end = max(0, start - BLOCK), start
            file.seek(start)
            rest, *lines = (file.read(end - start) + rest).split(b"\n")
            if start == 0:
                lines.insert(0, rest)
            for line in reversed(lines):
                text = line.decode(errors="replace")
                if not _is_half(f"{text}\n"):
                    yield text


def not_mailed(force: str) -> Head | None:
    """The head, if it is newer than the last that went by email, which from now on it is. Commits."""
    with force_scope(force):
        found = db.session.scalars(
            sa.select(AuditHead).where(AuditHead.number > AuditHead.mailed)
            # Of two workers one sends; the other finds nothing that is not taken.
            .with_for_update(skip_locked=True)
        ).first()
        if found is None:
            return None
        head = Head(force, found.number, found.link, found.at)
        found.mailed = found.number
        db.session.commit()
        return head


def mail_again(heads: Iterable[Head]) -> None:
    """The letter did not go: the next one has them. Commits."""
    for head in heads:
        with force_scope(head.force):
            update_many(AuditHead, [{"id": ONLY, "mailed": 0}])
            db.session.commit()


def send(settings: Settings, heads: Iterable[Head]) -> None:
    """One letter with *heads*, a line each. Raises OSError and smtplib.SMTPException."""
    assert settings.mail_server and settings.audit_head_email
    letter = EmailMessage()
    letter["To"] = letter["From"] = settings.audit_head_email
    letter["Subject"] = "Heads of the audit"
    letter.set_content("".join(
        json.dumps({"at": h.at.isoformat(), "heads": {h.force: [h.number, h.link.hex()]}}) + "\n"
        for h in heads
    ), cte="7bit")  # quoted-printable would break a line of heads in two
    with settings.mail_server.connect(timeout=TIMEOUT) as server:
        server.send_message(letter)


def changed(heads: Iterable[Head], told: Mapping[str, Head]) -> list[Head]:
    """Those of *heads* that are not the last told."""
    return [head for head in heads if told.get(head.force) != head]
