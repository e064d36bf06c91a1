"""Everybody at every address: who is let in is what the table says, and nobody else learns anything."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import click
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from core import hookspecs
from core.cases import relations
from core.cli import main
from core.plugin_host.checks import HOOKS
from core.plugin_host.finding import find_plugins
from core.plugin_host.jobs import registry
from core.web import access, sessions
from core.web.access import Policy, UnruledView, anyone, refuse_unruled
from tests.conftest import HERTS
from tests.plugins.sign_in.test_one_answer import Work
from tests.security.checklist import protection, requirement
from tests.security.table import Line, lines, routes_of, table, undeclared
from tests.security.world import ACTORS, MISSING, TWIN_WORD, WORD, World

SIGN_IN = ("/sign-in", "/demo/officers")
COOKIE = re.compile(r"(?<=^tmc-hertfordshire)=[^;]+")  # the seed of a form's token is chance
TOKEN = re.compile(r'(name="csrf_token" value=")[^"]+')


def let_in(answer: TestResponse, line: Line) -> bool:
    """Whether the visitor got past the rule: also to be told that a form is not right."""
    if answer.status_code in (401, 404):
        return False
    to = answer.headers.get("Location", "")
    return line.path.startswith("/sign-in") or not to.endswith(SIGN_IN)


def wrongly_answered(world: World, line: Line) -> list[str]:
    """The actors for whom the answer is not what the table says, or says too much."""
    wrong = []
    for actor in ACTORS:
        answer = world.ask(actor, line.method, world.path(line.path, actor), form=line.form)
        inside = let_in(answer, line)
        if inside != (actor in line.allow):
            wrong.append(f"{actor} is {'let in' if inside else 'kept out'}: {answer.status}")
        if answer.status_code >= 500:
            wrong.append(f"{actor}: {answer.status}")
        if not inside and WORD in answer.text:
            wrong.append(f"{actor} is kept out and reads what is not theirs")
        if TWIN_WORD in answer.text:
            wrong.append(f"{actor} reads of the other force")
    return wrong


# --- nothing is forgotten ---------------------------------------------------------------------


@requirement("D1")
def test_every_address_and_method_is_in_the_table(portal: Flask) -> None:
    said = {(line.path, line.method) for line in lines()}
    assert undeclared(set(routes_of(portal)), said, "[routes]") == []


@requirement("D1")
def test_every_plugin_with_pages_is_among_them(portal: Flask) -> None:
    with_pages = {name for name, module in find_plugins().items() if hasattr(module, "routes")}
    elsewhere = set(table()["own_process"])
    assert with_pages - set(portal.blueprints) == elsewhere


def commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield " ".join((*before, name)), command


@requirement("D1")
def test_every_command_says_of_which_forces_it_is() -> None:
    main.add_plugin_commands()
    there, said = dict(commands(main.root)), table()["commands"]
    assert undeclared(there, said, "[commands]") == []
    assert set(said.values()) == {"one force", "forces", "no data"}
    one_force = {name for name, command in there.items()
                 if any(option.name == "force" and option.required for option in command.params)}
    assert one_force == {name for name, policy in said.items() if policy == "one force"}


@requirement("D1")
def test_every_job_says_whose_it_is(portal: Flask) -> None:
    there, said = registry(portal), table()["jobs"]
    assert undeclared(there.tasks, said, "[jobs]") == []
    assert {name: there.owners.get(name, "core") for name in there.tasks} == said


@requirement("D1")
def test_every_hook_says_what_it_may_decide() -> None:
    said = table()["hooks"]
    assert undeclared(HOOKS, said, "[hooks]") == []
    kinds = {name: "at start" if name in hookspecs.AT_START else "one by one"
             if name in hookspecs.ONE_BY_ONE else "strict" for name in HOOKS}
    assert kinds == said


def test_an_address_that_nobody_put_into_the_table_is_named() -> None:
    found = undeclared({("/new", "GET")}, {("/old", "GET")}, "[routes]")
    assert found == [
        "('/new', 'GET'): authorisation.toml does not say who may; add it to [routes]",
        "('/old', 'GET'): stands in authorisation.toml and is not there; take it out of [routes]",
    ]


# --- all pairs --------------------------------------------------------------------------------


ENDS_SESSION = ("/leave", "/sign-out")
TOGETHER = [line for line in lines() if not line.unsafe and line.path not in ENDS_SESSION]
ALONE = [line for line in lines() if line not in TOGETHER]


@requirement("D2", "D11")
@pytest.mark.parametrize("some", [TOGETHER, *([line] for line in ALONE)],
                         ids=["all that is read", *map(str, ALONE)])
def test_each_address_lets_in_whom_the_table_names(
    world: World, some: list[Line], record_property: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forms are taken without their token here, so that the rules alone must hold."""
    monkeypatch.setitem(world.app.config, "WTF_CSRF_ENABLED", False)
    wrong = {str(line): wrongly_answered(world, line) for line in some}
    assert {line: found for line, found in wrong.items() if found} == {}
    record_property("figure", ("authorisation cases", world.requests))


