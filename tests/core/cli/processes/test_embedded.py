"""The embedded PostgreSQL, with real servers and real kills."""

from __future__ import annotations

import os
import signal
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from core.base.database_url import conninfo
from core.base.settings import postgresql_url
from core.cli.processes.embedded import EmbeddedPostgres, EmbeddedPostgresError
from tests.core.cli.processes.processes import runs, until
from tests.core.cli.processes.servers import (
    QUICK,
    ask,
    end,
    holds_what_was_written,
    owner_elsewhere,
    pid_of,
    running,
    write,
)


def test_a_server_answers_on_its_private_socket_and_nowhere_else(
    server: EmbeddedPostgres, folder: Path
) -> None:
    assert server.start() == server.url()
    assert ask(server, "SHOW server_version")[0][0].startswith("18.")  # type: ignore[attr-defined]
    assert ask(server, "SHOW fsync") == [("off",)]
    process = psutil.Process(pid_of(server))
    assert not process.net_connections("inet")
    run = folder / "postgres" / "run"
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "postgres").stat().st_mode) == 0o700


def test_the_address_suits_sqlalchemy_and_plain_psycopg_alike(folder: Path) -> None:
    with EmbeddedPostgres(folder / "with spaces + plus", settings=QUICK) as server:
        write(server)
        for address in (server.url().replace("+psycopg", "", 1), conninfo(server.url())):
            with psycopg.connect(address) as connection:
                assert connection.execute("SELECT count(*) FROM letter").fetchone() == (1,)


@pytest.mark.parametrize("name", [
    "a space", "ümläut", "100%", "%41", "%(here)s", "o'clock", "back\\slash", "\\", 'the "best"', "a+b",
    "a&b=c", "#1", "what?", "c:5432", "who@where", "one;two", "$HOME", "{x}", " ends ", "\u2028",
])
def test_a_folder_may_be_called_anything_for_every_way_to_the_database(name: str) -> None:
    socket = f"/home/{name}/.data/postgres/run"
    address = f"postgresql+psycopg://tmc@/trackmycrime?host={quote(socket, safe='/')}&port=5432"
    assert conninfo_to_dict(conninfo(address)) == {
        "user": "tmc", "dbname": "trackmycrime", "host": socket, "port": "5432"}


def test_a_password_and_every_option_reach_the_job_queue_as_they_are() -> None:
    written = "p%40ss%2Bw%20rd%27%5C"
    address = f"postgresql://tmc:{written}@db.example:6000/d?sslmode=verify-full&application_name=a+b"
    assert conninfo_to_dict(conninfo(postgresql_url(address))) == {
        "user": "tmc", "password": "p@ss+w rd'\\", "host": "db.example", "port": "6000", "dbname": "d",
        "sslmode": "verify-full", "application_name": "a b"}


@pytest.mark.parametrize("name", ["two\nlines", "not-utf-8-\udcff"])
def test_a_folder_that_postgresql_cannot_name_is_refused_in_a_sentence(folder: Path, name: str) -> None:
    with pytest.raises(EmbeddedPostgresError, match="choose another folder with TMC_DATA_DIR"):
        EmbeddedPostgres(folder / name, settings=QUICK).start()
    assert not (folder / name).exists()


def test_text_sorts_and_folds_alike_on_every_machine(server: EmbeddedPostgres) -> None:
    server.start()
    assert ask(server, "SELECT upper('ŵyneb'), 'Z' < 'a'") == [("ŴYNEB", True)]


def test_what_was_written_is_there_after_stop_and_start(server: EmbeddedPostgres) -> None:
    address = server.start()
    write(server)
    pid = pid_of(server)
    server.stop()
    server.stop()
    assert not runs(pid)
    assert server.start() == server.start() == address
    assert holds_what_was_written(server)


@pytest.mark.parametrize("name", ["x" * 120, "one,two", 'the "best"'])
def test_a_folder_whose_name_makes_no_good_socket_path_works_too(folder: Path, name: str) -> None:
    with EmbeddedPostgres(folder / name, settings=QUICK) as server:
        write(server)
        assert holds_what_was_written(server)


