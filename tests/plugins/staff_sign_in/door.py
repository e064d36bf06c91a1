"""A force's door for staff, as a browser and a test come to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from core.audit.models import AuditEntry
from core.cases.models import PortalSession, Staff
from core.storage.db import db, force_scope
from core.testing import Browser, run_command
from plugins.staff_sign_in import secret
from tests.core.force.force_texts import GOOD
from tests.plugins.staff_sign_in.simulator import SECRET, Make, Simulator

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LISTED = ("officer_desk", "messages", "record_feed", "sign_in", "your_account", "demo")
TABLE = """
[plugins.staff_sign_in]
issuer = "{issuer}"
client_id = "portal"
record_id = "employeeid"
units.claim = "department"
units.names."NW-CID" = "North West CID"
requires.amr = ["mfa", "hwk"]
refuses.acct = ["1"]
[plugins.staff_sign_in.roles]
claim = "roles"
officer = ["Portal.Officer"]
supervisor = ["Portal.Supervisor"]
force_admin = ["Portal.Admin"]
"""


def force_file(name: str, issuer: str, table: str = TABLE) -> str:
    """The file of a force with this provider."""
    head, rest = GOOD.split("[plugins.messages]")
    listed = "\n".join(f"[plugins.{one}]" for one in LISTED) + table.format(issuer=issuer)
    text = head + listed + "\n[oversight]" + rest.split("[oversight]", 1)[1]
    return text.replace("midshire", name).replace("Midshire", name.title())


@dataclass
class Door:
    app: Flask
    provider: Simulator
    simulators: dict[str, Simulator]
    force: str = "midshire"

    @classmethod
    def of(cls, app: Flask, simulators: dict[str, Simulator]) -> Door:
        door = cls(app, simulators["midshire"], simulators)
        for name in simulators:
            with app.app_context(), force_scope(name):
                secret.replace(SECRET)
                db.session.commit()
        return door

    def browser(self) -> Browser:
        return Browser(self.app, self.force)

    def sent(self, browser: Browser, path: str = "/staff/sign-in/begin") -> str:
        """Where a browser is sent that begins."""
        answer = browser.get(path)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def back(self, browser: Browser, address: str) -> TestResponse:
        """The browser follows the provider back to the portal."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}" == "http://portal.test"
        return browser.get(f"{parts.path}?{parts.query}", headers={"Sec-Fetch-Site": "cross-site"})

    def sign_in(
        self, browser: Browser | None = None, make: Make | None = None, **claims: Any
    ) -> TestResponse:
        """All the way there and back."""
        browser = browser or self.browser()
        return self.back(browser, self.provider.allow(self.sent(browser), make, **claims))

    def signed_in(self, **claims: Any) -> Browser:
        """A browser in which this went well."""
        browser = self.browser()
        answer = self.sign_in(browser, **claims)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/{self.force}/desk/"), answer.text
        return browser

    def look(self, asked: Callable[[], Any]) -> Any:
        with self.app.app_context(), force_scope(self.force):
            return asked()

    def staff(self) -> dict[str, Staff]:
        """Everybody at the force, by the record system's id."""
        return {one.record_id: one for one in self.look(
            lambda: list(db.session.scalars(sa.select(Staff).order_by(Staff.record_id))))}

    def sessions(self) -> int:
        """How many visits of staff go on."""
        return self.look(lambda: int(db.session.scalar(sa.select(sa.func.count()).select_from(
            PortalSession).where(PortalSession.staff_id.is_not(None))) or 0))

    def audited(self, action: str) -> list[dict[str, Any]]:
        """The fields of the rows of one action, the oldest first."""
        return self.look(lambda: [row.fields for row in db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id))])


def code_of(door: Door, *more: str) -> str:
    said = run_command(door.app, "staff", "setup-code", "--force", "midshire", *more, ends=0)
    return str(said.output.splitlines()[0])
