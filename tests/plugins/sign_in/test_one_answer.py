"""Whatever somebody types at sign-in, the answer and the work are the same: nothing is learnt from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import psycopg
import pytest
from flask import Flask

from core.base import clock
from core.notices.letters import CODE_LASTS
from core.storage import ciphers, prepared
from core.storage.keys import keyring
from plugins.sign_in import candidates, finding, sending
from tests.plugins.sign_in.classes import CLASSES, NOON, Answer, everybody, walk, worker
from tests.security.checklist import protection, requirement

TWO = ("unknown reference", "right details")


class Work:
    """What the portal does, by step: statements as the driver gets them, ciphers, keyed hashes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now: list[str] = []
        self.by_step: dict[str, Counter[str]] = {}
        monkeypatch.setattr(keyring, "LOOK_EVERY", 1e9)  # keys are read again by the clock on the wall
        self._watch(monkeypatch, psycopg.Cursor, "execute", lambda a: f"sql {a[1]}")
        self._watch(monkeypatch, psycopg.Cursor, "executemany", lambda a: f"sql {len(a[2])} x {a[1]}")
        self._watch(monkeypatch, prepared, "begin", lambda a: "sql BEGIN")
        for method in ("seal", "open"):
            self._watch(monkeypatch, ciphers.DataKey, method, lambda a: "cipher")
        self._watch(monkeypatch, ciphers.MacKey, "mac", lambda a: "keyed hash")

    def _watch(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, say: Any) -> None:
        real = getattr(owner, name)

        def watched(*args: Any, **kw: Any) -> Any:
            self.now.append(str(say(args)))
            return real(*args, **kw)

        monkeypatch.setattr(owner, name, watched)

    def step(self, name: str) -> None:
        self.by_step[name], self.now = Counter(self.now), []

    def look(self, app: Flask) -> None:
        """The worker's part, which nobody waits for: not compared."""
        worker(app)
        self.now = []


Found = dict[str, tuple[dict[str, Answer], dict[str, Counter[str]]]]


def walked(app: Flask, monkeypatch: pytest.MonkeyPatch, names: Iterable[str]) -> Found:
    """Answers and work of each kind of details, by step."""
    with clock.travel(NOON):
        everybody(app)
    found: Found = {}
    for number, name in enumerate((next(iter(names)), *names)):  # the first time fills caches
        with monkeypatch.context() as patch:
            work = Work(patch)
            answers = walk(
                app, name, address=f"198.51.100.{number}", after=work.step, look=work.look
            )
        found[name] = answers, work.by_step
    return found


def distinct(found: Found, which: int) -> dict[str, int]:
    """How many different answers (0) or pieces of work (1) each step had."""
    each = [both[which] for both in found.values()]
    return {
        step: sum(all(one[step] != other[step] for other in each[:at]) for at, one in enumerate(each))
        for step in each[0]
    }


@requirement("A4", "A5")
def test_every_kind_of_details_gets_the_same_bytes_for_the_same_work(
    app: Flask, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    """Unknown, wrong, of another force, closed, silent, not offered, locked, right, and of two people."""
    found = walked(app, monkeypatch, list(CLASSES))
    answers, work = distinct(found, 0), distinct(found, 1)
    assert len(found) == 10 and len(answers) >= 14
    assert answers == dict.fromkeys(answers, 1)
    assert work == dict.fromkeys(work, 1)
    right = found["right details"]
    assert right[0]["code too soon"].status == 429
    for step in ("details", "wrong code", "officer's code", "at once after 29"):
        assert right[1][step].total() > 10
    record_property("figure", ("kinds of details x steps compared", len(found) * len(answers)))


@protection("A4")
def test_if_an_attempt_ended_with_its_code_a_stranger_would_see_that_there_was_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sending.send_codes

    def ends_with_the_code(attempt: Any) -> None:
        real(attempt)
        if attempt.code_hash:
            attempt.ends_at = clock.now() + CODE_LASTS

    monkeypatch.setattr(sending, "send_codes", ends_with_the_code)
    assert distinct(walked(app, monkeypatch, TWO), 0)["at once after 12"] == 2


@protection("A4", "A5")
def test_if_only_those_were_looked_at_who_are_there_a_stranger_could_tell_one_from_two(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "ALIKE", 0)
    work = distinct(walked(app, monkeypatch, ("right details", "two alike")), 1)
    assert work["wrong code"] == work["officer's code"] == 2


@protection("A5")
def test_if_nobody_cost_nothing_a_stranger_could_tell_that_there_is_somebody(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "seal", lambda *args: None)
    work = distinct(walked(app, monkeypatch, TWO), 1)
    assert work["code before the worker"] == work["wrong code"] == 2
