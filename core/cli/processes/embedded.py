"""A PostgreSQL server of our own, run from a folder: for ``make run`` and for tests.

We drive it ourselves (``docs/decisions/0002-embedded-postgresql.md``). One process owns the server, the
one that called :meth:`EmbeddedPostgres.start`; all others connect by its address.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg

from core.cli.processes import postgres_programs
from core.cli.processes.guard import Guard, undisturbed
from core.cli.processes.leftovers import end_servers
from core.cli.processes.os_account import (
    Account,
    let_read,
    let_through,
    make_server_user,
    server_account,
)
from core.cli.processes.postgres_programs import MAJOR, EmbeddedPostgresError
from core.cli.processes.programs import fresh_log

SUPERUSER = "postgres"
PORT = 5432  # part of the socket's file name only: nothing listens on the network
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # its own log has no statements and no values of rows
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
INITDB = (
    f"--username={SUPERUSER}",
    "--auth-local=trust",  # the socket's folder is closed to all but this user
    "--auth-host=reject",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",  # sorts alike on every machine
    "--builtin-locale=C.UTF-8",
)
LONGEST_SOCKET = 103  # bytes; macOS allows the least
START_WITHIN = 120.0  # recovering after a crash can take a while
STOP_WITHIN = 30.0


class EmbeddedPostgres:
    """The server with its data in ``<data_dir>/postgres``, logging to ``<data_dir>/log``.

    Only the superuser ``postgres`` and its database of the same name exist at first. *settings* are
    further server settings; tests pass ``{"fsync": "off"}``. Starting and stopping again does no
    harm; a server that crashed is started anew by :meth:`start`, on the same address.
    """

    name = "postgres"

    def __init__(self, data_dir: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self._data_dir = data_dir.resolve()
        self._home = self._data_dir / "postgres"
        self._cluster = self._home / "cluster"
        self._log = self._data_dir / "log" / "postgres.log"
        self._settings = {**SETTINGS, **(settings or {})}
        self._guard = Guard()
        self._lock: int | None = None
        self._account: Account | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> str:
        """Have the server running and answering; its address as the superuser."""
        if self.alive():
            return self.url()
        try:
            self._prepare()
            self._launch()
            self._await_answer()
        except OSError as error:
            self.stop()
            raise EmbeddedPostgresError(self._explain(error)) from error
        except BaseException:
            self.stop()
            raise
        return self.url()

    def alive(self) -> bool:
        process = self._process
        return process is not None and process.poll() is None

    def stop(self) -> None:
        """End the server in good order; by force when it does not hear."""
        process = self._process
        if process is not None:
            # PostgreSQL's “fast” shutdown, then its “immediate” one, which recovers at the next start.
            for number, seconds in ((signal.SIGINT, STOP_WITHIN), (signal.SIGQUIT, 5.0)):
                process.send_signal(number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(seconds)
            process.kill()
            process.wait()
            self._guard.forget(process.pid)
            self._process = None
        self._guard.close()
        if self._lock is not None:
            if self._socket_dir().parent != self._home:
                with suppress(OSError):
                    self._socket_dir().rmdir()
            os.close(self._lock)
            self._lock = None

    def url(self, role: str = SUPERUSER, database: str = "postgres") -> str:
        """The address for SQLAlchemy; the same from one start to the next."""
        who, what = quote(role, safe=""), quote(database, safe="")
        where = quote(str(self._socket_dir()), safe="/")
        return f"postgresql+psycopg://{who}@/{what}?host={where}&port={PORT}"

    def _prepare(self) -> None:
        _check_name(self._data_dir)
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_server_user(self._home)
        self._account = server_account(self._home)
        if self._account:
            os.chown(self._home, self._account.uid, self._account.gid)
            let_through(self._home / "any", self._account)
            let_through(self._socket_dir(), self._account)
            let_through(postgres_programs.binary("postgres"), self._account)
            let_read(postgres_programs.folder())
            let_read(postgres_programs.libraries())
        self._take_lock()
        end_servers(self._cluster)
        self._make_private(self._socket_dir())
        for left in self._socket_dir().glob(".s.PGSQL.*"):
            left.unlink()
        self._make_cluster()

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        lock = os.open(self._home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(lock, 20).decode(errors="replace").strip() or "?"
            os.close(lock)
            raise EmbeddedPostgresError(
                f"{self._data_dir}: process {owner} runs this folder's database already; "
                "stop it first, or choose another folder with TMC_DATA_DIR"
            ) from None
        # Emptied only now that it is ours: until then it names who has it.
        os.ftruncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        self._lock = lock

    def _socket_dir(self) -> Path:
        """In our folder; where that makes too long a path, a private one with a short name."""
        ours = self._home / "run"
        if _fits(ours):
            return ours
        key = hashlib.sha256(f"{os.geteuid()}:{self._home}".encode()).hexdigest()[:12]
        for folder in (tempfile.gettempdir(), "/tmp"):  # noqa: S108
            if _fits(Path(folder) / f"tmc-{key}"):
                return Path(folder) / f"tmc-{key}"
        raise EmbeddedPostgresError(
            f"{ours}: too long for a socket, and so is the temporary folder"
        )

    def _make_private(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        # Not stat: in a temporary folder anybody can put a link of this name.
        found = folder.lstat()
        uid = self._account.uid if self._account else os.geteuid()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), uid):
            raise EmbeddedPostgresError(f"{folder}: is another user's; remove it, or set TMPDIR")
        folder.chmod(0o700)
        if self._account:
            os.chown(folder, self._account.uid, self._account.gid)

    def _close_to_others(self, folder: Path) -> None:
        """PostgreSQL refuses data that others can read, as a copy or a careless chmod leaves them."""
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & 0o027:
            return
        try:
            folder.chmod(0o700)
        except PermissionError:
            raise EmbeddedPostgresError(
                f"{folder}: others can read it (mode {mode:03o}); its owner runs `chmod 700 {folder}`"
            ) from None

    def _make_cluster(self) -> None:
        version = self._cluster / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            if found != MAJOR:
                raise EmbeddedPostgresError(
                    f"{self._cluster}: is data of PostgreSQL {found}, this is {MAJOR}; "
                    f"move {self._home} away to begin anew"
                )
            self._close_to_others(self._cluster)
            return
        unfinished = self._home / "cluster.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        sync = ["--no-sync"] if self._settings.get("fsync") == "off" else []
        command = [str(postgres_programs.binary("initdb")), *INITDB, *sync, "-D", str(unfinished)]
        done = subprocess.run(command, check=False, capture_output=True, **self._as_account())
        if done.returncode:
            raise EmbeddedPostgresError(self._reason(done.stderr.decode(errors="replace")))
        # Under its name only when it is whole: a start that was cut off makes it anew.
        unfinished.rename(self._cluster)

    def _launch(self) -> None:
        folder = str(self._socket_dir()).replace('"', '""')
        settings = {**self._settings, "unix_socket_directories": f'"{folder}"'}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(postgres_programs.binary("postgres")), "-D", str(self._cluster), *options]
        with fresh_log(self._log) as log, undisturbed():
            # A session of its own: Ctrl-C goes to the terminal's group, and those who use it end first.
            process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, **self._as_account()
            )
            self._process = process
            self._guard.watch(process.pid, signal.SIGINT)

    def _await_answer(self) -> None:
        deadline = time.monotonic() + START_WITHIN
        while self.alive() and time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):
                psycopg.connect(
                    host=str(self._socket_dir()), port=PORT, user=SUPERUSER, dbname="postgres"
                ).close()
                return
            time.sleep(0.05)
        raise EmbeddedPostgresError(self._reason(self._log.read_text(errors="replace")))

    def _as_account(self) -> dict[str, Any]:
        clean: dict[str, Any]
        # None of ours: variables like PGDATA change what the programs do.
        env = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
        clean = {"stdin": subprocess.DEVNULL, "cwd": self._home, "env": env, "umask": 0o077}
        if self._account:
            clean |= {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}
        return clean

    def _reason(self, output: str) -> str:
        """The one line of PostgreSQL's *output* that says why it stopped, with the next step."""
        if "No space left on device" in output:
            return self._explain(OSError(errno.ENOSPC, "", str(self._home)))
        lines = output.splitlines()
        telling = [line for line in lines if re.search("FATAL:|PANIC:|error:", line)]
        why = (telling or lines or ["it gave no reason"])[-1].strip()
        return f"The embedded PostgreSQL did not start: {why} (log: {self._log})"

    def _explain(self, error: OSError) -> str:
        where = error.filename or self._home
        if isinstance(error, PermissionError):
            return f"{where}: no permission; run as its owner, or choose another with TMC_DATA_DIR"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"{where}: the disk is full; make room, or choose another with TMC_DATA_DIR"
        return f"{where}: {error.strerror or error}; the embedded PostgreSQL did not start"


def _check_name(folder: Path) -> None:
    """PostgreSQL's own programs speak in lines of text about the folders that they work in."""
    name = str(folder)
    if re.search(r"[\n\r\ud800-\udfff]", name):
        raise EmbeddedPostgresError(
            f"{name.encode(errors='backslashreplace').decode()!r}: a name with a line break, or that "
            "is not UTF-8, cannot be used; choose another folder with TMC_DATA_DIR"
        )


def _fits(folder: Path) -> bool:
    longest = len(os.fsencode(folder / f".s.PGSQL.{PORT}"))
    return longest <= LONGEST_SOCKET and "," not in str(folder)  # clients split at commas
