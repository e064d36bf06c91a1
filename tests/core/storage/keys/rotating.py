"""A force whose keys change: what it holds, the commands, and the ids of its keys."""

from __future__ import annotations

from flask import Flask

from core.storage.db import force_scope
from core.storage.keys import resealing
from core.storage.keys.keyring import look
from core.testing import allocated, event, person, recorded
from core.testing.commands import run_command
from tests.conftest import HERTS
from tests.people import take

CANARY = "canary-of-the-rotation"


def filled(app: Flask) -> None:
    people = [person(n, email=f"{CANARY}-{n}@example.com") for n in range(1, 4)]
    take(app, recorded(people=people, summary=CANARY), allocated(),
         event("crime.progress", text=CANARY, time="2024-03-05T10:00:00Z"))


def keys_command(app: Flask, *words: str, ends: int = 0) -> str:
    return run_command(app, "keys", *words, ends=ends).output


def ids(app: Flask, force: str = HERTS) -> dict[str, list[bytes]]:
    """Key ids by purpose, newest first."""
    with app.app_context(), force_scope(force):
        return {p: [one.key_id for one in chain] for p, chain in look().chains.items()}


def under(app: Flask) -> set[bytes]:
    with app.app_context(), force_scope(HERTS):
        return {key_id for _, key_id in resealing.counted()}
