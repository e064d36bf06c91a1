"""One force with everybody who may come to it, and its twin: the same ids, references and words but one.

Made once for the whole run, then put into the empty database of each test that asks for ``world``.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from core.base import clock
from core.base.installation import installation
from core.cases import people
from core.cases.models import Access, Case, Entry, Message, Person, PortalSession, Staff
from core.intake.models import RecordEvent
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage.db import db, force_scope, insert_many
from core.storage.keys.keyring import FORCE_KEYS
from core.storage.row_guard import Base
from core.storage.sealed import Secret, seal, unseal
from core.storage.sealed import secrets_of as sealed_attributes
from core.testing.builders import allocated, event, officer, person, recorded
from core.testing.postgres import empty
from core.web.sessions import token_hash
from plugins.demo.letters import Mailbox, letters
from plugins.demo.routes import mailbox_folder
from plugins.oversight.models import BreakGlass
from plugins.passkeys.models import Passkey
from plugins.your_account.models import Change
from tests.conftest import AVON, HERTS
from tests.security.shadow import inserts_of, put

WORD, TWIN_WORD = "ourownword", "twinsword"
FRESH = 300.0  # seconds
COPIED = (Staff, Person, Case, RecordEvent, Access, Entry, Message, BreakGlass, Change, Passkey)
MISSING = UUID("00000000-0000-7000-8000-000000000000")
# Number of an officer of the record system -> unit and role. O1 leads the case that all look for.
STAFF: dict[str, tuple[int, str | None, str]] = {
    "lead": (1, "Watford CID", "officer"),
    "colleague": (2, "Watford CID", "officer"),
    "colleague_sensitive": (2, "Watford CID", "officer"),
    "other_unit": (3, "Stevenage CID", "officer"),
    "supervisor": (4, "Watford CID", "supervisor"),
    "supervisor_elsewhere": (5, "Stevenage CID", "supervisor"),
    "force_admin": (6, "Headquarters", "force_admin"),
    "national_admin": (7, "Watford CID", "national_admin"),
    "reason_open": (8, "Hertford CID", "officer"),
    "reason_over": (9, "Hertford CID", "officer"),
}
PEOPLE = {"own": 1, "another": 2, "removed": 3, "not_offered": 4, "locked": 6}
ELSEWHERE = {"person_elsewhere": "own", "staff_elsewhere": "lead"}
ACTORS = ("visitor", *PEOPLE, *STAFF, *ELSEWHERE)
CASES = {"theirs": "41/1/24", "another": "41/2/24", "silent": "41/4/24", "sensitive": "41/5/24"}


@dataclass
class World:
    """Ids and sessions; ``tokens`` of each force by actor."""

    app: Flask
    ids: dict[str, UUID]
    tokens: dict[str, dict[str, str]]
    requests: int = 0
    said: list[str] = field(default_factory=list)

    def path(self, rule: str, actor: str, *, missing: bool = False) -> str:
        """The address of a rule, filled with what this actor looks for."""
        case = {"not_offered": "silent", "colleague_sensitive": "sensitive"}.get(actor, "theirs")
        filled = {
            "<uuid:case_id>": str(MISSING if missing else self.ids[f"case {case}"]),
            "<uuid:person_id>": str(self.ids["person 4" if case == "silent" else "person 1"]),
            "<uuid:staff_id>": str(self.ids["staff DEMO-1"]),
            "<uuid:break_glass_id>": str(self.ids["reason open"]),
            "<uuid:change_id>": str(self.ids["change"]), "<source>": "niche",
            "<uuid:passkey_id>": str(self.ids["passkey"]), "<path:filename>": "app.css",
            "<string(maxlength=60):name>": a_letter(self.app),
        }
        if missing and "<uuid:case_id>" not in rule:
            filled |= {name: str(MISSING) for name in filled if name.startswith("<uuid:")}
        for name, value in filled.items():
            rule = rule.replace(name, value)
        return rule

    def ask(
        self, actor: str, method: str, path: str, *, form: dict[str, Any] | None = None,
        force: str = HERTS, token: str | None = None, **more: Any
    ) -> TestResponse:
        """What this actor is answered at the force; a form carries the session's own token."""
        owner = (AVON if force == HERTS else HERTS) if actor in ELSEWHERE else force
        client = self.app.test_client()
        client.set_cookie(f"tmc-{force}", self.tokens[owner][ELSEWHERE.get(actor, actor)])
        data = None
        if method not in ("GET", "HEAD"):
            data = {"csrf_token": csrf_token(self.app) if token is None else token, **(form or {})}
        answer = client.open(f"/{force}{path}", method=method, data=data, buffered=True, **more)
        self.requests += 1
        return answer


