"""The table of who may do what: tests/security/authorisation.toml, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

from tests.security.world import ACTORS

FILE = Path(__file__).with_name("authorisation.toml")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Line:
    """One address and method: who is let in, and a form that is right."""

    path: str
    method: str
    allow: frozenset[str]
    form: dict[str, Any]
    fields: tuple[str, ...] = ()  # that the form also takes

    @property
    def anybody(self) -> str:
        """One of those who are let in; rather one with a case than one without."""
        known = ("lead", "own", "reason_open", "supervisor", *ACTORS)
        return next(actor for actor in known if actor in self.allow)

    @property
    def unsafe(self) -> bool:
        return self.method in UNSAFE

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@cache
def table() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text())


@cache
def lines() -> tuple[Line, ...]:
    """Every address and method of the table. Raises LookupError for a name that is no actor's."""
    return tuple(
        Line(path, method, _actors(given[method]), given.get("form", {}),
             tuple(given.get("fields", ())))
        for path, given in table()["routes"].items()
        for method in ("GET", *UNSAFE) if method in given
    )


def _actors(names: Collection[str]) -> frozenset[str]:
    found: set[str] = set()
    for name in names:
        if name in table()["groups"]:
            found |= _actors(table()["groups"][name])
        elif name == "everybody":
            found |= set(ACTORS)
        elif name in ACTORS:
            found.add(name)
        else:
            raise LookupError(f"{name}: nobody is called so in {FILE.name}")
    return frozenset(found)


def routes_of(app: Flask) -> Iterator[tuple[str, str]]:
    """(path, method) of every address there is, but HEAD and OPTIONS, which follow from GET."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.rule, method


def undeclared(there: Collection[Any], said: Collection[Any], what: str) -> list[str]:
    """What stands on one side only, as a person who has to put it right reads it."""
    lacks = [f"{one}: {FILE.name} does not say who may; add it to {what}" for one in
             sorted(set(there) - set(said), key=str)]
    return lacks + [f"{one}: stands in {FILE.name} and is not there; take it out of {what}" for one
                    in sorted(set(said) - set(there), key=str)]
