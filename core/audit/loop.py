"""Beside the worker's jobs: links what is new in the audit, and tells the heads every minute."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask

from core.audit.chain import Chainer
from core.audit.export import (
    Head,
    append_heads,
    audited,
    changed,
    head_of,
    mail_again,
    not_mailed,
    send,
)
from core.base.installation import installation
from core.base.log import of
from core.base.settings import Settings
from core.base.settings_source import SettingsError
from core.storage.db import close_connections, force_scope, read
from core.storage.keys.purposes import ForceErased

log = structlog.get_logger()
LOOK_EVERY = 2.0  # seconds
TELL_EVERY = 60.0
# Which transactions have ended and which are at work: other than before when any was committed.
SEEN = sa.select(sa.cast(sa.func.pg_current_snapshot(), sa.Text).label("seen"))


class AuditLoop:
    """One for each worker process; any number may run."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.settings = installation(app).settings
        self.chainer = Chainer()
        self.told: dict[str, Head] = {}
        self._seen: dict[str, str] = {}
        self._erased: set[str] = set()
        self._telling_due = 0.0

    def look(self) -> int:
        """Link what is new, in every database in which anything happened; how many rows."""
        linked = 0
        with self.app.app_context():
            for database, forces in self._databases().items():
                something = False
                with self._noted("audit_not_linked", forces[0]):
                    something = self._something_happened(database, forces[0])
                for force in forces if something else ():
                    with self._noted("audit_not_linked", force):
                        linked += self.chainer.link_new(force)
        return linked

    def tell(self) -> None:
        """The heads, to the file and the address that the settings name."""
        with self.app.app_context():
            if self.settings.audit_head_file:
                with self._noted("audit_heads_not_told"):
                    self._tell_file()
            if self.settings.audit_head_email and self.settings.mail_server:
                with self._noted("audit_heads_not_told"):
                    self._tell_address()

    def run(self, stop: Event) -> None:
        while not stop.is_set():
            self.look()
            if time.monotonic() >= self._telling_due:
                self._telling_due = time.monotonic() + TELL_EVERY
                self.tell()
            stop.wait(LOOK_EVERY)

    def _databases(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        urls = self.settings.force_database_urls
        for force in (f for f in audited(self.app) if f not in self._erased):
            found.setdefault(urls.get(force, self.settings.database_url), []).append(force)
        return found

    def _something_happened(self, database: str, force: str) -> bool:
        with force_scope(force):
            seen: str = read(SEEN).scalar_one()
        before, self._seen[database] = self._seen.get(database), seen
        return seen != before

    def _tell_file(self) -> None:
        assert self.settings.audit_head_file
        heads = [head for force in audited(self.app) if (head := head_of(force))]
        new = changed(heads, self.told)
        append_heads(self.settings.audit_head_file, new)
        self.told.update((head.force, head) for head in new)

    def _tell_address(self) -> None:
        heads = [head for force in audited(self.app) if (head := not_mailed(force))]
        try:
            if heads:
                send(self.settings, heads)
        # Also when the process is being ended: a head counts as told from the moment it was taken.
        except BaseException:
            mail_again(heads)
            raise

    @contextmanager
    def _noted(self, event: str, force: str | None = None) -> Iterator[None]:
        """What fails is in the log, and is tried again at the next look; nothing else waits for it."""
        try:
            yield
        except ForceErased:
            self._erased.add(str(force))  # its audit ends here, as all that it had
        except Exception as failure:  # noqa: BLE001
            log.error(event, **of(failure), **({"force": force} if force else {}))
            if force:
                # Else the next look finds that nothing happened since, and leaves it until somebody commits.
                self._seen.clear()


def check_head_file(settings: Settings) -> None:
    """Raises SettingsError when the heads cannot be written where the settings say."""
    if settings.audit_head_file:
        try:
            append_heads(settings.audit_head_file, [])
        except OSError as error:
            raise SettingsError(
                f"TMC_AUDIT_HEAD_FILE: {settings.audit_head_file} cannot be written: {error.strerror}"
            ) from None


@contextmanager
def chaining(app: Flask) -> Iterator[None]:
    """The loop runs while the block does; what is new at its end is linked and told."""
    check_head_file(installation(app).settings)
    loop, stop = AuditLoop(app), Event()
    thread = Thread(target=loop.run, args=(stop,), name="audit", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        # A mail server that hangs does not hold up the end: the next start tells what was not told.
        thread.join(10)
        if not thread.is_alive():
            loop.look()
            loop.tell()
        with suppress(Exception), app.app_context():
            close_connections()


__all__: list[Any] = ["AuditLoop", "chaining", "check_head_file"]
