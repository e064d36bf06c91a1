"""A portal that is served by this very process: a test says what time it is, and real browsers ask it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any
from uuid import UUID

from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from core.base import clock
from core.cases.models import Staff
from core.cli.processes.supervisor import free_port
from core.commitments import jobs as of_commitments
from core.plugin_host import jobs
from core.storage.db import db, force_scope
from core.testing import kit
from tests.people import FORCE, SOURCE, Met, meet, officer_browser, person_browser, staff_id, take

MONDAY = datetime(2024, 3, 4, 12, tzinfo=UTC)  # no day off until Good Friday, 29 March
SUPERVISOR = "S1"


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name is werkzeug's
        pass


class Portal:
    """The portal, its clock, its worker, and who comes to it."""

    def __init__(self, given: kit.Portal, port: int, browser: Browser) -> None:
        self.given, self.browser = given, browser
        self.base = f"http://127.0.0.1:{port}"
        self.pages: dict[tuple[str, str], Page] = {}
        self.now = MONDAY

    @property
    def app(self) -> Flask:
        return self.given.app

    def at(self, day: int, hours: float = 0) -> None:
        """It is so many days after that Monday from now on, at noon or *hours* later. Time goes both ways:
        each journey begins at the beginning."""
        self.now = MONDAY + timedelta(days=day, hours=hours)
        clock._frozen = self.now

    def take(self, *events: dict[str, Any]) -> None:
        take(self.app, *events, announce=True)

    def meet(self, reference: str) -> Met:
        return meet(self.app, reference)

    def work(self) -> None:
        """The worker sends what is due; apart, because a browser's own loop runs in this thread."""
        worker = Thread(target=jobs.work, args=(self.app,))
        worker.start()
        worker.join()

    def remind(self) -> None:
        """What the worker does each hour of a working day, and then sends."""
        with self.app.app_context(), force_scope(FORCE):
            of_commitments.remind()
        self.work()

    def supervisor(self) -> UUID:
        with self.app.app_context(), force_scope(FORCE):
            db.session.add(Staff(record_id=SUPERVISOR, name="Sue Sergeant", email="sue@example.org",
                                 unit="Watford CID", role="supervisor"))
            db.session.commit()
        return staff_id(self.app, SUPERVISOR)

    def person(self, met: Met, name: str, **how: Any) -> Page:
        """Their browser, signed in now: a visit does not last for days."""
        return self._page((name, repr(how)), person_browser(self.app, met, name), **how)

    def staff(self, who: UUID | None, **how: Any) -> Page:
        return self._page((str(who), repr(how)), officer_browser(self.app, who), **how)

    def _page(self, who: tuple[str, str], signed_in: Any, *, width: int = 320, **how: Any) -> Page:
        if who not in self.pages:
            context = self.browser.new_context(
                base_url=self.base, viewport={"width": width, "height": 640 if width < 700 else 860},
                reduced_motion="reduce", locale="en-GB", timezone_id="Europe/London", **how)
            context.set_default_timeout(30_000)  # a ceiling for a busy machine
            self.pages[who] = context.new_page()
        cookie = signed_in.client.get_cookie(f"tmc-{FORCE}")
        self.pages[who].context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.base}])
        return self.pages[who]


@contextmanager
def served(browser: Browser) -> Iterator[Portal]:
    port, before = free_port(), clock._frozen
    with kit.portal(base_url=f"http://127.0.0.1:{port}") as given:
        server = make_server("127.0.0.1", port, given.app, threaded=True, request_handler=Quiet)
        serving = Thread(target=server.serve_forever, daemon=True)
        serving.start()
        portal = Portal(given, port, browser)
        try:
            yield portal
        finally:
            clock._frozen = before
            for page in portal.pages.values():
                page.context.close()
            server.shutdown()
            serving.join()
            server.server_close()


__all__ = ["FORCE", "MONDAY", "SOURCE", "Portal", "served"]
