"""Whoever starts the portal on an address that cannot be served on reads one sentence that helps."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from flask import Flask

from core.base.settings import Settings
from core.base.settings_source import PREFIX
from core.cli.processes.leftovers import end_leftovers, left_in
from core.cli.processes.ports import CannotListen, holder_of, listener, refuse_unusable
from core.cli.processes.supervisor import free_port, listening
from tests.live import ROOT, wait_until


@pytest.fixture
def taken() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as holder:
        yield holder.getsockname()[1]


def test_a_port_that_is_taken_is_said_with_who_holds_it(taken: int) -> None:
    with pytest.raises(CannotListen) as refused:
        refuse_unusable(f"127.0.0.1:{taken}")
    said = str(refused.value)
    assert said.startswith(f"127.0.0.1:{taken}: the port is taken by ") and "\n" not in said
    assert "choose another port" in said
    if sys.platform == "linux":
        assert f"(process {os.getpid()})" in said
        found = listener(taken)
        assert found and found.pid == os.getpid()


def test_a_port_that_is_free_or_only_kept_for_us_is_no_problem(tmp_path: Path) -> None:
    refuse_unusable(f"127.0.0.1:{free_port()}")
    refuse_unusable(f"unix:{tmp_path}/web.sock")
    with closing(socket.socket()) as kept:  # as the supervisor keeps ports for its services
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        refuse_unusable(f"127.0.0.1:{kept.getsockname()[1]}")


@pytest.mark.parametrize(("bind", "said"), [
    ("127.0.0.1:eight", "not an address and a port"),
    ("127.0.0.1:99999", "no address that can be served on"),
    ("192.0.2.1:8000", "this machine has no such address"),
    ("nowhere.invalid:8000", "no address that can be served on"),
    ("unix:/nowhere/web.sock", "/nowhere: no folder"),
])
def test_an_address_that_is_none_is_said_with_the_next_step(bind: str, said: str) -> None:
    with pytest.raises(CannotListen, match=said):
        refuse_unusable(bind)


def test_nobody_is_named_who_does_not_listen() -> None:
    assert listener(free_port()) is None
    assert holder_of(free_port()) == "another program"


def test_web_on_a_port_that_is_taken_says_one_sentence(
    app: Flask, settings: Settings, taken: int
) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    told = subprocess.run(
        [sys.executable, "-m", "core", "web", "--bind", f"127.0.0.1:{taken}"], cwd=ROOT, timeout=90,
        env=clean | {"TMC_MODE": "demo", "TMC_DATABASE_URL": settings.database_url,
                     "TMC_DATA_DIR": str(settings.data_dir)},
        check=False, capture_output=True, text=True)
    assert (told.returncode, told.stdout, told.stderr.count("\n")) == (1, "", 1)
    assert told.stderr.startswith(f"trackmycrime: 127.0.0.1:{taken}: the port is taken by ")


# --- what a demo left behind ----------------------------------------------------------------------


def mailbox_of(data: Path, **more: str) -> tuple[subprocess.Popen[bytes], int]:
    """A real mailbox of a demo whose data are in *data*, with nobody who looks after it."""
    data.mkdir(exist_ok=True)
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    process = subprocess.Popen(
        [sys.executable, "-m", "plugins.demo.mailbox", "--port", str(port), "--store",
         str(data / "mailbox")], cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL,
        env=clean | {"TMC_MODE": "demo", "TMC_DATA_DIR": str(data)} | more)
    wait_until(listening(port), 60, "the mailbox was not there")
    return process, port


def test_what_a_killed_demo_left_is_ended_and_what_others_run_is_not(tmp_path: Path) -> None:
    left, held = mailbox_of(tmp_path / "data")
    of_another, _ = mailbox_of(tmp_path / "other")
    no_demo, _ = mailbox_of(tmp_path / "data", TMC_MODE="production")
    try:
        assert [one.pid for one in left_in(tmp_path / "data")] == [left.pid]
        assert end_leftovers(tmp_path / "data") == 1
        left.wait(60)
        refuse_unusable(f"127.0.0.1:{held}")
        assert of_another.poll() is None and no_demo.poll() is None
        assert end_leftovers(tmp_path / "data") == 0
    finally:
        for one in (left, of_another, no_demo):
            one.kill()
            one.wait()


def test_a_process_that_runs_something_else_in_the_same_folder_stays(tmp_path: Path) -> None:
    """A shell of somebody who exported the demo's settings, say."""
    shell = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, cwd=ROOT,
        env=os.environ | {"TMC_MODE": "demo", "TMC_DATA_DIR": str(tmp_path)})
    try:
        wait_until(lambda: psutil.Process(shell.pid).environ().get("TMC_MODE") == "demo", 60, "no shell")
        assert left_in(tmp_path) == []
    finally:
        shell.kill()
        shell.communicate()
