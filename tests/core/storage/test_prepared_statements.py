"""What we run on the driver by ourselves answers as SQLAlchemy answers, and takes values as it takes them."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects.postgresql import JSONB

from core.storage import prepared
from core.storage.db import db
from core.storage.row_guard import CHECKED

STORAGE = Path(prepared.__file__).parent
OURS = {"_mapping", "_upgrade_revs", "_downgrade_revs"}  # documented by SQLAlchemy; Alembic's own
VALUES: dict[str, tuple[Any, Any]] = {
    "a number": (sa.BigInteger(), 2**40),
    "a text": (sa.Text(), "Siân 100% :name %(name)s"),
    "a truth": (sa.Boolean(), False),
    "a day": (sa.Date(), date(2024, 2, 29)),
    "a moment": (sa.DateTime(timezone=True), datetime(2024, 3, 5, 10, 0, 0, 123456, UTC)),
    "bytes": (sa.LargeBinary(), b"\0\xff"),
    "an id": (sa.Uuid(), UUID(int=7)),
    "texts": (sa.ARRAY(sa.Text), ["a", "b'c"]),
    "ids": (sa.ARRAY(sa.Uuid), [UUID(int=1), UUID(int=2)]),
    "JSON": (JSONB(), {"a": [1, None]}),
    "nothing": (sa.Text(), None),
}
STRANGE: dict[str, Any] = {
    "a value that SQLAlchemy packs": sa.select(sa.column("value", sa.PickleType())),
    "values of a list of such": sa.select(sa.column("value", sa.ARRAY(sa.PickleType()))),
    "a list that is spread out": sa.select(sa.literal(1)).where(sa.column("a", sa.Integer).in_([1, 2])),
}


def asked(kind: Any) -> sa.Select[Any]:
    return sa.select(sa.bindparam("value", type_=kind).label("value"), sa.literal(3).label("three"))


@pytest.mark.parametrize("name", VALUES)
def test_a_value_goes_there_and_back_as_with_sqlalchemy(app: Flask, name: str) -> None:
    kind, value = VALUES[name]
    statement = asked(kind)
    with app.app_context(), db.engine.connect().execution_options(**{CHECKED: True}) as connection:
        compiled = prepared.compile_read(statement, connection.dialect)
        assert compiled is not None
        for way in (lambda result: result.all(), lambda result: result.one()._mapping,
                    lambda result: result.scalars().all(), lambda result: result.mappings().first(),
                    lambda result: [(row.value, row.three) for row in result],
                    lambda result: list(result.keys()), lambda result: result.scalar_one()
                    if value is not None else result.scalar()):
            ours = way(prepared.run(connection, compiled, {"value": value}))
            assert ours == way(connection.execute(statement, {"value": value}))


@pytest.mark.parametrize("name", STRANGE)
def test_what_needs_more_than_the_driver_is_left_to_sqlalchemy(app: Flask, name: str) -> None:
    with app.app_context():
        assert prepared.compile_read(STRANGE[name], db.engine.dialect) is None


@pytest.mark.parametrize(("statement", "given"), [
    (sa.select(sa.literal(1)).where(sa.column("a") == "x"), ["x"]),
    (sa.select(sa.literal(1)).limit(50), [50]),
])
def test_values_that_a_statement_holds_are_not_asked_for(
    app: Flask, statement: Any, given: list[Any]
) -> None:
    with app.app_context():
        compiled = prepared.compile_read(statement, db.engine.dialect)
    assert compiled is not None
    assert set(given) <= set(compiled.filled({}).values())


def private_parts(text: str) -> list[str]:
    """Names with an underscore in front that are another object's, and imports from within SQLAlchemy."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.endswith("__") \
                and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
            found.append(node.attr)
        if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy.engine.result":
            found.append(node.module)
    return found


@pytest.mark.parametrize("text", ["x._processors", "from sqlalchemy.engine.result import IteratorResult"])
def test_a_private_part_is_found(text: str) -> None:
    assert len(private_parts(text)) == 1


def test_the_database_code_uses_no_private_part_of_sqlalchemy_but_where_it_says_why() -> None:
    found = {file.name: parts for file in STORAGE.glob("*.py")
             if (parts := [one for one in private_parts(file.read_text()) if one not in OURS])}
    assert found == {"result_rows.py": ["sqlalchemy.engine.result"], "walls.py": ["_values"]}
