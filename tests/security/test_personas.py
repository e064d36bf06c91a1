"""Two who want to know what is not theirs, with all they can have: they learn nothing of the case."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from standardwebhooks import Webhook

from core.plugin_host import jobs
from core.testing import allocated, event, officer, people, person, recorded
from plugins.record_feed import keyring
from tests.conftest import AVON, HERTS
from tests.mail import MailServer, mail_server, sends_through
from tests.pages import Browser
from tests.security.checklist import requirement

OLD, NEW = "shared.before@example.com", "hers.now@example.com"
OLD_PHONE, NEW_PHONE = "07700 900111", "07700 900222"
# What nobody but she and her officer may learn. The reference, her name and her details he knows.
SECRETS = [NEW, NEW_PHONE, "SAMSECRET", "UNITSECRET", "NEWSSECRET", "MESSAGESECRET", "SUMMARYSECRET"]
FACTS = {
    "crime_reference": "41/1/24", "surname": "Khan", "date_of_birth-day": "17",
    "date_of_birth-month": "5", "date_of_birth-year": "1980", "postcode": "WD17 1AA",
}
CODE = re.compile(r"\b\d{3} ?\d{3}\b")
MOVED = "2024-03-09T10:00:00Z"


@dataclass
class World:
    """Her case at Hertfordshire, and the mail that went to anybody."""

    app: Flask
    mail: MailServer
    met: people.Met
    seen: list[bytes] = field(default_factory=list)  # by the persona, in answers and letters

    def letters_to(self, address: str) -> list[Any]:
        jobs.work(self.app)
        return [one for one in self.mail.letters if one["To"] == address]

    def learnt(self) -> int:
        """How many bytes of what is hers alone the persona has seen."""
        everything = b"\n".join(self.seen)
        secrets = [secret.encode() for secret in SECRETS]
        return sum(len(secret) * everything.count(secret) for secret in secrets)


class Persona(Browser):
    """A browser whose every answer is kept."""

    def __init__(self, world: World, force: str) -> None:
        super().__init__(world.app, force, address="203.0.113.7")
        self.world = world

    def _seen(self, answer: Any) -> Any:
        self.world.seen += [answer.get_data(), str(answer.headers).encode()]
        return answer

    def walk(self, ids: dict[str, Any]) -> int:
        """Every address that can be written with *ids*, asked for and posted to; how many."""
        asked = 0
        for rule in self.app.url_map.iter_rules():
            if not rule.arguments <= ids.keys():
                continue
            with self.app.test_request_context():
                path = rule.build(ids, append_unknown=False)
            assert path
            for method in (rule.methods or set()) - {"OPTIONS"}:
                sent = {**FACTS, "text": "hello", "code": "123456", "email": OLD, "phone": OLD_PHONE}
                answer = self.client.open(
                    self.path(path[1]), method=method, data=sent if method == "POST" else None,
                    query_string=None if method == "POST" else sent, buffered=True,
                )
                self._seen(answer)
                asked += 1
        return asked


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """She had her case under the address they shared, and gave the police a new one."""
    before = person(email=OLD, phone=OLD_PHONE)
    people.take(app, recorded(people=[before], summary="SUMMARYSECRET"), force=HERTS)
    with mail_server() as mail, sends_through(app, mail.url):
        yield World(app, mail, people.meet(app, force=HERTS))


def moves_on(world: World) -> None:
    """She gives the police new contacts; the case goes on."""
    sam = officer(name="SAMSECRET", unit="UNITSECRET")
    people.take(
        world.app,
        event("person.amended", time=MOVED, person=person(email=NEW, phone=NEW_PHONE)),
        allocated(officer=sam, time="2024-03-10T10:00:00Z"),
        event("crime.progress", time="2024-03-11T10:00:00Z", stage="investigating", text="NEWSSECRET"),
        event("message.sent", time="2024-03-12T10:00:00Z", text="MESSAGESECRET", officer=sam),
        force=HERTS, announce=True,
    )


def gives_facts(browser: Browser, **changed: str) -> Any:
    return browser.post("/sign-in", {**FACTS, **changed})


def enters(browser: Browser, code: str) -> Any:
    return browser.post("/sign-in/code", {"code": code})


def code_in(letter: Any) -> str:
    found = CODE.search(letter.get_body(("plain",)).get_content())
    assert found
    return found[0]


@requirement("A1", "A2", "A7")
def test_the_ex_partner_with_every_fact_the_old_mailbox_and_the_old_phone_learns_nothing(
    world: World, record_property: Any
) -> None:
    # while the address was shared, he signed in once on the phone that is now his
    phone = Persona(world, HERTS)
    gives_facts(phone)
    assert enters(phone, code_in(world.letters_to(OLD)[-1])).status_code == 303
    waiting = Persona(world, HERTS)
    gives_facts(waiting)
    old_code = code_in(world.letters_to(OLD)[-1])
    old_letters = len(world.letters_to(OLD))
    world.seen.clear()

    moves_on(world)
    ids = {"case_id": world.met.case, "person_id": world.met.people["P1"]}
    (told,) = world.letters_to(OLD)[old_letters:]
    assert told["Subject"] == "A change in your account"
    old_letters += 1
    assert world.letters_to(NEW), "she is told of the news"

    his = Persona(world, HERTS)
    gives_facts(his)
    assert len(world.letters_to(OLD)) == old_letters, "no code went to the old mailbox"
    for code in (old_code, "123456", "000000"):
        assert enters(his, code).status_code in (400, 429)
    assert enters(waiting, old_code).status_code == 400
    gives_facts(Persona(world, AVON))
    for browser in (phone, his, waiting):
        assert browser.walk(ids) > 20
    for letter in world.letters_to(OLD):
        text = letter.get_body(("plain",)).get_content()
        world.seen.append(text.encode())
        for address in re.findall(r"https?://\S+", text):
            his.get(urlsplit(address).path.removeprefix(f"/{HERTS}") or "/")

    record_property("figure", ("bytes of case data learnt by personas", world.learnt()))
    assert world.learnt() == 0


def test_she_herself_reads_her_case_with_the_new_mailbox(world: World) -> None:
    moves_on(world)
    assert world.letters_to(NEW), "the news has gone out before the code does"
    hers = Persona(world, HERTS)
    gives_facts(hers)
    answer = enters(hers, code_in(world.letters_to(NEW)[-1]))
    assert answer.status_code == 303
    world.seen.clear()
    hers.get(answer.location)
    assert world.learnt() > 0


@requirement("C5", "D4", "D7")
def test_the_officer_of_another_force_with_a_valid_session_learns_nothing(
    world: World, record_property: Any
) -> None:
    moves_on(world)
    people.take(
        world.app, recorded("41/1/24", district="bristol"), allocated("41/1/24"), force=AVON
    )
    own = people.meet(world.app, force=AVON)
    at_home = people.sign_in_as(Persona(world, AVON), staff_id=own.staff)
    assert at_home.get(f"/desk/case/{own.case}").status_code == 200
    token = at_home.client.get_cookie(f"tmc-{AVON}")
    assert token
    abroad = Persona(world, HERTS)
    abroad.client.set_cookie(f"tmc-{HERTS}", token.value, path="/")
    abroad.client.set_cookie(f"tmc-{AVON}", token.value, path="/")
    world.seen.clear()

    ids = {"case_id": world.met.case, "person_id": world.met.people["P1"]}
    assert at_home.walk(ids) > 20
    assert abroad.walk(ids) > 20
    for path in ("/desk/", "/desk/people.csv", "/desk/?reference=41/1/24"):
        abroad.get(path)
        at_home.get(path)
    world.seen.append(_news_with_the_other_forces_key(world, world.met.case))

    record_property("figure", ("bytes of case data learnt by personas", world.learnt()))
    assert world.learnt() == 0


def _news_with_the_other_forces_key(world: World, case: UUID) -> bytes:
    """A key of Avon and Somerset, at Hertfordshire's door, and naming Hertfordshire at its own."""
    from core.storage.db import db, force_scope

    with world.app.app_context(), force_scope(AVON):
        secret = keyring.make("niche")
        db.session.commit()
    body = json.dumps({**event("crime.progress", text="?", stage="closed"), "force": HERTS,
                       "case_id": str(case)})
    now, answers = datetime.now(UTC), b""
    for force in (HERTS, AVON):
        answer = world.app.test_client().post(f"/{force}/feed/v1/niche/events", data=body, headers={
            "content-type": "application/cloudevents+json", "webhook-id": f"d-{force}",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(f"d-{force}", now, body),
        })
        assert answer.status_code == (401 if force == HERTS else 202)
        answers += answer.get_data()
    return answers
