"""A backup that is restored does not send again what was sent since it was made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from core.app import create_app
from core.audit.export import heads_outside
from core.audit.loop import AuditLoop
from core.audit.models import AuditEntry
from core.base import clock
from core.base.installation import installation
from core.cases.models import Case, Person
from core.cli.processes.start import ready
from core.hookspecs import News
from core.notices import outbox, restored
from core.notices.claims import presence
from core.notices.models import Notice
from core.notices.restored import Outgoing
from core.plugin_host import jobs
from core.storage.db import close_connections, db, force_scope
from core.testing import recorded
from core.testing.commands import run_command
from core.testing.postgres import as_superuser, without_walls
from tests.conftest import AVON, HERTS
from tests.mail import MailServer, sends_through
from tests.people import meet, person_browser, take
from tests.security.audited import audited


@pytest.fixture
def case(app: Flask, post: MailServer) -> Iterator[Flask]:
    with sends_through(app, post.url):
        take(app, recorded())
        ready(app, process="worker")
        yield app


def promised(app: Flask, kind: str = "entry") -> UUID:
    with app.app_context(), force_scope(HERTS):
        about = db.session.scalars(sa.select(Case.id)).one()
        whom = db.session.scalars(sa.select(Person.id)).one()
        if kind == "code":
            made = outbox.promise_code(whom, about, uuid4(), "482913")
        else:
            outbox.promise([News(kind, about, uuid4(), clock.now(), (whom,))])
            made = db.session.scalars(
                sa.select(Notice.id).order_by(Notice.made_at.desc(), Notice.id.desc())).first()
        db.session.commit()
        assert made
        return made


def state(app: Flask, notice: UUID) -> str:
    with app.app_context(), force_scope(HERTS):
        return str(db.session.scalars(sa.select(Notice.state).where(Notice.id == notice)).one())


def release(app: Flask, *words: str) -> Result:
    return run_command(app, "notices", "release", *words)


def restored_here(app: Flask, force: str = "%") -> None:
    """As if this were a copy of the database that letters (of *force*) were last sent from."""
    with without_walls(installation(app).settings.owner_database_url) as connection:
        connection.execute(
            sa.text("UPDATE outgoing SET database = 'another/1' WHERE force LIKE :force"), {"force": force})


def test_a_copy_of_the_database_has_another_name_and_a_second_look_the_same(
    case: Flask, settings: Any
) -> None:
    with case.app_context(), force_scope(HERTS):
        ours = restored.here()
        assert restored.here() == ours
    server = sa.create_engine(
        as_superuser(settings.owner_database_url).set(database="postgres"), poolclass=sa.NullPool)
    with server.connect() as connection:
        theirs = connection.execute(restored.HERE).scalar_one()
    assert theirs.split("/")[0] == ours.split("/")[0]
    assert theirs != ours


def test_a_backup_with_a_letter_due_that_was_sent_meanwhile_sends_it_again_only_when_released(
    case: Flask, post: MailServer, settings: Any
) -> None:
    one = promised(case)
    with as_backed_up(settings) as url:
        jobs.work(case)
        assert (state(case, one), len(post.letters)) == ("sent", 1)
        copy = create_app(installation(case).settings.model_copy(update={"database_url": url}))
        with sends_through(copy, post.url):
            ready(copy, process="worker")
            jobs.work(copy)
            assert (state(copy, one), len(post.letters)) == ("due", 1)
            assert "     1 entry" in release(copy, "--yes").stdout
            jobs.work(copy)
            assert (state(copy, one), len(post.letters)) == ("sent", 2)
        with copy.app_context():
            close_connections()
            presence().close()
    assert len({letter["Message-ID"] for letter in post.letters}) == 1


@contextmanager
def as_backed_up(settings: Any) -> Iterator[str]:
    """The address, as the serving role, of a copy of the database as it is now."""
    server = sa.create_engine(
        as_superuser(settings.owner_database_url).set(database="postgres"), poolclass=sa.NullPool,
        isolation_level="AUTOCOMMIT")
    name = "a_backup"
    with server.connect() as connection:
        connection.execute(sa.text(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = 'trackmycrime' AND pid <> pg_backend_pid()"))
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE trackmycrime"))
        try:
            yield sa.make_url(settings.database_url).set(database=name).render_as_string()
        finally:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def test_a_database_that_was_never_restored_holds_nothing(case: Flask, post: MailServer) -> None:
    one = promised(case)
    ready(case, process="worker")
    jobs.work(case)
    assert state(case, one) == "sent"
    assert release(case).stdout == "no letters are held\n"


@audited("notices_held")
@audited("notices_released")
def test_a_restored_database_sends_nothing_until_staff_release_it(
    case: Flask, post: MailServer, capfd: pytest.CaptureFixture[str]
) -> None:
    one = promised(case)
    restored_here(case)
    ready(case, process="worker")
    said = capfd.readouterr().err
    assert '"event": "database_restored"' in said
    assert {force for force in (HERTS, AVON) for line in said.splitlines()
            if '"event": "notices_held"' in line and f'"force": "{force}"' in line} == {HERTS, AVON}
    jobs.work(case)
    for force in (HERTS, AVON):
        jobs.run(case, "sweep_notices", force)
    with clock.travel(clock.now() + timedelta(hours=2)):
        jobs.run(case, "sweep_notices", HERTS)
        jobs.work(case)
    later = promised(case)
    jobs.work(case)
    assert (state(case, one), state(case, later), post.letters) == ("due", "due", [])
    assert case.test_client().get("/health/ready").json == {"status": "ready", "letters": "held"}

    shown = release(case, "--show").stdout
    assert "hertfordshire: held since" in shown
    assert "     2 entry" in shown
    said = release(case, "--yes")
    assert (said.exit_code, "hertfordshire: 2 to be sent, 0 dropped" in said.stdout) == (0, True)
    jobs.work(case)
    assert (state(case, one), state(case, later), len(post.letters)) == ("sent", "sent", 2)
    assert case.test_client().get("/health/ready").json == {"status": "ready"}
    ready(case, process="worker")
    assert release(case).stdout == "no letters are held\n"


@pytest.mark.parametrize("force", [HERTS, AVON])
def test_whether_letters_are_held_is_told_whichever_force_is_open_at_that_moment(
    case: Flask, force: str
) -> None:
    """All forces are asked, and letters of one alone may be held."""
    for held in (None, HERTS, AVON):
        if held:
            restored_here(case, held)
            ready(case, process="worker")
        with case.app_context(), force_scope(force):
            assert db.session.scalars(sa.select(Outgoing.id)).all()
            assert restored.is_held() is (held is not None)
            assert db.session.scalars(sa.select(Outgoing.id)).all()
        release(case, "--yes")


def test_who_is_signed_in_reads_whether_the_portal_is_ready(case: Flask) -> None:
    visitor = person_browser(case, meet(case)).client
    for path in (f"/{HERTS}/health/ready", f"/{AVON}/health/ready", "/health/ready"):
        assert visitor.get(path).json == {"status": "ready"}


def test_a_worker_that_runs_while_its_database_is_restored_notices_it(
    case: Flask, post: MailServer
) -> None:
    one = promised(case)
    restored_here(case)
    jobs.work(case)
    assert (state(case, one), post.letters) == ("due", [])
    with case.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(Outgoing.held_since)).one() is not None


def test_who_asks_for_a_code_after_the_restore_gets_it(case: Flask, post: MailServer) -> None:
    before = promised(case, "code")
    restored_here(case)
    ready(case, process="web")
    after = promised(case, "code")
    jobs.work(case)
    assert (state(case, before), state(case, after), len(post.letters)) == ("due", "sent", 1)


def test_staff_can_drop_what_waits_and_what_is_older_than_some_hours(
    case: Flask, post: MailServer
) -> None:
    with clock.travel(clock.now() - timedelta(days=3)):
        old = promised(case)
    new = promised(case)
    restored_here(case)
    assert release(case, "--older-than", "5").exit_code == 2
    assert "1 to be sent, 1 dropped" in release(case, "--drop", "--older-than", "48", "--yes").stdout
    jobs.work(case)
    assert (state(case, old), state(case, new), len(post.letters)) == ("withheld", "sent", 1)
    other = promised(case)
    restored_here(case)
    assert "0 to be sent, 1 dropped" in release(case, "--drop", "--yes").stdout
    jobs.work(case)
    assert (state(case, other), len(post.letters)) == ("withheld", 1)


def test_who_is_asked_and_says_no_releases_nothing(case: Flask, post: MailServer) -> None:
    promised(case)
    restored_here(case)
    assert release(case).exit_code == 1
    jobs.work(case)
    assert post.letters == []


def test_an_audit_that_is_shorter_than_what_left_the_database_is_a_restored_one(
    case: Flask, post: MailServer, tmp_path: Path
) -> None:
    file, settings = tmp_path / "heads", installation(case).settings
    installation(case).settings = settings.model_copy(update={"audit_head_file": file})
    try:
        loop = AuditLoop(case)
        loop.look()
        loop.tell()
        told = heads_outside(file, [HERTS])
        assert told[HERTS] > 0
        ready(case, process="worker")
        assert release(case).stdout == "no letters are held\n"
        ahead = file.read_text().replace(f"[{told[HERTS]},", f"[{told[HERTS] + 1},")
        file.write_text(file.read_text() + ahead)
        ready(case, process="worker")
        one = promised(case)
        jobs.work(case)
        assert state(case, one) == "due"
        release(case, "--yes")
        ready(case, process="worker")  # what was known when they were released holds nothing again
        jobs.work(case)
        assert state(case, one) == "sent"
    finally:
        installation(case).settings = settings


LINE = '{"at": "2026-03-01T10:00:00+00:00", "heads": {"hertfordshire": [%d, "00"]}}'


@pytest.mark.parametrize("damage", [
    "", "\n", "\0" * 40, LINE[:20], LINE[:40] + "\0" * 9, LINE % 7 + "\0\0", "\ufffd\x07", "{}", "[]",
    "null", '{"at": 1}', '{"at": "2026-03-01T10:00:00+00:00", "heads": {"hertfordshire": 8}}', "not json",
    LINE[1:] % 8,
])
def test_a_line_that_a_power_cut_left_hides_no_head_that_was_told_later(
    tmp_path: Path, damage: str
) -> None:
    file = tmp_path / "heads"
    file.write_text(f"{LINE % 3}\n{damage}\n{LINE % 5}\n")
    assert heads_outside(file, [HERTS]) == {HERTS: 5}
    assert heads_outside(tmp_path / "none", [HERTS]) == {}


def test_what_was_done_is_in_the_audit(case: Flask) -> None:
    promised(case)
    restored_here(case)
    release(case, "--yes")
    with case.app_context(), force_scope(HERTS):
        rows = db.session.scalars(sa.select(AuditEntry).where(
            AuditEntry.action.in_(["notices_held", "notices_released"])).order_by(AuditEntry.at)).all()
        assert [row.fields for row in rows] == [{"waiting": 1}, {"sent": 1, "dropped": 0}]
