"""Whoever changes the audit is found out, also with every right in the database."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core import AuditEntry, audit, clock, db, force_scope, keys
from core.auditing.chain import (
    PURPOSE,
    REMOVE,
    AuditHead,
    AuditLink,
    Chainer,
    KeptLonger,
    canonical,
    remove_before,
)
from core.auditing.check import Report, check
from core.auditing.export import Head, add_to_file, head_of, read_file
from core.auditing.loop import LOOK_EVERY, TELL_EVERY, AuditLoop
from core.cli import root
from core.db import read as db_read
from core.sealing.keyring import ERASED, ForceKey
from core.settings import Settings
from tests.conftest import AVON, HERTS
from tests.mail import mail_server
from tests.security.audited import audited
from tests.security.checklist import protection, requirement
from tests.statements import statements_heard

ROWS = 12


def write_rows(app: Flask, force: str = HERTS, rows: int = ROWS) -> None:
    with app.app_context(), force_scope(force):
        for count in range(rows):
            audit.write("cases_listed", count=count)
            db.session.commit()


def link_all(app: Flask, force: str = HERTS) -> int:
    with app.app_context():
        return Chainer().link_new(force)


@pytest.fixture
def chain(app: Flask) -> list[Head]:
    """Twelve linked rows, and the head that was told of them."""
    write_rows(app)
    assert link_all(app) == ROWS
    return heads_now(app)


def heads_now(app: Flask) -> list[Head]:
    with app.app_context():
        head = head_of(HERTS)
    assert head
    return [head]


def verify(app: Flask, heads: list[Head], force: str = HERTS) -> Report:
    with app.app_context(), force_scope(force):
        return check(heads)


@pytest.fixture
def owner(settings: Settings) -> Callable[..., Any]:
    """Statements of somebody who owns the tables and has put the triggers to sleep."""

    def run(*statements: str, **values: Any) -> None:
        engine = sa.create_engine(str(settings.owner_database_url))
        with engine.begin() as connection:
            connection.execute(sa.text(f"SELECT set_config('tmc.force', '{HERTS}', true)"))
            for table in ("audit_entry", "audit_link"):
                connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            for statement in statements:
                assert connection.execute(sa.text(statement), values).rowcount > 0, statement
            for table in ("audit_entry", "audit_link"):
                connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        engine.dispose()

    return run


def row_at(app: Flask, number: int) -> Any:
    with app.app_context(), force_scope(HERTS):
        return db.session.scalars(sa.select(AuditLink).where(AuditLink.number == number)).one()


def edit(app: Flask, owner: Any) -> UUID:
    row = row_at(app, 5)
    owner("UPDATE audit_entry SET fields = '{\"count\": 99}' WHERE id = :id", id=row.id)
    return row.id  # type: ignore[no-any-return]


def delete(app: Flask, owner: Any) -> UUID:
    row = row_at(app, 5)
    owner("DELETE FROM audit_entry WHERE id = :id", id=row.id)
    return row.id  # type: ignore[no-any-return]


def delete_with_its_link(app: Flask, owner: Any) -> None:
    row = row_at(app, 5)
    owner("DELETE FROM audit_entry WHERE id = :id", "DELETE FROM audit_link WHERE id = :id", id=row.id)


def delete_and_number_anew(app: Flask, owner: Any) -> UUID:
    gone, after = row_at(app, 5), row_at(app, 6)
    owner(
        "DELETE FROM audit_entry WHERE id = :id", "DELETE FROM audit_link WHERE id = :id",
        "UPDATE audit_link SET number = -number WHERE number > 5",
        "UPDATE audit_link SET number = -number - 1 WHERE number < 0", id=gone.id)
    return after.id  # type: ignore[no-any-return]


INSERT = (
    "INSERT INTO audit_entry (force, id, at, action, actor, fields, mac, key_id) SELECT force, :new, "
    "at, 'sign_out', actor, '{\"how\": \"button\"}', mac, key_id FROM audit_entry WHERE id = :id"
)


def insert(app: Flask, owner: Any) -> UUID:
    new = uuid7()
    owner(INSERT, id=row_at(app, 5).id, new=new)
    return new


def insert_in_the_chain(app: Flask, owner: Any) -> UUID:
    new = uuid7()
    owner(
        "UPDATE audit_link SET number = -number WHERE number > 5",
        "UPDATE audit_link SET number = 1 - number WHERE number < 0", INSERT,
        "INSERT INTO audit_link SELECT 6, at, 'sign_out', mac, link, mac, key_id, linked_at, force, :new "
        "FROM audit_link WHERE number = 5", id=row_at(app, 5).id, new=new)
    return new


def reorder(app: Flask, owner: Any) -> UUID:
    moved = row_at(app, 6)
    owner("UPDATE audit_link SET number = -5 WHERE number = 5",
          "UPDATE audit_link SET number = 5 WHERE number = 6",
          "UPDATE audit_link SET number = 6 WHERE number = -5")
    return moved.id  # type: ignore[no-any-return]


def reorder_what_the_links_lead_to(app: Flask, owner: Any) -> UUID:
    """The rows change places, the links stay where they were."""
    one, other = row_at(app, 5), row_at(app, 9)
    assert one.id != other.id
    columns = "id = :other, at = :at, action = :action, mac = :mac"
    owner("UPDATE audit_link SET id = :spare WHERE number = 9",
          f"UPDATE audit_link SET {columns} WHERE number = 5",
          "UPDATE audit_link SET id = :id, at = :its_at, mac = :its_mac WHERE number = 9",
          spare=uuid7(), id=one.id, its_at=one.at, its_mac=one.mac,
          other=other.id, at=other.at, action=other.action, mac=other.mac)
    return other.id  # type: ignore[no-any-return]


def cut_the_tail(app: Flask, owner: Any) -> None:
    """With the note of the chainer made to fit."""
    owner("DELETE FROM audit_entry WHERE id IN (SELECT id FROM audit_link WHERE number > 4)",
          "DELETE FROM audit_link WHERE number > 4",
          "UPDATE audit_head h SET number = l.number, link = l.link FROM audit_link l "
          "WHERE l.number = 4")


def rebuild(app: Flask, owner: Any, make: Callable[..., bytes]) -> UUID:
    """Row 5 goes; all after it are linked anew with whatever key *make* has."""
    delete_with_its_link(app, owner)
    with app.app_context(), force_scope(HERTS):
        links = db.session.scalars(sa.select(AuditLink).order_by(AuditLink.number)).all()
    previous = links[3].link
    for number, link in enumerate(links[4:], 5):
        row = {"id": link.id, "at": link.at, "action": link.action, "mac": link.mac}
        made = make(app, number, previous, row)
        owner("UPDATE audit_link SET number = :number, previous = :previous, link = :link WHERE id = :id",
              number=number, previous=previous, link=made, id=link.id)
        previous = made
    owner("UPDATE audit_head SET number = :number, link = :link", number=ROWS - 1, link=previous)
    return links[4].id


def with_another_key(app: Flask, number: int, previous: bytes, row: dict[str, Any]) -> bytes:
    return hashlib.sha256(previous + row["mac"] + str(number).encode()).digest()


def with_the_key(app: Flask, number: int, previous: bytes, row: dict[str, Any]) -> bytes:
    with app.app_context(), force_scope(HERTS):
        return keys().mac(PURPOSE, canonical(number, previous, row))


def rebuild_without_the_key(app: Flask, owner: Any) -> UUID:
    return rebuild(app, owner, with_another_key)


def rebuild_with_the_key(app: Flask, owner: Any) -> None:
    rebuild(app, owner, with_the_key)


ATTACKS: dict[Callable[..., Any], tuple[str, int | None]] = {
    edit: ("changed", 5),
    delete: ("deleted", 5),
    delete_with_its_link: ("deleted", 5),
    delete_and_number_anew: ("deleted", 5),
    insert: ("inserted", None),
    insert_in_the_chain: ("inserted", 6),
    reorder: ("reordered", 5),
    reorder_what_the_links_lead_to: ("reordered", 5),
    cut_the_tail: ("tail cut", 5),
    rebuild_without_the_key: ("chain rebuilt", 5),
    rebuild_with_the_key: ("tail cut", 12),
}


@requirement("G8")
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a.__name__)
def test_the_first_row_that_somebody_touched_is_named(
    app: Flask, chain: list[Head], owner: Any, attack: Callable[..., Any]
) -> None:
    assert verify(app, chain).ok
    touched = attack(app, owner)
    broken = verify(app, chain).broken
    assert broken
    assert (broken.what, broken.number) == ATTACKS[attack]
    if touched:
        assert broken.id == touched
        assert broken.at and broken.action in ("cases_listed", "sign_out")


@requirement("G8")
def test_a_chain_made_anew_with_the_key_does_not_fit_what_was_told(
    app: Flask, chain: list[Head], owner: Any
) -> None:
    rebuild_with_the_key(app, owner)
    write_rows(app, rows=3)
    link_all(app)
    assert verify(app, []).ok  # the key makes all fit but what went out before
    broken = verify(app, chain).broken
    assert broken and (broken.what, broken.number) == ("chain rebuilt", ROWS)


@requirement("G8")
def test_the_owner_cannot_change_the_audit_in_the_ordinary_way(
    chain: list[Head], settings: Settings
) -> None:
    engine = sa.create_engine(str(settings.owner_database_url))
    for statement in (
        "UPDATE audit_entry SET action = 'sign_out'", "DELETE FROM audit_entry",
        "UPDATE audit_link SET number = 7 WHERE number = 8", "DELETE FROM audit_link",
        "TRUNCATE audit_entry", "TRUNCATE audit_link",
    ):
        with engine.connect() as connection:
            connection.execute(sa.text(f"SELECT set_config('tmc.force', '{HERTS}', false)"))
            with pytest.raises(sa.exc.DBAPIError, match="only added to"):
                connection.execute(sa.text(statement))
    engine.dispose()


@requirement("G8")
def test_the_serving_role_may_add_to_the_audit_and_its_chain_and_no_more(settings: Settings) -> None:
    engine = sa.create_engine(str(settings.database_url))
    for table in ("audit_entry", "audit_link"):
        for statement in (f"UPDATE {table} SET action = ''", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match="denied"):
                connection.execute(sa.text(statement))
    engine.dispose()


# --- without the protection ---------------------------------------------------------------------


@protection("G8")
def test_without_the_macs_a_changed_row_passes(
    app: Flask, chain: list[Head], owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(app, owner)
    monkeypatch.setattr("core.audit.fits", lambda row: True)
    assert verify(app, chain).ok


@protection("G8")
def test_without_the_links_changed_places_pass(
    app: Flask, chain: list[Head], owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reorder(app, owner)
    monkeypatch.setattr("core.auditing.check.link_fits", lambda link, **instead: True)
    monkeypatch.setattr("core.auditing.check.hmac.compare_digest", lambda one, other: True)
    assert verify(app, chain).ok


@protection("G8")
def test_without_told_heads_a_cut_tail_passes(app: Flask, chain: list[Head], owner: Any) -> None:
    cut_the_tail(app, owner)
    assert verify(app, []).ok


# --- the chainer --------------------------------------------------------------------------------


@contextmanager
def held(app: Flask, action: str = "cases_listed") -> Iterator[Any]:
    """A transaction that wrote its row and is still at work."""
    with app.app_context(), force_scope(HERTS):
        audit.write(action, count=0)
        yield db.session


@requirement("G8")
def test_a_row_is_linked_soon_after_its_commit_also_when_another_was_committed_meanwhile(
    app: Flask,
) -> None:
    assert LOOK_EVERY <= 5
    loop = AuditLoop(app)
    written, commit, done = Event(), Event(), Event()

    def slow() -> None:
        with held(app) as session:
            written.set()
            commit.wait(60)
            session.commit()
        done.set()

    thread = Thread(target=slow)
    thread.start()
    assert written.wait(60)
    write_rows(app, rows=2)
    assert loop.look() == 2
    assert loop.look() == 0
    commit.set()
    assert done.wait(60)
    thread.join()
    assert loop.look() == 1
    assert verify(app, []).ok


def test_rows_of_the_time_when_no_worker_ran_are_linked_by_the_next(app: Flask) -> None:
    write_rows(app, rows=3)
    assert AuditLoop(app).look() == 3
    write_rows(app, rows=2)
    assert AuditLoop(app).look() == 2
    report = verify(app, [])
    assert (report.linked, report.unlinked, report.ok) == (5, 0, True)


def test_several_workers_make_one_chain(app: Flask) -> None:
    write_rows(app, rows=20)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: AuditLoop(app).look(), range(4))) == 20
    report = verify(app, heads_now(app))
    assert (report.linked, report.ok) == (20, True)


def test_a_page_does_not_wait_while_rows_are_linked(app: Flask) -> None:
    write_rows(app, rows=2)
    link_all(app)
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(AuditHead).with_for_update()).one()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(write_rows, app, HERTS, 1).result(timeout=60)
            assert pool.submit(link_all, app).result(timeout=60) == 0  # another has the head


def test_each_force_has_a_chain_of_its_own(app: Flask) -> None:
    write_rows(app, HERTS, 3)
    write_rows(app, AVON, 2)
    assert AuditLoop(app).look() == 5
    assert (verify(app, [], HERTS).linked, verify(app, [], AVON).linked) == (3, 2)


def test_rows_that_are_not_linked_yet_are_reported(app: Flask, chain: list[Head]) -> None:
    write_rows(app, rows=2)
    report = verify(app, chain)
    assert (report.ok, report.linked, report.unlinked) == (True, ROWS, 2)


# --- the heads ----------------------------------------------------------------------------------


@requirement("G8")
def test_the_heads_are_told_every_minute(app: Flask, tmp_path: Path) -> None:
    assert TELL_EVERY <= 60
    path = tmp_path / "heads"
    loop = AuditLoop(app)
    loop.settings = loop.settings.model_copy(update={"audit_head_file": path})
    write_rows(app, rows=2)
    loop.look()
    loop.tell()
    loop.tell()
    write_rows(app, AVON, 1)
    loop.look()
    loop.tell()
    told = [json.loads(line)["heads"] for line in path.read_text().splitlines()]
    assert [sorted(heads) for heads in told] == [[HERTS], [], [AVON]]
    assert next(h for h in read_file(path) if h.force == HERTS).link == heads_now(app)[0].link
    assert os.stat(path).st_mode & 0o077 == 0
    assert verify(app, list(read_file(path))).heads == 1


@requirement("G8")
def test_new_heads_go_to_the_address_once_and_again_if_the_letter_failed(
    app: Flask, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_rows(app, rows=2)
    with mail_server() as server:
        loop = AuditLoop(app)
        loop.settings = loop.settings.model_copy(update={
            "smtp_url": server.url, "audit_head_email": "heads@force.example"})
        loop.look()
        server.data_refusals.append("451 try again")
        loop.tell()
        assert [json.loads(line)["event"] for line in capfd.readouterr().err.splitlines()] == [
            "audit_heads_not_told"]
        for _ in range(2):
            AuditLoop.tell(loop)  # another worker, or the next minute: nothing new
        (letter,) = server.letters
    (tmp_path / "heads").write_text(letter.get_content())
    assert [(h.force, h.number) for h in read_file(tmp_path / "heads")] == [(HERTS, 2)]
    assert verify(app, list(read_file(tmp_path / "heads"))).heads == 1


def test_half_a_last_line_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "heads"
    add_to_file(path, [Head(HERTS, 3, b"x", clock.now())])
    with path.open("a") as file:
        file.write('{"at": "2026-')
    assert [head.number for head in read_file(path)] == [3]


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
            remove_before(clock.now() - timedelta(days=300))
        until = datetime(2024, 6, 1, tzinfo=UTC)
        assert [remove_before(until, most=3), remove_before(until), remove_before(until)] == [3, 1, 0]
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
        assert remove_before(until, most=2) == 2
    owner("DELETE FROM audit_entry WHERE id IN (SELECT id FROM audit_link WHERE number = 3)",
          "DELETE FROM audit_link WHERE number = 3")
    with app.app_context(), force_scope(HERTS):
        assert [remove_before(until), remove_before(until)] == [3, 0]


def test_where_a_chain_begins_is_asked_for_by_its_number(app: Flask) -> None:
    """Not by an order of numbers: it goes through the rows of every other force."""
    with clock.travel(datetime(2024, 1, 1, tzinfo=UTC)):
        write_rows(app, rows=4)
        link_all(app)
    with app.app_context(), force_scope(HERTS), statements_heard() as heard:
        assert [remove_before(datetime(2024, 6, 1, tzinfo=UTC), most=2) for _ in range(2)] == [2, 2]
    assert not any("min(audit_link.number) AS min" in one for one in heard)


def test_rows_that_were_told_lately_cannot_pass_as_old_ones(app: Flask) -> None:
    with clock.travel(datetime(2024, 1, 1, tzinfo=UTC)):
        write_rows(app, rows=4)
        link_all(app)
    told = [Head(HERTS, 3, row_at(app, 3).link, clock.now() - timedelta(days=2))]
    with app.app_context(), force_scope(HERTS):
        assert remove_before(datetime(2024, 6, 1, tzinfo=UTC)) == 4
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
    app.extensions["tmc_keys"].clear()
    loop = AuditLoop(app)
    assert loop.look() == 2
    write_rows(app, AVON, 1)
    assert loop.look() == 1
    assert capfd.readouterr().err == ""
    told = run(app, "verify")
    assert told.exit_code == 0
    assert f"{HERTS}: erased here" in told.output and f"{AVON}: as written (3 rows" in told.output


# --- the commands -------------------------------------------------------------------------------


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(root, ["audit", *arguments])


@requirement("G8")
def test_the_command_says_which_row_is_broken_and_ends_with_1(
    app: Flask, chain: list[Head], owner: Any, tmp_path: Path
) -> None:
    add_to_file(tmp_path / "heads", chain)
    fine = run(app, "verify", "--force", HERTS, "--heads", str(tmp_path / "heads"))
    assert (fine.exit_code, "as written (12 rows linked, 1 told heads)" in fine.output) == (0, True)
    touched = edit(app, owner)
    wrong = run(app, "verify", "--heads", str(tmp_path / "heads"))
    assert wrong.exit_code == 1
    assert f"changed: row 5, {touched}, " in wrong.output and "cases_listed" in wrong.output
    told = json.loads(run(app, "verify", "--json", "--force", HERTS).output)
    assert (told[0]["ok"], told[0]["broken"]["what"], told[0]["broken"]["number"]) == (False, "changed", 5)
    assert run(app, "verify", "--force", AVON, "--quiet").output == ""


def test_the_command_shows_the_heads(app: Flask, chain: list[Head]) -> None:
    assert chain[0].link.hex() in run(app, "head").output
    assert json.loads(run(app, "head", "--json").output)[HERTS]["number"] == ROWS
    assert run(app, "head", "--force", AVON).output == ""


def test_a_file_of_something_else_is_refused(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "heads").write_text("hello\n")
    answer = run(app, "verify", "--heads", str(tmp_path / "heads"))
    assert (answer.exit_code, "heads:1: not a line of heads" in answer.output) == (1, True)
