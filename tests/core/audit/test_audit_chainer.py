"""New rows of the audit are linked soon, once, and their heads told outside."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core import audit
from core.audit import AuditAction, CoreAction
from core.audit.export import Head, append_heads, read_file
from core.audit.loop import LOOK_EVERY, TELL_EVERY, AuditLoop
from core.audit.models import AuditHead
from core.base import clock
from core.storage.db import db, force_scope
from tests.conftest import AVON, HERTS
from tests.core.audit.chains import ROWS, heads_now, link_all, verify, write_rows
from tests.mail import mail_server
from tests.security.checklist import requirement

# --- the chainer --------------------------------------------------------------------------------


@contextmanager
def held(app: Flask, action: AuditAction = CoreAction.CASES_LISTED) -> Iterator[Any]:
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
    append_heads(path, [Head(HERTS, 3, b"x", clock.now())])
    with path.open("a") as file:
        file.write('{"at": "2026-')
    assert [head.number for head in read_file(path)] == [3]
