"""What somebody writes reaches the database as a value: never as a part of a statement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import request

from core.base.installation import installation
from core.cases import relations
from core.storage.db import db, session_connection
from core.web.access import allow, anyone
from plugins.officer_desk import cases
from tests.conftest import HERTS
from tests.live import ROOT
from tests.security.built_sql import NAMED, built_in
from tests.security.checklist import protection, requirement
from tests.security.payloads import STATEMENTS
from tests.security.sql_fuzz import (
    PARAMETERS,
    READ,
    came_of,
    differences,
    in_addresses,
    parameters_in_code,
)
from tests.security.table import lines, table
from tests.security.world import World
from tests.statements import statements_heard

CODE = [file for folder in ("core", "plugins", "forces") for file in sorted((ROOT / folder).rglob("*.py"))]
PAGES = [line for line in lines() if line.method == "GET" and line.allow and line.path != "/leave"]
READING = {"/can-i-track", "/desk/", "/desk/unit", "/desk/can-they-track", "/demo/mailbox/"}
FORMS = [line for line in lines() if line.unsafe and line.allow
         and line.path not in table()["forms_without_token"]]
LONG = [text for text in STATEMENTS if len(text) > 9]  # shorter ones stand in our own statements too
PLANTED = {
    "an f-string": 'connection.execute(f"SELECT id FROM person WHERE name = \'{name}\'")',
    "per cent": 'sql = "SELECT id FROM person WHERE name = \'%s\'" % name',
    "plus": 'sql = "DELETE FROM person WHERE id = " + name',
    "format": 'sql = "UPDATE person SET name = {}".format(name)',
    "text of a value": "import sqlalchemy as sa\nsa.select(sa.text(name))",
    "text by its own name": "from sqlalchemy import text\nquery.where(text(name))",
    "a column of a value": "import sqlalchemy as sa\nsa.select(sa.literal_column(name))",
    "sorting by a name": "query.order_by(getattr(Case, name))",
    "sorting by a name, backwards": "query.order_by(*(getattr(Case, one).desc() for one in names))",
    "sorting by text": 'query.order_by(f"{name} desc")',
    "an operator": "Case.stage.op(name)(1)",
}


# --- by rule ----------------------------------------------------------------------------------


@requirement("E5")
def test_no_statement_is_put_together_outside_of_the_modules_for_it() -> None:
    assert all((ROOT / place).exists() for place in NAMED)
    assert built_in(CODE, ROOT) == []


@requirement("E5")
@pytest.mark.parametrize("planted", PLANTED.values(), ids=list(PLANTED))
def test_a_statement_of_pieces_is_found(planted: str, tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(planted + "\n")
    assert built_in([tmp_path / "planted.py"], tmp_path)


@requirement("E5")
def test_lists_and_places_in_them_are_those_that_the_portal_knows() -> None:
    member: Any = None
    for text in STATEMENTS:
        assert text not in relations.LISTS
        with pytest.raises(KeyError):
            cases.listed(member, text)
        with pytest.raises(cases.NoSuchPlace):
            cases._place_of(text)


# --- by trying --------------------------------------------------------------------------------


@requirement("E5")
def test_pieces_of_sql_in_an_address_change_nothing(world: World, record_property: Any) -> None:
    assert parameters_in_code() <= READ
    before, found = world.requests, []
    for line in PAGES:
        tries = len(STATEMENTS) if line.path in READING else 4
        found += in_addresses(world, line.anybody, world.path(line.path, line.anybody), tries)
    assert found == []
    record_property("figure", ("addresses with pieces of SQL", world.requests - before))


@requirement("E5")
def test_pieces_of_sql_in_the_path_find_no_page(world: World) -> None:
    for text in LONG:
        for path in (f"/desk/case/{text}", f"/case/{text}/messages", f"/{text}", f"/static/{text}"):
            assert world.ask("lead", "GET", path).status_code in (400, 404), path
        assert world.ask("lead", "POST", f"/feed/v1/{text}/events").status_code in (400, 401, 404)


@requirement("E5")
def test_pieces_of_sql_in_a_form_are_values(world: World) -> None:
    for line in sorted(FORMS, key=lambda line: "sign-out" in line.path):
        path = world.path(line.path, line.anybody)
        for turn in range(3):
            names = dict.fromkeys((*line.form, *line.fields, "text", "sort"))
            given = {name: LONG[(turn * 5 + place) % len(LONG)] for place, name in enumerate(names)}
            with statements_heard() as heard:
                answer = world.ask(line.anybody, line.method, path, form=given)
            assert answer.status_code < 500, (line, given)
            assert not [sql for sql in heard for text in given.values() if text in sql], line


@requirement("E5")
def test_looking_for_pieces_of_sql_finds_what_their_letters_are(world: World) -> None:
    key = installation(world.app).host.installed[HERTS].force.normalise_reference

    def looked_for(text: str) -> Any:
        world.ask("lead", "POST", "/desk/", form={"reference": text})
        return came_of(world, "lead", "GET", "/desk/?found=1")

    looked_for("41")
    for text in STATEMENTS:
        assert list(differences(looked_for(key(text)), looked_for(text))) == [], text


# --- and that the trying finds what it looks for ----------------------------------------------


def driver() -> Any:
    return session_connection()[0].connection.driver_connection


@allow(anyone)
def _filtered() -> str:
    """What no page of ours does."""
    kind = request.args.get("kind", "")
    rows = driver().execute(f"SELECT stage FROM crime_case WHERE stage = '{kind}'").fetchall()
    db.session.rollback()
    return f"<p>{len(rows)}</p>"


@allow(anyone)
def _sorted() -> str:
    sort = request.args.get("sort", "") or "stage"
    known = sort if sort != "zzword" else "stage"
    rows = driver().execute(f"SELECT stage FROM crime_case ORDER BY {known}").fetchall()
    db.session.rollback()
    return f"<p>{len(rows)}</p>"


@protection("E5")
@pytest.mark.parametrize("view", [_filtered, _sorted])
def test_a_page_that_puts_its_statement_together_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, view: Any
) -> None:
    assert {"kind", "sort"} <= {*PARAMETERS}
    assert in_addresses(world, "lead", "/can-i-track", 3) == []
    monkeypatch.setitem(world.app.view_functions, "eligibility.can_i_track", view)
    found = in_addresses(world, "lead", "/can-i-track", 3)
    assert any("another statement" in one for one in found)
    assert any("fails with 500" in one for one in found)