def test_a_socket_folder_that_somebody_else_prepared_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    server = EmbeddedPostgres(folder / ("x" * 120), settings=QUICK)
    server._socket_dir().symlink_to(folder)
    with pytest.raises(EmbeddedPostgresError, match="is another user's; remove it, or set TMPDIR"):
        server.start()


def test_two_demos_run_side_by_side(folder: Path) -> None:
    with (
        EmbeddedPostgres(folder / "one", settings=QUICK) as one,
        EmbeddedPostgres(folder / "two", settings=QUICK) as two,
    ):
        write(one)
        write(two)
        one.stop()
        assert holds_what_was_written(two)


def test_a_second_demo_on_the_same_folder_is_told_who_has_it(folder: Path) -> None:
    owner, postmaster, _ = owner_elsewhere(folder)
    try:
        second = EmbeddedPostgres(folder, settings=QUICK)
        with pytest.raises(EmbeddedPostgresError) as caught:
            second.start()
        assert f"process {owner.pid} runs this folder's database already" in str(caught.value)
        assert "\n" not in str(caught.value)
        assert runs(postmaster)
        write(second)  # others do connect: the address is the same
    finally:
        end(owner)
        assert until(lambda: not runs(postmaster))


def test_a_server_whose_postmaster_was_killed_starts_again(server: EmbeddedPostgres) -> None:
    address = server.start()
    write(server)
    os.kill(pid_of(server), signal.SIGKILL)
    assert until(lambda: not server.alive())
    assert server.start() == address
    assert holds_what_was_written(server)


def test_the_server_goes_when_its_owner_was_killed(server: EmbeddedPostgres, folder: Path) -> None:
    owner, postmaster, guard = owner_elsewhere(folder)
    write(server)
    end(owner)
    assert until(lambda: not runs(postmaster) and not runs(guard))
    server.start()
    assert holds_what_was_written(server)


def test_a_server_left_behind_is_ended_before_the_next_one_starts(
    server: EmbeddedPostgres, folder: Path
) -> None:
    owner, postmaster, guard = owner_elsewhere(folder)
    write(server)
    os.kill(guard, signal.SIGKILL)
    end(owner)
    assert runs(postmaster)
    server.start()
    assert not runs(postmaster)
    assert holds_what_was_written(server)


def test_a_new_start_waits_for_the_killed_servers_own_processes(server: EmbeddedPostgres) -> None:
    server.start()
    write(server)
    others = psutil.Process(pid_of(server)).children()
    for process in others:
        with suppress(psutil.NoSuchProcess):
            process.suspend()  # so that they cannot notice
    os.kill(pid_of(server), signal.SIGKILL)
    assert until(lambda: not server.alive())
    assert any(runs(process.pid) for process in others)
    server.start()
    assert not any(runs(process.pid) for process in others)
    assert holds_what_was_written(server)


def test_another_process_that_got_the_old_number_is_left_alone(
    server: EmbeddedPostgres, folder: Path
) -> None:
    server.start()
    write(server)
    given = server._as_account()
    postmaster_file = folder / "postgres" / "cluster" / "postmaster.pid"
    user, group = given.get("user"), given.get("group")
    with running(["sleep", "600"], user, group) as bystander:
        lines = postmaster_file.read_text().splitlines()
        os.kill(pid_of(server), signal.SIGKILL)
        assert until(lambda: not server.alive())
        postmaster_file.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n")
        server.start()
        assert holds_what_was_written(server)
        assert bystander.poll() is None


@pytest.mark.parametrize("left", ["", "gibberish\n", "99999999\n/nowhere\n"])
def test_a_damaged_process_file_does_not_stop_the_start(
    server: EmbeddedPostgres, folder: Path, left: str
) -> None:
    server.start()
    server.stop()
    (folder / "postgres" / "cluster" / "postmaster.pid").write_text(left)
    server.start()
    assert server.alive()


def test_a_first_start_that_was_killed_half_way_begins_anew(folder: Path) -> None:
    unfinished = folder / "postgres" / "cluster.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(folder, settings=QUICK):
        assert not unfinished.exists()
