"""Asks a page for the same with harmless words and with pieces of SQL, and compares what came of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.base import clock
from tests.live import ROOT
from tests.security.payloads import STATEMENTS
from tests.security.world import WORD, World
from tests.statements import statements_heard

CALM = "zzword"
# What pages read of an address, and what other portals would: to sort, filter and turn pages by.
READ = {"lang", "kind", "district", "flagged", "call", "to", "found", "after", "draft", "again", "code",
        "error", "iss", "state"}
PARAMETERS = (*sorted(READ), "reported-day", "reported-month", "reported-year", "sort", "order", "order_by",
              "dir", "filter", "q", "search", "page", "limit", "offset", "id", "stage", "text", "fields")


@dataclass(frozen=True)
class Came:
    """What a request made the database do, and what it showed."""

    status: int
    statements: tuple[str, ...]
    rows: int  # how often the word of all that is stored stands on the page


def parameters_in_code() -> set[str]:
    """The names that code reads of an address."""
    found = set()
    for folder in ("core", "plugins"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) \
                        and node.func.attr in ("get", "getlist") and node.args:
                    where, name = node.func.value, node.args[0]
                elif isinstance(node, ast.Subscript):
                    where, name = node.value, node.slice
                elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In):
                    where, name = node.comparators[0], node.left
                else:
                    continue
                if ast.unparse(where).endswith("request.args") and isinstance(name, ast.Constant):
                    found.add(str(name.value))
    return found


def came_of(world: World, actor: str, method: str, path: str, **sent: Any) -> Came:
    with statements_heard() as heard:
        answer = world.ask(actor, method, path, **sent)
    return Came(answer.status_code, tuple(heard), answer.text.count(WORD))


def in_addresses(world: World, actor: str, path: str, tries: int) -> list[str]:
    """What pieces of SQL in the address changed of the page; each parameter gets each of *tries* in turn."""
    words, found = dict.fromkeys(PARAMETERS, CALM), []
    with clock.travel(clock.now()):  # what is noted once a minute is noted with the first
        came_of(world, actor, "GET", path, query_string=words)  # what is marked read by it is, from now on
        calm = came_of(world, actor, "GET", path, query_string=words)
        for turn in range(tries):
            given = {name: STATEMENTS[(turn + place * 7) % len(STATEMENTS)]
                     for place, name in enumerate(PARAMETERS)}
            hostile = came_of(world, actor, "GET", path, query_string=given)
            found += [f"{path}: {what} ({turn})" for what in differences(calm, hostile)]
    return found


def differences(calm: Came, hostile: Came) -> Iterator[str]:
    if hostile.status >= 500:
        yield f"fails with {hostile.status}"
    elif hostile.status != calm.status:
        yield f"{hostile.status} in place of {calm.status}"
    if set(hostile.statements) - set(calm.statements):
        yield "another statement"
    if len(hostile.statements) != len(calm.statements):
        yield f"{len(hostile.statements)} statements in place of {len(calm.statements)}"
    if hostile.rows != calm.rows:
        yield f"{hostile.rows} rows in place of {calm.rows}"