@requirement("D7")
def test_what_is_of_others_answers_like_what_never_was_for_the_same_work(
    world: World, record_property: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every address with an id: the same answer, and the same statements, ciphers and keyed hashes."""
    compared, told = 0, []
    for line, actor, theirs, missing in strangers(world, monkeypatch):
        compared += 1
        if alike(theirs[0]) != alike(missing[0]) or theirs[1] != missing[1]:
            told.append(f"{line} by {actor}")
    assert told == [] and compared > 250
    record_property("figure", ("authorisation cases", world.requests))


Worked = tuple[TestResponse, Counter[str]]


def strangers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Line, str, Worked, Worked]]:
    """(line, actor, answer and work for what is there, and for what is not) where they may not."""
    monkeypatch.setattr(sessions, "TOUCH_EVERY", timedelta(days=1))
    work = Work(monkeypatch)

    def asked(line: Line, actor: str, path: str) -> Worked:
        work.now = []
        return world.ask(actor, line.method, path, form=line.form), Counter(work.now)

    world.ask("another", "GET", f"/case/{MISSING}")  # keys are read with the first request that needs them
    readers = next(line.allow for line in lines() if str(line) == "GET /desk/case/<uuid:case_id>")
    for line in (line for line in lines() if "<uuid:" in line.path):
        # Who reads the case anyhow, and has nothing to leave, learns nothing of it by that.
        known = readers if line.path.endswith("/leave") else frozenset()
        for actor in sorted(set(ACTORS) - line.allow - known):
            paths = [world.path(line.path, actor, missing=never) for never in (False, True)]
            yield line, actor, asked(line, actor, paths[0]), asked(line, actor, paths[1])
        if "<uuid:person_id>" in line.path:
            paths = [world.path(line.path.replace("<uuid:person_id>", str(whose)), line.anybody)
                     for whose in (world.ids["person 2"], MISSING)]
            yield line, line.anybody, asked(line, line.anybody, paths[0]), asked(
                line, line.anybody, paths[1])


@requirement("D7")
def test_what_is_no_id_is_looked_for_nowhere(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not found, with no more than the look for who asks."""
    work = Work(monkeypatch)
    for line in (line for line in lines() if "<uuid:" in line.path):
        for actor in ("visitor", "own", "lead"):
            path = world.path(re.sub(r"<uuid:[a-z_]+>", "41-1-24", line.path, count=1), actor)
            work.now = []
            assert world.ask(actor, line.method, path, form=line.form).status_code == 404
            tables = {table for sql in work.now for table in re.findall(r"(?:FROM|JOIN|INTO) (\w+)", sql)}
            assert tables <= {"portal_session", "staff", "force_key"}, f"{line} by {actor}"


def alike(answer: TestResponse) -> tuple[int, str, list[Any]]:
    text = TOKEN.sub(r"\1", answer.text)
    for part in re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", str(answer.request.path)):
        text = text.replace(part, "ID")
    headers = [(name, COOKIE.sub("", value) if name == "Set-Cookie" else value)
               for name, value in answer.headers if name != "Content-Length"]
    return answer.status_code, text, headers


# --- with a protection taken away, the same attacks get through -------------------------------


@pytest.mark.parametrize("relation", ["lead", "unit", "supervisor", "break_glass"])
@protection("D2")
def test_if_all_staff_had_to_do_with_every_case_the_table_would_say_so(
    world: World, monkeypatch: pytest.MonkeyPatch, relation: str
) -> None:
    line = next(line for line in TOGETHER if line.path == "/desk/case/<uuid:case_id>")
    assert wrongly_answered(world, line) == []
    monkeypatch.setattr(relations, "relation", lambda me, case: relation)
    assert len(wrongly_answered(world, line)) >= 5


@requirement("D1")
def test_a_view_that_declares_nothing_stops_the_start_and_is_not_served(app: Flask) -> None:
    with pytest.raises(UnruledView, match="undeclared"), forgotten(app):
        refuse_unruled(app)
    with forgotten(app):
        answer = app.test_client().get(f"/{HERTS}/undeclared")
        assert answer.status_code == 500
        assert "everything" not in answer.text


@protection("D1")
def test_if_what_declares_nothing_were_open_it_would_be_served(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "policy_of", lambda view: getattr(view, "tmc_policy", Policy(anyone)))
    with forgotten(app):
        assert app.test_client().get(f"/{HERTS}/undeclared").text == "everything"


class forgotten:  # noqa: N801
    """A view without a rule, added after the start."""

    def __init__(self, app: Flask) -> None:
        self.app, self.view = app, lambda: "everything"

    def __enter__(self) -> None:
        self.app.view_functions["undeclared"] = self.view
        self.old = self.app.url_map
        copied = [rule.empty() for rule in self.old.iter_rules()]
        self.app.url_map = type(self.old)(
            [*copied, self.app.url_rule_class("/undeclared", endpoint="undeclared", methods=["GET"])],
            host_matching=self.old.host_matching, converters=self.old.converters)

    def __exit__(self, *failure: object) -> None:
        del self.app.view_functions["undeclared"]
        self.app.url_map = self.old


def test_the_table_itself_cannot_name_somebody_who_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.security.table import _actors

    with pytest.raises(LookupError, match="everyone"):
        _actors(["everyone"])
