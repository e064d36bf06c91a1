"""Rows of several tables do not wait for each other on their way, and are there as if they had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from core.audit.models import AuditEntry
from core.cases.models import Case
from core.intake.take_in import TOGETHER, take_in
from core.plugin_host.host import the_force
from core.storage import many_rows, prepared
from core.storage.db import (
    MANY,
    WallError,
    db,
    insert_many,
    read,
    sent_together,
    session_connection,
    update_many,
)
from core.storage.walls import owned
from core.testing import recorded
from tests.core.storage.test_rows_at_once import NOW as NOW
from tests.core.storage.test_rows_at_once import audited, case

STAGES = sa.select(Case.stage).where(owned(Case), Case.id == sa.any_(
    sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid))))


def cases(number: int) -> list[dict[str, Any]]:
    return [{"id": uuid4(), **case(one, "x")} for one in range(number)]


def together(*acts: Callable[[], Any]) -> None:
    with sent_together():
        for act in acts:
            act()


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("number", [1, MANY + 1])
def test_each_is_written_after_the_one_before_it(number: int) -> None:
    rows, notes = cases(number), [{"id": uuid4(), **audited(one, "x")} for one in range(number)]
    with sent_together():
        insert_many(Case, rows)
        update_many(Case, [{"id": one["id"], "stage": "charged"} for one in rows])
        insert_many(AuditEntry, notes)
        update_many(Case, [{"id": one["id"], "stage": "closed"} for one in rows])
    assert read(STAGES, ids=[one["id"] for one in rows]).scalars().all() == ["closed"] * number
    assert len(db.session.scalars(sa.select(AuditEntry).where(
        AuditEntry.id.in_([one["id"] for one in notes]))).all()) == number
    db.session.rollback()


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("number", [1, MANY + 1])
def test_an_answer_that_is_waited_for_is_that_of_its_own_statement(number: int) -> None:
    rows, more = cases(number), cases(number)
    with sent_together():
        insert_many(Case, rows)
        went_in = insert_many(Case, [*rows, *more], skip_existing=["reference_key"]) if number > 1 else None
        update_many(Case, [{"id": one["id"], "stage": "charged"} for one in rows])
        assert read(STAGES, ids=[one["id"] for one in rows]).scalars().all() == ["charged"] * number
    assert went_in in (None, {one["id"] for one in more})
    db.session.rollback()


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("last", [True, False])
def test_what_fails_is_told_in_the_end_and_nothing_of_it_is_stored(last: bool) -> None:
    rows = cases(MANY + 1)
    after = [] if last else [lambda: update_many(Case, [{"id": rows[0]["id"], "stage": "closed"}])]
    with pytest.raises(sa.exc.DBAPIError):
        together(lambda: insert_many(Case, rows), lambda: insert_many(Case, rows), *after)
    db.session.rollback()
    assert db.session.scalars(sa.select(Case.id)).all() == []
    insert_many(Case, rows)
    assert len(db.session.scalars(sa.select(Case.id)).all()) == MANY + 1
    db.session.rollback()


@pytest.mark.usefixtures("force")
def test_an_error_between_them_is_the_one_that_is_told() -> None:
    with pytest.raises(KeyError, match="of our own"):
        together(lambda: insert_many(Case, cases(MANY + 1)), lambda: {}["of our own"])
    db.session.rollback()
    assert db.session.scalars(sa.select(Case.id)).all() == []


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("within", [
    lambda: db.session.scalars(sa.select(Case.id)).all(),
    lambda: db.session.execute(sa.update(Case).values(stage="closed")),
], ids=["a read", "a change"])
def test_what_sqlalchemy_would_wait_for_is_refused_within_and_runs_afterwards(within: Any) -> None:
    with pytest.raises(WallError, match="together"):
        together(lambda: insert_many(Case, cases(1)), within)
    db.session.rollback()
    within()
    db.session.rollback()


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("events", [1, TOGETHER, TOGETHER + 1])
def test_what_a_delivery_writes_waits_for_nothing_but_what_hooks_may_read(
    monkeypatch: pytest.MonkeyPatch, events: int
) -> None:
    """A very large one writes one after the other, and leaves a processor to pages."""
    sent: dict[str, bool] = {}
    for module, way in ((many_rows, "run_at_once"), (prepared, "run_many"), (prepared, "tell")):
        real = getattr(module, way)

        def run(connection: Any, statement: Any, *values: Any, real: Any = real) -> Any:
            sql = " ".join(getattr(statement, "sql", statement).split())
            sent[sql.partition(" (")[0]] = connection is session_connection()[0] and bool(
                connection.info.get(prepared.TOGETHER))
            return real(connection, statement, *values)

        monkeypatch.setattr(module, way, run)
    results = take_in(the_force(), "niche", [
        recorded(f"41/{one + 1}/24", id=f"e{one}") for one in range(events)])
    assert {result.status for result in results} == {"accepted"}
    together = {sql.removeprefix("INSERT INTO ") for sql, so in sent.items() if so}
    written = {"record_event", "crime_case", "person", "access", "entry", "notice"}
    assert written & together == (written if events <= TOGETHER else set())
    assert "INSERT INTO audit_entry" in sent.keys() - together
    db.session.rollback()
