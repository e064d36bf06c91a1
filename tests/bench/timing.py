"""A5: can the time of an answer tell what details fit? Tries of every kind in turns, over real HTTP.

The portal is served with its worker; one visitor signs in again and again, from a new address each
time, with details of every kind in a chance order. The area under the curve says how often a try of
one kind takes longer than one of the others: 0.5 is a coin.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from core.base import clock
from core.cases.models import Person
from core.cli.processes.supervisor import free_port
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from tests.bench.pages import served
from tests.bench.rows import Row
from tests.bench.world import FORCE, SOURCE, START, World, outcome, recorded

EACH = 40  # cases of every kind, asked for in turn
FURTHEST = 0.05  # from 0.5
TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
COOKIE = re.compile(r"(tmc-[a-z-]+=[^;]+)")
KINDS = {  # first number of their cases
    "right": 70000, "unknown": 71000, "wrong": 70000, "other force": 72000, "closed": 73000,
    "silent": 74000, "not offered": 75000, "locked": 76000,
}
FACTS = {
    "surname": "Khan", "date_of_birth-day": "17", "date_of_birth-month": "5",
    "date_of_birth-year": "1980", "postcode": "WD17 1AA",
}


def measure(world: World, tries: int) -> list[Row]:
    seed(world)
    with _mailbox(world) as smtp:
        environment = world.environment | {"TMC_PROXIES": "1", "TMC_SMTP_URL": smtp}
        with served("unhurried", replace(world, environment=environment)) as server, \
                _worker(environment):
            times = _times(server.port, tries)
    return [_row(step, found, tries) for step, found in times.items()]


def seed(world: World) -> None:
    from plugins.sign_in import guesses, limits

    def crimes(kind: str, **more: Any) -> list[dict[str, Any]]:
        found = []
        for number in range(KINDS[kind], KINDS[kind] + EACH):
            crime = recorded(f"41/{number}/24", START)
            crime["data"].update({name: value for name, value in more.items() if name != "person"})
            crime["data"]["people"][0].update(more.get("person", {}))
            found.append(crime)
        return found

    events = [
        *crimes("right"), *crimes("closed"), *crimes("silent", person={"safe_contact": {"silent": True}}),
        *crimes("not offered", crime_type="rape"), *crimes("locked"),
        *(outcome(f"41/{number}/24", clock.now()) for number in range(73000, 73000 + EACH)),
    ]
    with world.app.app_context():
        with force_scope(FORCE):
            _take(FORCE, events)
            locked = db.session.scalars(sa.select(Person.id).where(
                Person.record_id.between("P76000", f"P{76000 + EACH}"))).all()
            for one in locked:
                for _ in range(guesses.TRIES_PER_ACCOUNT_DAY):
                    limits.take("tries/day", f"tries/{one.hex}", guesses.TRIES_PER_ACCOUNT_DAY)
            db.session.commit()
        with force_scope("avon-and-somerset"):
            _take("avon-and-somerset", crimes("other force", district="bristol"))


def _take(force: str, events: list[dict[str, Any]]) -> None:
    results = take_in(host().get(force).force, SOURCE, events, announce=False)
    assert all(result.status == "accepted" for result in results), results[:3]
    db.session.commit()


@contextmanager
def _process(*words: str, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, *words], env=os.environ | environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def _mailbox(world: World) -> Iterator[str]:
    port, store = free_port(), str(Path(world.environment["TMC_DATA_DIR"]) / "mailbox")
    with _process("-m", "plugins.demo.mailbox", "--port", str(port), "--store", store,
                  environment=world.environment):
        yield f"smtp://127.0.0.1:{port}?starttls=no"


def _worker(environment: dict[str, str]) -> Any:
    return _process("-m", "core", "worker", environment=environment)


class Visitor:
    """One kept connection; a new session and a new address for each try."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.tried = 0

    def ask(self, method: str, path: str, cookie: str, fields: dict[str, str] | None = None) -> Any:
        """(answer, body, seconds)."""
        address = f"10.{self.tried >> 16 & 255}.{self.tried >> 8 & 255}.{self.tried & 255}"
        headers = {"Cookie": cookie, "X-Forwarded-For": address}
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(method, f"/{FORCE}{path}", urlencode(fields or {}) or None, headers)
        answer = self.connection.getresponse()
        body = answer.read()
        return answer, body, time.perf_counter() - began

    def try_to_sign_in(self, kind: str, pause: float) -> tuple[float, float]:
        """Seconds of the answers to the details and to a wrong code, *pause* seconds later."""
        (cookie, token), answer, details = self.give_details(kind)
        assert answer.status == 303, answer.status
        time.sleep(pause)
        wrong = {"code": "ABCDEF", "csrf_token": token}
        answer, _, code = self.ask("POST", "/sign-in/code", cookie, wrong)
        assert answer.status == 400, answer.status
        return details, code

    def give_details(self, kind: str) -> tuple[tuple[str, str], Any, float]:
        """(cookie and token, the answer, its seconds), from a new address."""
        self.tried += 1
        answer, body, _ = self.ask("GET", "/sign-in", "")
        cookie, token = COOKIE.match(answer.headers["Set-Cookie"]), TOKEN.search(body)
        assert cookie and token
        reference = f"41/{KINDS[kind] + self.tried % EACH}/24"
        given = FACTS | {"crime_reference": reference, "csrf_token": token[1].decode()}
        given |= {"surname": "Cole"} if kind == "wrong" else {}
        answer, _, details = self.ask("POST", "/sign-in", cookie[1], given)
        return (cookie[1], token[1].decode()), answer, details


def _times(port: int, tries: int) -> dict[str, dict[str, list[float]]]:
    """Half of the codes are typed before the worker can have looked, half after it has."""
    chance, visitor = random.Random(5), Visitor(port)  # noqa: S311
    found: dict[str, dict[str, list[float]]] = {
        step: {kind: [] for kind in KINDS} for step in ("details", "code")
    }
    for number in range(-10, tries):
        for kind in chance.sample(list(KINDS), len(KINDS)):
            details, code = visitor.try_to_sign_in(kind, 0.0 if number % 2 else 0.05)
            if number >= 0:
                found["details"][kind].append(details)
                found["code"][kind].append(code)
    return found


def area(these: list[float], others: list[float]) -> float:
    """How often one of *these* is longer than one of the *others*; a tie counts half."""
    ranked = sorted([(value, True) for value in these] + [(value, False) for value in others])
    below, total, at = 0, 0.0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        mine = sum(one for _, one in ranked[at:end])
        total += mine * (below + (end - at - mine) / 2)
        below += end - at - mine
        at = end
    return total / (len(these) * len(others))


def _row(step: str, times: dict[str, list[float]], tries: int) -> Row:
    areas = {
        kind: area(these, [one for other, more in times.items() if other != kind for one in more])
        for kind, these in times.items()
    }
    told = ", ".join(
        f"{kind} {found:.3f} ({sorted(times[kind])[tries // 2] * 1e3:.2f} ms)"
        for kind, found in areas.items()
    )
    return Row(
        "A5", f"sign-in, {step}: the area under the curve furthest from a coin's, of {tries} tries each",
        max(abs(found - 0.5) for found in areas.values()), "<=", FURTHEST, "from 0.5", told,
    )
