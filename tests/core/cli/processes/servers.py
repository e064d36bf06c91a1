"""Real servers of a demo, their processes and what is in them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from core.cli.processes.embedded import EmbeddedPostgres
from tests.live import ROOT

QUICK = {"fsync": "off"}
OWNER = """
import sys, time
from pathlib import Path
from core.cli.processes.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), settings={"fsync": "off"})
server.start()
print(server._process.pid, server._guard._process.pid, flush=True)
time.sleep(600)
"""


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
