"""However the demo ends, no process of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from core.cli.processes.guard import Guard, signal_group
from tests.core.cli.processes.processes import DEAF, ROOT, SLEEPER, runs, until

WITH_GRANDCHILD = [
    sys.executable,
    "-S",
    "-c",
    "import os, subprocess, sys, time\n"
    "child = subprocess.Popen(['sleep', '600'])\n"
    "print(child.pid, flush=True)\n"
    "time.sleep(600)",
]
# A demo in small: what it started is told on its output, and what it says on its errors.
DEMO = """
import os, sys
from pathlib import Path
from core.cli.processes.supervisor import Supervisor
within = float(os.environ.get("STOP_WITHIN", "5"))
folder, *programs = sys.argv[1:]
with Supervisor(Path(folder)) as supervisor:
    for number, code in enumerate(programs):
        name = f"child{number}"
        said = lambda log=Path(folder) / f"{name}.log": log.stat().st_size > 0
        argv = [sys.executable, "-S", "-c", code]
        child = supervisor.start(name, argv, ready=said, ready_within=60, stop_within=within)
        print(child._process.pid, flush=True)
    print("ready", flush=True)
    supervisor.run()
print("ended in good order", flush=True)
"""


class Demo:
    """A supervisor in a process, session and group of its own."""

    def __init__(self, folder: Path, *programs: list[str], under: tuple[str, ...] = ()) -> None:
        self.log_dir = folder
        self.process = subprocess.Popen(
            [*under, sys.executable, "-c", DEMO, str(folder), *(argv[-1] for argv in programs)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout
        self.children = [int(self.process.stdout.readline()) for _ in programs]
        assert self.process.stdout.readline() == "ready\n"

    def clear_away(self) -> None:
        """For a test that failed: it leaves nothing behind either."""
        signal_group(self.process.pid, signal.SIGKILL)
        self.process.communicate()
        for child in self.children:
            signal_group(child, signal.SIGKILL)

    def end(self) -> str:
        said, errors = self.process.communicate(timeout=180)
        return said + errors


StartDemo = Callable[..., Demo]


@pytest.fixture
def start_demo(tmp_path: Path) -> Iterator[StartDemo]:
    """Under a shell that ignores SIGHUP, as under nohup, it would be ignored by all that starts here."""
    started: list[Demo] = []
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)

    def start(*programs: list[str], under: tuple[str, ...] = ()) -> Demo:
        started.append(Demo(tmp_path, *programs, under=under))
        return started[-1]

    yield start
    signal.signal(signal.SIGHUP, before)
    for demo in started:
        demo.clear_away()


@contextmanager
def sleeping() -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(SLEEPER, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_the_demo_and_all_its_children(start_demo: StartDemo, number: int) -> None:
    demo = start_demo(SLEEPER, SLEEPER)
    assert all(map(runs, demo.children))
    demo.process.send_signal(number)
    assert demo.end() == "ended in good order\n"
    assert demo.process.returncode == 0
    assert not any(map(runs, demo.children))


def test_ctrl_c_reaches_the_group_and_the_children_still_stop_in_order(
    start_demo: StartDemo, tmp_path: Path
) -> None:
    demo = start_demo(SLEEPER)
    os.killpg(demo.process.pid, signal.SIGINT)
    assert demo.end() == "ended in good order\n"
    assert not any(map(runs, demo.children))
    assert "KeyboardInterrupt" not in (tmp_path / "child0.log").read_text()


def test_a_second_ctrl_c_does_not_wait_for_a_deaf_child(
    start_demo: StartDemo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STOP_WITHIN", "600")
    demo = start_demo(DEAF)
    demo.process.send_signal(signal.SIGINT)
    assert until(lambda: (tmp_path / "child0.log").read_text() == "deaf\nasked\n")
    assert runs(demo.children[0])
    demo.process.send_signal(signal.SIGINT)
    assert demo.end() == "ended in good order\n"
    assert not runs(demo.children[0])


def test_nohup_keeps_the_demo_running(start_demo: StartDemo) -> None:
    demo = start_demo(SLEEPER, under=("nohup",))
    demo.process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    assert runs(demo.children[0])
    demo.process.terminate()
    assert "ended in good order\n" in demo.end()


def test_the_demo_stops_while_a_child_is_still_starting(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom core.cli.processes.supervisor import Supervisor\n"
        "with Supervisor(Path(sys.argv[1])) as supervisor:\n"
        "    def never():\n        print('asked', flush=True)\n        return False\n"
        f"    supervisor.start('slow', {SLEEPER!r}, ready=never)\n"
    )
    demo = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert demo.stdout
    demo.stdout.readline()
    children = psutil.Process(demo.pid).children()
    demo.terminate()
    demo.communicate(timeout=60)
    assert demo.returncode == 0
    assert not [child for child in children if runs(child.pid)]


@pytest.mark.parametrize("whole_group", [False, True])
def test_no_child_or_grandchild_outlives_a_killed_demo(
    start_demo: StartDemo, tmp_path: Path, whole_group: bool
) -> None:
    demo = start_demo(SLEEPER, WITH_GRANDCHILD)
    grandchild = int((tmp_path / "child1.log").read_text())
    if whole_group:
        os.killpg(demo.process.pid, signal.SIGKILL)
    else:
        demo.process.kill()
    demo.end()
    assert until(lambda: not any(map(runs, [*demo.children, grandchild])))


def test_a_deaf_child_does_not_outlive_a_killed_demo(start_demo: StartDemo) -> None:
    demo = start_demo(DEAF)
    demo.process.kill()
    demo.end()
    assert until(lambda: not runs(demo.children[0]), 15)


def test_the_demo_stops_when_its_parent_is_gone(start_demo: StartDemo) -> None:
    demo = start_demo(SLEEPER, under=("sh", "-c", '"$@"; true', "sh"))
    shell = psutil.Process(demo.process.pid)
    (inner,) = shell.children()
    shell.kill()
    assert until(lambda: not runs(inner.pid) and not runs(demo.children[0]))
    demo.end()


def test_a_guard_that_was_killed_is_replaced_and_knows_all(tmp_path: Path) -> None:
    guard = Guard()
    with sleeping() as first:
        guard.watch(first.pid)
        assert guard._process
        guard._process.kill()
        guard._process.wait()
        with sleeping() as second:
            guard.watch(second.pid)
            guard.close()
            assert first.wait(60) == second.wait(60) == -signal.SIGTERM


def test_a_guard_leaves_alone_what_it_was_told_to_forget() -> None:
    guard = Guard()
    with sleeping() as child:
        guard.watch(child.pid)
        guard.forget(child.pid)
        guard.close()
        assert child.poll() is None
