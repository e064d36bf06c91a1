"""Who runs a server for root: whoever its folder belongs to, a system user of our own, or nobody."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.cli.processes import os_account
from core.cli.processes.os_account import NAME, Account, make_server_user, server_account

NOBODY, OURS = Account(65534, 65534), Account(990, 991)


class Machine:
    """Users by name, and what was run to add some."""

    def __init__(self) -> None:
        self.users = {"nobody": NOBODY}
        self.can_add = True
        self.runs: list[list[str]] = []

    def find(self, name: str) -> Any:
        found = self.users[name]
        return SimpleNamespace(pw_uid=found.uid, pw_gid=found.gid)

    def run(self, command: list[str], **_: Any) -> None:
        self.runs.append(command)
        if not self.can_add:
            raise subprocess.CalledProcessError(1, command)
        self.users[command[-1]] = OURS


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """As root sees it."""
    made = Machine()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", made.find)
    monkeypatch.setattr(os_account.subprocess, "run", made.run)
    return made


@pytest.fixture
def of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[int], Path]:
    """A folder that belongs to the user of this number."""
    def folder(uid: int) -> Path:
        monkeypatch.setattr(Path, "stat", lambda path: SimpleNamespace(st_uid=uid, st_gid=uid + 1))
        return tmp_path

    return folder


def test_whoever_is_not_root_runs_it_themselves(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    make_server_user(tmp_path)
    assert (server_account(tmp_path), machine.runs) == (None, [])


def test_looking_who_runs_it_adds_nobody(machine: Machine, of: Callable[[int], Path]) -> None:
    assert server_account(of(0)) == NOBODY
    assert machine.runs == []


def test_for_root_a_user_is_added_once(machine: Machine, of: Callable[[int], Path]) -> None:
    home = of(0)
    make_server_user(home)
    make_server_user(home)
    assert server_account(home) == OURS
    assert [(command[0], command[-1]) for command in machine.runs] == [("useradd", NAME)]


def test_a_folder_that_is_somebodys_stays_theirs(machine: Machine, of: Callable[[int], Path]) -> None:
    home = of(1234)
    make_server_user(home)
    assert server_account(home) == Account(1234, 1235)
    assert machine.runs == []


def test_where_no_user_can_be_added_nobody_runs_it(machine: Machine, of: Callable[[int], Path]) -> None:
    machine.can_add, home = False, of(0)
    make_server_user(home)
    assert server_account(home) == NOBODY


def test_a_folder_that_is_not_there_yet_belongs_to_no_one(machine: Machine, tmp_path: Path) -> None:
    make_server_user(tmp_path / "later")
    assert server_account(tmp_path / "later") == OURS
