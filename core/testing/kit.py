"""A portal for tests, and one force of it: who is there, what they see, what is sent to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from flask import Flask

from core.app import create_app
from core.base import log
from core.base.settings import Settings
from core.hookspecs import Channel, Delivery, DeliveryState, RenderedNotice, hookimpl
from core.plugin_host import jobs
from core.plugin_host.host import InstalledForce, host
from core.storage import schema
from core.storage.db import close_connections, db, force_scope
from core.storage.keys.keyring import FORCE_KEYS
from core.testing import people
from core.testing.browser import Browser
from core.testing.postgres import SERVING, Addresses, empty, postgres


class Post:
    """Takes every letter in place of a mail service, and keeps it."""

    CHANNELS = (Channel.EMAIL,)

    def __init__(self) -> None:
        self.letters: list[tuple[str, RenderedNotice]] = []

    @hookimpl(tryfirst=True)
    def deliver(self, force: Any, notice: RenderedNotice) -> Delivery | None:
        if notice.channel not in self.CHANNELS:
            return None
        self.letters.append((force.id, notice))
        return Delivery(DeliveryState.SENT, by="the test kit")


class Texts(Post):
    """Takes every text in place of a text service, and keeps it."""

    CHANNELS = (Channel.TEXT,)


@dataclass(frozen=True)
class AtForce:
    """One force of the portal. References are those of the events that were taken in."""

    portal: Portal
    installed: InstalledForce

    @property
    def id(self) -> str:
        return self.installed.force.id

    def take_in(self, *events: Mapping[str, Any], announce: bool = True) -> None:
        """Record events arrive; fails unless all are accepted. ``announce`` writes the notices."""
        given = [dict(event) for event in events]
        people.take(self.portal.app, *given, force=self.id, announce=announce)

    def case(self, reference: str = "41/1/24") -> people.Met:
        """The ids of a case and of everybody on it."""
        return people.meet(self.portal.app, reference, force=self.id)

    def visitor(self) -> Browser:
        """Somebody who is not signed in."""
        return Browser(self.portal.app, self.id)

    def person(self, name: str = "P1", *, reference: str = "41/1/24") -> Browser:
        """The browser of a person on the case, signed in."""
        return people.person_browser(self.portal.app, self.case(reference), name, force=self.id)

    def officer(self, name: str = "O1") -> Browser:
        """The browser of an officer, signed in."""
        found = people.staff_id(self.portal.app, name, force=self.id)
        return people.officer_browser(self.portal.app, found, force=self.id)

    @contextmanager
    def scope(self) -> Iterator[sa.orm.scoped_session[Any]]:
        """Inside, the code of a plugin runs as it does for this force; the session is given."""
        with self.portal.app.app_context(), force_scope(self.id):
            yield db.session

    def run_job(self, name: str, **arguments: Any) -> None:
        """Run a task now, whenever it is due."""
        jobs.run(self.portal.app, name, self.id, **arguments)

    def letters(self) -> list[RenderedNotice]:
        """The letters that would have gone to people and officers of this force, oldest first."""
        jobs.work(self.portal.app)
        return [letter for force, letter in self.portal.post.letters if force == self.id]

    def texts(self) -> list[RenderedNotice]:
        """As :meth:`letters`, of text messages."""
        jobs.work(self.portal.app)
        return [text for force, text in self.portal.texts.letters if force == self.id]


class Portal:
    """The whole application on a database of its own."""

    def __init__(self, app: Flask, owner_url: str) -> None:
        self.app, self._owner_url, self.post, self.texts = app, owner_url, Post(), Texts()
        for force in host(app).installed.values():
            force.manager.register(self.post, "the test kit")
            force.manager.register(self.texts, "the test kit's texts")

    def at(self, force: str) -> AtForce:
        """The portal as one force has it.

        Raises :class:`core.plugin_host.UnknownForce`, or ForceFileError with every fault of its file.
        """
        if force in host(self.app).faulty:
            raise host(self.app).faulty[force]
        return AtForce(self, host(self.app).get(force))

    def empty(self) -> None:
        """As if nothing had ever happened."""
        empty(self._owner_url)
        # Their rows are gone too: what is open would seal with keys that nobody has.
        FORCE_KEYS.get(self.app).clear()
        self.post.letters.clear()
        self.texts.letters.clear()


def settings_for(database: Addresses, data_dir: Path, **more: Any) -> Settings:
    """Settings of a portal for tests: forces that are drafts are served too."""
    return Settings(**{
        "mode": "demo", "database_url": database.serving, "owner_database_url": database.owner,
        "data_dir": data_dir, "base_url": "http://portal.test", **more,
    })


def make_app(settings: Settings) -> Flask:
    """The application, its tables made."""
    app = create_app(settings)
    log.strict(True)
    app.testing = False  # so that a failure is the page that people would get
    schema.upgrade(app, str(settings.owner_database_url), SERVING)
    schema.check(app)
    return app


@contextmanager
def portal(forces_dir: Path | None = None, **settings: Any) -> Iterator[Portal]:
    """A portal on a PostgreSQL of its own (about two seconds), gone at the end of the block.

    *forces_dir* is a further folder of forces; *settings* are those of :class:`core.base.Settings`.
    """
    with TemporaryDirectory(prefix="tmc-test-") as folder, postgres(Path(folder)) as database:
        data = Path(folder) / "data"
        data.mkdir()
        app = make_app(settings_for(database, data, forces_dir=forces_dir, **settings))
        try:
            yield Portal(app, database.owner)
        finally:
            with app.app_context():
                close_connections()