def a_letter(app: Flask) -> str:
    """The name of a letter in the demo's mailbox; one is put there when there is none."""
    folder = mailbox_folder(installation(app).settings)
    while not (names := [one.name for one in letters(folder) if one.html]):
        content = b"Subject: News\r\nContent-Type: text/html\r\n\r\n<p>There is news.</p>\r\n"
        Mailbox(folder).keep("", ["somebody@example.com"], content)
    return names[0]


def csrf_token(app: Flask, raw: str = "of all sessions") -> str:
    return str(URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw))


def _events(word: str) -> Iterator[dict[str, Any]]:
    def who(number: int, **more: Any) -> dict[str, Any]:
        return person(number, name={"given": "Amina", "family": f"Khan {word}"}, organisation=word,
                      **more)

    def named(number: int, unit: str | None) -> dict[str, Any]:
        return officer(number, name=f"Sam {word}", unit=unit)

    o1 = named(1, "Watford CID")
    yield recorded("41/1/24", id="1", people=[who(1), who(3), who(6)], summary=word,
                   incident_reference=word)
    yield allocated("41/1/24", id="2", officer=o1)
    yield event("crime.progress", "41/1/24", id="3", text=word, stage="investigating",
                time="2024-03-03T10:00:00Z")
    yield event("message.sent", "41/1/24", id="4", text=word, to="P1", officer=o1,
                time="2024-03-04T10:00:00Z")
    yield event("person.amended", "41/1/24", id="5", person=who(3), removed=True,
                time="2024-03-05T10:00:00Z")
    yield recorded("41/2/24", id="6", people=[who(2)], summary=word)
    yield recorded("41/4/24", id="7", people=[who(4)], summary=word, flags=["domestic-abuse"])
    yield allocated("41/4/24", id="8", officer=o1)
    yield recorded("41/5/24", id="9", people=[who(1)], summary=word, service_level="enhanced")
    yield allocated("41/5/24", id="10", officer=o1)
    for number, (record, unit, _) in enumerate(STAFF.values()):
        if record != 1:
            yield recorded(f"41/{20 + number}/24", id=f"r{number}", people=[], summary=word)
            yield allocated(f"41/{20 + number}/24", id=f"a{number}", officer=named(record, unit))
    demo = {**named(1, "Demo"), "id": "DEMO-1"}
    yield recorded("41/40/24", id="d1", people=[], summary=word)
    yield allocated("41/40/24", id="d2", officer=demo)


def build(app: Flask) -> World:
    with app.app_context(), force_scope(HERTS):
        results = take_in(host().get(HERTS).force, "niche", list(_events(WORD)), announce=False)
        assert {r.status for r in results} == {"accepted"}, results
        for record, _, role in STAFF.values():
            db.session.execute(
                sa.update(Staff).where(Staff.record_id == f"O{record}").values(role=role))
        db.session.commit()
        ids = _ids()
        _give_reasons(ids)
        db.session.commit()
        insert_many(Change, [_change(ids)])
        insert_many(Passkey, [_passkey(ids)])
        db.session.commit()
    _make_twin(app)
    tokens = {force: _sign_in(app, force, ids) for force in (HERTS, AVON)}
    return World(app, ids, tokens)


def _ids() -> dict[str, UUID]:
    references = {text: name for name, text in CASES.items()}
    return {
        **{f"case {references[c.crime_reference]}": c.id for c in db.session.scalars(sa.select(Case))
           if c.crime_reference in references},
        **{f"person {p.record_id[1:]}": p.id for p in db.session.scalars(sa.select(Person))},
        **{f"staff {s.record_id}": s.id for s in db.session.scalars(sa.select(Staff))},
        "reason open": UUID("01900000-0000-7000-8000-000000000001"),
        "reason over": UUID("01900000-0000-7000-8000-000000000002"),
        "change": UUID("01900000-0000-7000-8000-000000000003"),
        "passkey": UUID("01900000-0000-7000-8000-000000000004"),
    }


def _give_reasons(ids: dict[str, UUID]) -> None:
    now = clock.now()
    for name, record, ends_at in (("reason open", 8, now + timedelta(minutes=55)),
                                  ("reason over", 9, now - timedelta(minutes=5))):
        insert_many(BreakGlass, [{
            "id": ids[name], "case_id": ids["case theirs"], "staff_id": ids[f"staff O{record}"],
            "reason": "linked", "words_sealed": seal(BreakGlass, "words", ids[name], WORD),
            "opened_at": ends_at - timedelta(minutes=60), "ends_at": ends_at,
        }])


