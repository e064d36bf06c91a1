"""Rows that go to the database as one value are there as if each had gone by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from core.audit.models import AuditEntry
from core.cases.models import Case
from core.storage import many_rows, prepared
from core.storage.db import MANY, db, insert_many, session_connection, update_many
from core.storage.many_rows import compile_insert_many, compile_update_many
from core.storage.prepared import compile_insert
from core.storage.row_guard import Base

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
ELSEWHERE = timezone(timedelta(hours=5, minutes=30))
WORDS = ["", " ", "NULL", "null", "O’Brien-Ŵŷ", "a \"quoted\" \\ word", "\\x41", "{a,b}", "one\ntwo\t\r",
         "💥\u2028\u0085", "%s %(rows)s %%", "'; --"]
MOMENTS = [NOW, datetime(2024, 2, 29, 23, 59, 59, 999999, UTC), datetime(1850, 1, 1, tzinfo=ELSEWHERE),
           datetime(9999, 12, 31, tzinfo=UTC)]
BYTES = [b"", bytes(range(256)), b"\\x00", b"null"]


def case(number: int, words: str) -> dict[str, Any]:
    key = f"{number}-{uuid4()}"
    return {
        "crime_reference": words or "-", "reference_key": key, "crime_type": words, "district": "watford",
        "flags": [[], [words], [words, "b"], WORDS][number % 4], "service_level": "standard",
        "reported_at": MOMENTS[number % 4], "occurred_from": [None, MOMENTS[number % 4]][number % 2],
        "offered": number % 2 == 0, "offered_reason": "offered", "stage": "recorded",
        "latest_at": MOMENTS[(number + 1) % 4], "staff_id": None, "summary_sealed": BYTES[number % 4],
        "cover_from": [None, date(2024, 2, 29), date(9999, 12, 31)][number % 3]}


def audited(number: int, words: str) -> dict[str, Any]:
    fields = [{}, {"a": words}, {words: [1, None, True, 1.5, {"b": words}]}, {"n": 2**60}][number % 4]
    return {"at": MOMENTS[number % 4], "action": words, "actor": "system",
            "actor_id": [None, uuid4()][number % 2], "case_id": uuid4(), "fields": fields,
            "mac": BYTES[number % 4], "key_id": b"k"}


def stored(model: Any, ids: list[Any], columns: list[str]) -> list[tuple[Any, ...]]:
    rows = {row.id: row for row in db.session.execute(
        sa.select(*model.__table__.c).where(model.id.in_(ids)))}
    return [tuple(getattr(rows[one], name) for name in columns) for one in ids]


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("model", "row"), [(Case, case), (AuditEntry, audited)])
@pytest.mark.parametrize("at_once", [True, False])
def test_every_value_is_stored_as_it_was_given(
    model: Any, row: Callable[[int, str], dict[str, Any]], at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways: list[str] = []
    for module, way in ((many_rows, "run_at_once"), (prepared, "run_many")):
        real = getattr(module, way)
        monkeypatch.setattr(
            module, way, lambda *given, way=way, real=real: (ways.append(way), real(*given))[1])
    monkeypatch.setitem(insert_many.__globals__, "MANY", MANY if at_once else 999)
    for change in (False, True) if model is Case else (False,):  # the audit cannot be changed
        rows = [{"id": uuid4(), **row(number, words)} for number, words in enumerate(WORDS)]
        if change:
            insert_many(model, [{**one, **row(number + 1, "before"), "id": one["id"]}
                                for number, one in enumerate(rows)])
            update_many(model, rows)
        else:
            insert_many(model, rows)
        columns = list(rows[0])
        assert stored(model, [one["id"] for one in rows], columns) == [
            tuple(one.values()) for one in rows]
    assert set(ways) == {"run_at_once" if at_once else "run_many"}
    db.session.rollback()


@pytest.mark.usefixtures("force")
def test_a_json_null_stays_what_it_is_by_the_one_way_and_the_other() -> None:
    rows = [{"id": uuid4(), **audited(number, "x"), "fields": None} for number in range(MANY + 1)]
    insert_many(AuditEntry, rows)
    kinds = sa.select(sa.func.jsonb_typeof(AuditEntry.fields)).where(
        AuditEntry.id.in_([one["id"] for one in rows]))
    assert set(db.session.scalars(kinds)) == {"null"}
    db.session.rollback()


@pytest.mark.usefixtures("force")
def test_a_row_that_lacks_a_column_is_an_error_and_nothing_is_stored() -> None:
    rows = [{"id": uuid4(), **case(number, "x")} for number in range(MANY + 1)]
    del rows[3]["stage"]
    with pytest.raises(KeyError):
        insert_many(Case, rows)
    assert db.session.scalars(sa.select(Case.id)).all() == []
    db.session.rollback()


@pytest.mark.usefixtures("force")
def test_all_tables_of_the_portal_can_be_written_at_once() -> None:
    dialect = session_connection()[0].dialect
    for table in Base.metadata.sorted_tables:
        columns = [column.name for column in table.columns]
        if compile_insert(table, columns, dialect) is not None:
            assert compile_insert_many(table, columns, dialect), table.name
            others = [name for name in columns if name not in ("force", "id")]
            assert "id" not in table.c or compile_update_many(table, others, dialect), table.name


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("at_once", [True, False])
def test_rows_that_are_there_already_are_left_as_they_are(
    at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(insert_many.__globals__, "MANY", 1 if at_once else 999)
    rows = [{"id": uuid4(), **case(number, "x")} for number in range(6)]
    assert insert_many(Case, rows[:3], skip_existing=["reference_key"]) == {one["id"] for one in rows[:3]}
    again = [{**one, "id": uuid4(), "stage": "closed"} for one in rows[:3]] + rows[3:]
    assert insert_many(Case, again, skip_existing=["reference_key"]) == {one["id"] for one in rows[3:]}
    assert set(db.session.scalars(sa.select(Case.id))) == {one["id"] for one in rows}
    assert set(db.session.scalars(sa.select(Case.stage))) == {"recorded"}
    db.session.rollback()
