"""Old rows of the audit go in one way only, and the commands say what was found."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.chain import REMOVE, KeptLonger
from core.audit.export import Head, append_heads
from core.audit.loop import AuditLoop
from core.audit.models import AuditEntry
from core.base import clock
from core.storage.db import db, force_scope
from core.storage.db import read as db_read
from core.storage.keys.keyring import ERASED, FORCE_KEYS, ForceKey
from core.testing.commands import run_command
from tests.conftest import AVON, HERTS
from tests.core.audit.chains import ROWS, cut, edit, heads_now, link_all, row_at, verify, write_rows
from tests.security.audited import audited
from tests.security.checklist import requirement
from tests.statements import statements_heard

# --- retention ----------------------------------------------------------------------------------


@audited("audit_cut")
def test_old_rows_are_removed_in_the_one_way_that_the_check_understands(app: Flask) -> None:
    with clock.travel(datetime(2024, 1, 1, tzinfo=UTC)):
        write_rows(app, rows=4)
        link_all(app)
    write_rows(app, rows=3)
    link_all(app)
    with app.app_context(), force_scope(HERTS):
        with pytest.raises(KeptLonger):
            cut(clock.now() - timedelta(days=300))
        until = datetime(2024, 6, 1, tzinfo=UTC)
        assert [cut(until, most=3), cut(until), cut(until)] == [3, 1, 0]
        assert len(db.session.scalars(sa.select(AuditEntry)).all()) == 3 + 2
    link_all(app)
    report = verify(app, heads_now(app))
    assert report.ok, report.broken
    assert (report.removed, report.linked) == (4, 5)


def test_a_stolen_first_row_keeps_no_old_one_from_going(app: Flask, owner: Any) -> None:
    """Where the chain begins is known by the last cut; when that link is not there, by the least."""
    with clock.travel(datetime(2024, 1, 1, tzinfo=UTC)):
        write_rows(app, rows=6)
        link_all(app)
    until = datetime(2024, 6, 1, tzinfo=UTC)
    with app.app_context(), force_scope(HERTS):
        assert cut(until, most=2) == 2
    owner("DELETE FROM audit_entry WHERE id IN (SELECT id FROM audit_link WHERE number = 3)",
          "DELETE FROM audit_link WHERE number = 3")
    with app.app_context(), force_scope(HERTS):
        assert [cut(until), cut(until)] == [3, 0]


def test_where_a_chain_begins_is_asked_for_by_its_number(app: Flask) -> None:
    """Not by an order of numbers: it goes through the rows of every other force."""
    with clock.travel(datetime(2024, 1, 1, tzinfo=UTC)):
        write_rows(app, rows=4)
        link_all(app)
    with app.app_context(), force_scope(HERTS), statements_heard() as heard:
        assert [cut(datetime(2024, 6, 1, tzinfo=UTC), most=2) for _ in range(2)] == [2, 2]
    assert not any("min(audit_link.number) AS min" in one for one in heard)


def test_rows_that_were_told_lately_cannot_pass_as_old_ones(app: Flask) -> None:
    with clock.travel(datetime(2024, 1, 1, tzinfo=UTC)):
        write_rows(app, rows=4)
        link_all(app)
    told = [Head(HERTS, 3, row_at(app, 3).link, clock.now() - timedelta(days=2))]
    with app.app_context(), force_scope(HERTS):
        assert cut(datetime(2024, 6, 1, tzinfo=UTC)) == 4
    link_all(app)
    broken = verify(app, told).broken
    assert broken and (broken.what, broken.number) == ("removed too early", 3)


def test_a_removal_that_no_row_speaks_of_is_a_theft(app: Flask, chain: list[Head], owner: Any) -> None:
    owner("DELETE FROM audit_entry WHERE id IN (SELECT id FROM audit_link WHERE number < 4)",
          "DELETE FROM audit_link WHERE number < 4")
    broken = verify(app, chain).broken
    assert broken and (broken.what, broken.number) == ("deleted", 1)


def test_a_removal_needs_its_row(app: Flask, chain: list[Head]) -> None:
    with app.app_context(), force_scope(HERTS):
        with pytest.raises(sa.exc.DBAPIError, match="no row of the audit says"):
            db_read(REMOVE, through=5)
        db.session.rollback()
    assert verify(app, chain).ok


def test_a_force_that_was_erased_stops_neither_the_others_nor_the_check(
    app: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    write_rows(app, HERTS, 2)
    write_rows(app, AVON, 2)
    with app.app_context(), force_scope(HERTS):
        now = clock.now()
        db.session.execute(sa.delete(ForceKey))  # the audit's too, which `forces erase` leaves
        db.session.add(ForceKey(purpose=ERASED, key_id=b"gone", wrapped=b"", made_at=now, starts_at=now))
        db.session.commit()
    FORCE_KEYS.get(app).clear()
    loop = AuditLoop(app)
    assert loop.look() == 2
    write_rows(app, AVON, 1)
    assert loop.look() == 1
    assert capfd.readouterr().err == ""
    told = run_command(app, "audit", "verify")
    assert told.exit_code == 0
    assert f"{HERTS}: erased here" in told.output and f"{AVON}: as written (3 rows" in told.output


# --- the commands -------------------------------------------------------------------------------


@requirement("G8")
def test_the_command_says_which_row_is_broken_and_ends_with_1(
    app: Flask, chain: list[Head], owner: Any, tmp_path: Path
) -> None:
    append_heads(tmp_path / "heads", chain)
    fine = run_command(app, "audit", "verify", "--force", HERTS, "--heads", str(tmp_path / "heads"))
    assert (fine.exit_code, "as written (12 rows linked, 1 told heads)" in fine.output) == (0, True)
    touched = edit(app, owner)
    wrong = run_command(app, "audit", "verify", "--heads", str(tmp_path / "heads"))
    assert wrong.exit_code == 1
    assert f"changed: row 5, {touched}, " in wrong.output and "cases_listed" in wrong.output
    told = json.loads(run_command(app, "audit", "verify", "--json", "--force", HERTS).output)
    assert (told[0]["ok"], told[0]["broken"]["what"], told[0]["broken"]["number"]) == (False, "changed", 5)
    assert run_command(app, "audit", "verify", "--force", AVON, "--quiet").output == ""


def test_the_command_shows_the_heads(app: Flask, chain: list[Head]) -> None:
    assert chain[0].link.hex() in run_command(app, "audit", "head").output
    assert json.loads(run_command(app, "audit", "head", "--json").output)[HERTS]["number"] == ROWS
    assert run_command(app, "audit", "head", "--force", AVON).output == ""


def test_a_file_of_something_else_is_refused(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "heads").write_text("hello\n")
    answer = run_command(app, "audit", "verify", "--heads", str(tmp_path / "heads"))
    assert (answer.exit_code, "heads:1: not a line of heads" in answer.output) == (1, True)