def _change(ids: dict[str, UUID]) -> dict[str, Any]:
    """The person on the case asked for another email, and an officer has still to confirm it."""
    return {"id": ids["change"], "person_id": ids["person 1"], "contact": "email", "state": "asked",
            "value_sealed": seal(Change, "value", ids["change"], f"{WORD}@example.net"),
            "asked_by": "person", "asked_at": clock.now(), "due_at": clock.now() + timedelta(days=1)}


def _passkey(ids: dict[str, UUID]) -> dict[str, Any]:
    row_id = ids["passkey"]
    return {"id": row_id, "person_id": ids["person 1"], "credential_id": b"one", "public_key": b"key",
            "handle": b"handle", "sign_count": 0, "transports": "", "made_at": clock.now(),
            "works_from": clock.now(), "name_sealed": seal(Passkey, "name", row_id, WORD),
            "contact_sealed": seal(Passkey, "contact", row_id, f"{WORD}@example.com")}


def _make_twin(app: Flask) -> None:
    """The rows of the force once more at the other, sealed with its key, with its own word."""
    for model in COPIED:
        hidden = sealed_attributes(model)
        with app.app_context(), force_scope(HERTS):
            rows = [dict(row._mapping) for row in db.session.connection().execute(
                sa.select(model.__table__), execution_options={"tmc_checked": True})]
            for row in rows:
                row.pop("force")
                for name in hidden:
                    row[name] = unseal(model, name, row["id"], row.pop(f"{name}_sealed"))
        with app.app_context(), force_scope(AVON):
            insert_many(model, [_of_twin(model, row, hidden) for row in rows])
            db.session.commit()


def _of_twin(model: type[Any], row: dict[str, Any], hidden: dict[str, Secret]) -> dict[str, Any]:
    for name, secret in hidden.items():
        text = row.pop(name)
        row |= secret.values(model, row["id"], text and text.replace(WORD, TWIN_WORD))
    row = {key: value.replace(WORD, TWIN_WORD) if isinstance(value, str) else value
           for key, value in row.items()}
    return row | {"district": "bristol"} if "district" in row else row


def _sign_in(app: Flask, force: str, ids: dict[str, UUID]) -> dict[str, str]:
    now, tokens, rows = clock.now(), {}, []
    for number, actor in enumerate(("visitor", *PEOPLE, *STAFF)):
        tokens[actor] = secrets.token_urlsafe(32)
        rows.append({
            "id": UUID(int=(0x01900000_0000_7000 << 64) + (8 << 60) + 100 + number),
            "token_hash": token_hash(tokens[actor]), "made_at": now, "seen_at": now, "proved_at": now,
            "person_id": ids[f"person {PEOPLE[actor]}"] if actor in PEOPLE else None,
            "staff_id": ids[f"staff O{STAFF[actor][0]}"] if actor in STAFF else None,
            "ends_at": now + timedelta(hours=12), "notes": {"csrf_token": "of all sessions"},
        })
    with app.app_context(), force_scope(force):
        insert_many(PortalSession, rows)
        people.lock_access(ids[f"person {PEOPLE['locked']}"], by="person")
        db.session.commit()
    return tokens


class Built:
    """The world, and what puts its rows into an empty database; made for many tests.

    Its visits, reasons and codes are of the hour in which it was made: on a slow machine it is made again
    before they end.
    """

    def __init__(self, app: Flask, owner_url: str) -> None:
        self.app, self.owner_url = app, owner_url
        self.world: World | None = None
        self.inserts, self.made_at = "", 0.0

    def make(self) -> None:
        self.empty()
        self.world, self.made_at = build(self.app), time.monotonic()
        self.inserts = inserts_of(self.app)

    def is_fresh(self) -> bool:
        return self.world is not None and time.monotonic() - self.made_at < FRESH

    def empty(self) -> None:
        empty(self.owner_url)
        FORCE_KEYS.get(self.app).clear()


@pytest.fixture(scope="session")
def built(portal: Flask, settings: Any) -> Built:
    return Built(portal, settings.owner_database_url)


def refill(built: Built) -> None:
    """As it was at the beginning of the test."""
    built.empty()
    put(built.app, built.inserts)


@pytest.fixture
def world(built: Built, app: Flask, shadow: str) -> World:
    if not built.is_fresh():
        built.make()
        built.empty()
        put(app, shadow)
    put(app, built.inserts)
    assert built.world
    return World(app, built.world.ids, built.world.tokens)


__all__ = ["ACTORS", "AVON", "HERTS", "TWIN_WORD", "WORD", "Base", "World", "built", "world"]
