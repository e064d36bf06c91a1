"""Every form there is: sent from elsewhere, with too much in it, twice over, or by another method."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.storage.row_guard import Base
from core.web.security import _refuse_foreign_forms
from tests.security.checklist import protection, requirement
from tests.security.store import everything, secrets_of
from tests.security.table import Line, lines, table
from tests.security.world import Built, World, csrf_token, refill

FORMS = [line for line in lines()
         if line.unsafe and line.allow and line.path not in table()["forms_without_token"]]
READING = [line for line in lines() if line.method == "GET"]
CHANGES = table()["reading_may_change"]
POISON = "poisonedvalue"
# What differs from one try to the next.
EACH_TIME = ("id", "at", "mac", "key_id", "written_in", "cause_id", "token_hash", "code_hash",
             "form_key", "notes", "fields", "event_key", "digest")


def as_form(line: Line) -> dict[str, Any]:
    return {name: str(value) for name, value in line.form.items()}


# --- where forms come from --------------------------------------------------------------------

EVIL = "https://elsewhere.example"
ATTACKS: dict[str, dict[str, Any]] = {
    "without a token": {"token": ""},
    "with a made-up token": {"token": "IjEyMyI.aaaa.bbbb"},
    "with the token of another session": {"token": "another"},
    "from another site": {"headers": {"Origin": EVIL}},
    "from a look-alike": {"headers": {"Origin": "http://localhost.elsewhere.example"}},
    "from what is no address": {"headers": {"Origin": "http://["}},
    "from an address with a broken host": {"headers": {"Origin": "http://[::1]x]/"}},
    "from an odd address": {"headers": {"Origin": "http://\u2100.example".encode().decode("latin-1")}},
    "said by the browser to be from another site": {"headers": {"Sec-Fetch-Site": "cross-site"}},
    "said by the browser to be from a neighbour": {"headers": {"Sec-Fetch-Site": "same-site"}},
}


def attacked(world: World, line: Line, attack: dict[str, Any]) -> int:
    if attack.get("token") == "another":
        attack = {"token": csrf_token(world.app, "of somebody else")}
    path = world.path(line.path, line.anybody)
    return world.ask(line.anybody, line.method, path, form=as_form(line), **attack).status_code


@requirement("C6")
def test_a_form_is_taken_from_our_own_pages_only(world: World, record_property: Any) -> None:
    before = everything(world.app, CHANGES)
    for line in FORMS:
        for name, attack in ATTACKS.items():
            assert attacked(world, line, attack) == 400, f"{line} {name}"
    assert everything(world.app, CHANGES) == before
    record_property("figure", ("forged forms refused", len(FORMS) * len(ATTACKS)))
    update = next(line for line in FORMS if line.path.endswith("/update"))
    assert attacked(world, update, {"headers": {"Sec-Fetch-Site": "same-origin"}}) == 303
    assert everything(world.app, CHANGES) != before


@protection("C6")
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=list(ATTACKS))
def test_without_token_and_origin_a_forged_form_would_write(
    world: World, monkeypatch: pytest.MonkeyPatch, attack: dict[str, Any]
) -> None:
    line = next(line for line in FORMS if line.path.endswith("/update"))
    before = everything(world.app, CHANGES)
    monkeypatch.setitem(world.app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(world.app.before_request_funcs, None, [
        f for f in world.app.before_request_funcs[None] if f is not _refuse_foreign_forms])
    assert attacked(world, line, attack) == 303
    assert everything(world.app, CHANGES) != before


# --- reading changes nothing ------------------------------------------------------------------


@requirement("C6")
def test_reading_changes_nothing_but_what_is_named(world: World) -> None:
    """Each session ends where it should: the last of all lines is the one that ends it."""
    before = everything(world.app, CHANGES)
    for line in sorted(READING, key=lambda line: line.path == "/leave"):
        for actor in sorted({line.anybody, *(line.allow & {"own", "visitor", "supervisor"})}):
            path = world.path(line.path, actor)
            assert world.ask(actor, "GET", path).status_code < 500, line
            asked = f"{path}?text=x&verdict=fine&stage=closed"
            assert world.ask(actor, "GET", asked).status_code < 500, line
        assert everything(world.app, CHANGES) == before, line


def test_what_reading_may_change_is_there(world: World) -> None:
    columns = {table.name: {c.name for c in table.columns} for table in Base.metadata.sorted_tables}
    wrong = [f"{name}: {given}" for name, given in CHANGES.items()
             if name not in columns or (given != ["*"] and not set(given) <= columns[name])]
    assert wrong == []


# --- too much in a form -----------------------------------------------------------------------


def columns_of_all_tables() -> set[str]:
    return {column.name for table in Base.metadata.sorted_tables for column in table.columns}


def variants(world: World, line: Line) -> dict[str, tuple[Line, dict[str, Any]]]:
    """The same form with too much in it: (where it is sent, what it has beside or in place)."""
    columns = columns_of_all_tables() - {*line.form, *line.fields}
    assert len(columns) > 60
    added = "&".join(f"{name}={POISON}" for name in (*line.form, "staff_id", "role"))
    address = f"{line.path}?{added}&case_id={world.ids['case another']}&force=kent"
    return {
        "the columns of all tables as fields": (line, dict.fromkeys(columns, POISON)),
        "every field twice": (line, {name: [text, POISON] for name, text in as_form(line).items()}),
        "fields in the address": (replace(line, path=address), {}),
    }


@requirement("D3", "E11")
@pytest.mark.parametrize("line", FORMS, ids=str)
def test_what_a_form_does_not_ask_for_changes_nothing(
    world: World, built: Built, line: Line
) -> None:
    plain = changed_by(world, line, {})
    for name, (sent, more) in variants(world, line).items():
        refill(built)
        assert changed_by(world, sent, more) == plain, name
        assert POISON not in str(everything(world.app)), name
        assert POISON not in secrets_of(world.app), name


def changed_by(world: World, line: Line, more: dict[str, str]) -> tuple[int, list[Any]]:
    """The status, and what the form changed: rows that are new, and columns of those that were."""
    before = everything(world.app)
    path = world.path(line.path, line.anybody)
    status = world.ask(line.anybody, line.method, path, form=as_form(line) | more).status_code
    after = everything(world.app)
    found = [(key[0], "gone") for key in before.keys() - after.keys()]
    for key, row in after.items():
        if key not in before:
            found.append((key[0], str(sorted(
                (name, value) for name, value in row.items()
                if name not in EACH_TIME and not name.endswith(("_at", "_id", "_sealed"))))))
        else:
            found += [(key[0], name) for name in row if row[name] != before[key][name]]
    return status, sorted(found)


# --- by another method ------------------------------------------------------------------------

OVERRIDES = [{"X-HTTP-Method-Override": "DELETE"}, {"X-HTTP-Method": "PUT"}, {"X-Method-Override": "POST"}]


@requirement("E11")
def test_no_header_and_no_field_makes_another_method_of_it(world: World) -> None:
    before = everything(world.app, CHANGES)
    for line in sorted(lines(), key=lambda line: line.path == "/leave"):
        actor = line.anybody if line.allow else "lead"
        path, form = world.path(line.path, actor), {**as_form(line), "_method": "DELETE"}
        plain = world.ask(actor, line.method, path, form=form, token="").status_code
        address = f"{path}?_method=POST" if line.method == "GET" else path
        for header in OVERRIDES:
            answer = world.ask(actor, line.method, address, form=form, token="", headers=header)
            assert answer.status_code == plain != 405, line
    assert everything(world.app, CHANGES) == before


@requirement("E11")
def test_methods_that_nobody_needs_are_not_answered(world: World) -> None:
    methods = {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"}
    for path in sorted({line.path for line in lines()}):
        for method in methods - {line.method for line in lines() if line.path == path}:
            answer = world.ask(
                "lead", method, world.path(path, "lead"), headers={"X-Secret": POISON})
            assert answer.status_code == 405, f"{method} {path}"
            assert POISON not in answer.text
    assert world.requests > 200
