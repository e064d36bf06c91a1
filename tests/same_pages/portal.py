"""A demo in this process: its forces, its sample people and whoever looks at it."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask

from core.testing import AtForce, Browser, Portal, event, kit, person, recorded, travel
from core.testing.kit import make_app, settings_for
from core.testing.people import Met, sign_in_as
from core.testing.postgres import Addresses, postgres
from plugins.demo import samples
from plugins.demo.mailbox import MailboxServer

ROOT = Path(__file__).resolve().parents[2]
HOME = "hertfordshire"
FORCES = sorted(path.parent.name for path in ROOT.glob("forces/*/force.toml"))
# Those of the others that differ by more than words and colours: Welsh, no districts, another law.
UNLIKE = ("avon-and-somerset", "btp", "city-of-london", "north-wales", "northern-ireland", "police-scotland")
LANGUAGES = ("en", "cy")
# Long enough after the first phases open for the sample that is closed; in the past, so that jobs are due.
MOMENT = datetime(2026, 6, 18, 11, 30, tzinfo=UTC)
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
CASES = {one.case: number for number, one in enumerate(samples.PEOPLE)}
STAFF = {"officer": "DEMO-2", "officer of another case": "DEMO-1", "supervisor": "DEMO-4", "admin": "DEMO-5"}
VISITORS = ("nobody", *CASES, "olu", *STAFF)
NOBODY_S = "00000000-0000-4000-8000-000000000000"
OLU, TWINS = "41/55003/26", "41/55004/26"


@dataclass(frozen=True)
class Demo:
    """Some forces of a portal, and the letters that it sends."""

    portal: Portal
    database: Addresses
    mailbox: Path

    @property
    def app(self) -> Flask:
        return self.portal.app

    def begin(self, *forces: str) -> None:
        """As the demo begins: nothing but the samples of these forces, and no letter."""
        self.portal.empty()
        for letter in self.mailbox.glob("*"):
            letter.unlink()
        for force in forces:
            at = self.portal.at(force)
            with at.scope() as session:
                samples.load(at.installed.force)
                session.commit()
            if force == HOME:
                at.take_in(*_more(), announce=False)

    def work(self) -> None:
        """Every job that waits is done."""
        self.portal.at(HOME).letters()

    def met(self, who: str, force: str) -> Met | None:
        """The case of a visitor (the busy one for whoever has none); None at a force without samples."""
        at = self.portal.at(force)
        if not at.installed.force.districts:
            return None
        if who == "olu":
            return at.case(OLU)
        number = CASES.get(who, CASES["busy"])
        return at.case(samples.reference(at.installed.force, number))

    def browser(self, who: str, force: str, met: Met | None) -> Browser:
        """The browser of a visitor, signed in."""
        at = self.portal.at(force)
        if who in STAFF:
            return at.officer(STAFF[who])
        if who == "nobody":
            return at.visitor()
        assert met
        return sign_in_as(at.visitor(), person_id=next(iter(met.people.values())))


def address(rule: str, met: Met | None) -> str:
    """The address of a rule: ids are those of the case, other parts are made up."""
    ids: dict[str, Any] = {}
    if met:
        ids = {"case_id": met.case, "person_id": next(iter(met.people.values())), "staff_id": met.staff}

    def part(found: re.Match[str]) -> str:
        kind, name = found[1] or "", found[2]
        made_up = NOBODY_S if kind.startswith("uuid") else "1" if kind.startswith("int") else "niche"
        return str(ids.get(name, made_up))

    return re.sub(r"<(?:([^>]*):)?(\w+)>", part, rule)


def _more() -> list[dict[str, Any]]:
    """Somebody with two reports, long words and no officer; two children of one day and one address."""
    olu = person(id="MORE-1", name={"given": "Olu", "family": f"Adeyemi-{LONG}"}, email="olu@example.com")
    home: dict[str, Any] = {"date_of_birth": "2012-03-09", "postcode": "SG1 1AA", "email": "home@example.com"}
    twins = [person(id=f"MORE-{n}", name={"given": given, "family": "Rhys"}, **home)
             for n, given in enumerate(("Nia", "Gwen"), start=2)]
    return [
        recorded("41/55002/26", time=_ago(9), people=[olu]),
        recorded(OLU, time=_ago(8), people=[olu], crime_type="dog-theft"),
        event("crime.progress", OLU, time=_ago(7), text=f"See {LONG}. " * 60,
              next_step=f"https://example.com/{LONG}{LONG}{LONG}"),
        recorded(TWINS, time=_ago(2), people=twins),
    ]


def _ago(days: int) -> str:
    return (MOMENT - timedelta(days=days)).isoformat()


@contextmanager
def demo() -> Iterator[Demo]:
    """The demo on a database and with a mail server of its own; nothing of it is left afterwards."""
    with TemporaryDirectory(prefix="tmc-pages-") as name, travel(MOMENT), postgres(Path(name)) as database:
        data, port = Path(name) / "data", _free_port()
        data.mkdir()
        mailbox = data / "mailbox"
        mailbox.mkdir()
        with MailboxServer("127.0.0.1", port, mailbox):
            app = make_app(settings_for(database, data, smtp_url=f"smtp://127.0.0.1:{port}?starttls=no"))
            portal = Portal(app, database.owner)
            for force in FORCES:  # letters go to the mailbox, not to the kit's own
                _manager(portal.at(force)).unregister(portal.post)
            try:
                yield Demo(portal, database, mailbox)
            finally:
                with app.app_context():
                    kit.close_connections()  # type: ignore[attr-defined]  # of the core, wherever it stands


def _manager(at: AtForce) -> Any:
    return at.installed.manager


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
