"""A portal that is served by this very process: a test says what time it is, and real browsers ask it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from playwright.sync_api import Browser, Page

from core.base import clock
from core.cases.models import Staff
from core.cli.processes.supervisor import free_port
from core.commitments import jobs as of_commitments
from core.notices import Notice
from core.plugin_host import jobs
from core.storage.db import db, force_scope
from core.testing import kit
from tests.people import FORCE, Met, meet, officer_browser, person_browser, take
from tests.rows import rows
from tests.served import serving

MONDAY = datetime(2024, 3, 4, 12, tzinfo=UTC)  # no day off until Good Friday, 29 March


class Portal:
    """The portal, its clock, its worker, and who comes to it."""

    def __init__(self, given: kit.Portal, port: int, browser: Browser) -> None:
        self.given, self.browser = given, browser
        self.base = f"http://127.0.0.1:{port}"
        self.pages: dict[str, Page] = {}
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
        """The worker sends every letter that is due."""
        for notice in rows(self.app, Notice, Notice.state == "due"):
            jobs.run(self.app, "send_notice", FORCE, notice_id=str(notice.id))

    def remind(self) -> None:
        """What the worker does each hour of a working day, and then sends."""
        with self.app.app_context(), force_scope(FORCE):
            of_commitments.remind()
        self.work()

    def sergeant(self, unit: str) -> UUID:
        """The supervisor of a unit, who comes with it."""
        with self.app.app_context(), force_scope(FORCE):
            one = Staff(record_id=f"S-{unit}", name="Sue Sergeant", email="sue@example.org", unit=unit,
                        role="supervisor")
            db.session.add(one)
            db.session.commit()
            return one.id

    def person(self, met: Met, name: str) -> Page:
        """The victim's telephone, in this person's hand, signed in now: a visit does not last for days."""
        return self._page("victim", person_browser(self.app, met, name))

    def staff(self, who: UUID | None, role: str = "officer") -> Page:
        return self._page(role, officer_browser(self.app, who))

    def _page(self, role: str, signed_in: Any) -> Page:
        """One browser for each role, whoever it is: a new one each time would cost most of all here."""
        if role not in self.pages:
            context = self.browser.new_context(
                base_url=self.base, viewport={"width": 320, "height": 640}, reduced_motion="reduce",
                locale="en-GB", timezone_id="Europe/London")
            context.set_default_timeout(60_000)  # a ceiling for a busy machine
            self.pages[role] = context.new_page()
        cookie = signed_in.client.get_cookie(f"tmc-{FORCE}")
        self.pages[role].context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.base}])
        return self.pages[role]


@contextmanager
def served(browser: Browser) -> Iterator[Portal]:
    port, before = free_port(), clock._frozen
    with kit.portal(base_url=f"http://127.0.0.1:{port}") as given, serving(given.app, port):
        portal = Portal(given, port, browser)
        try:
            yield portal
        finally:
            clock._frozen = before
            for page in portal.pages.values():
                page.context.close()
