"""The demo's processes, as real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event

import psutil
import pytest

from core.processes.guard import Guard, signal_group
from core.processes.programs import ServiceError, fresh_log, last_lines
from core.processes.supervisor import Supervisor, _Kept, free_port, listening

ROOT = Path(__file__).parents[2]
SLEEPER = [sys.executable, "-S", "-c", "import time; print('I am up', flush=True); time.sleep(600)"]
DEAF = [
    sys.executable,
    "-S",
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, lambda *_: print('asked', flush=True))\n"
    "print('deaf', flush=True)\n"
    "while True: time.sleep(600)",
]
WITH_GRANDCHILD = [
    sys.executable,
    "-S",
    "-c",
    "import os, subprocess, sys, time\n"
    "child = subprocess.Popen(['sleep', '600'])\n"
    "print(child.pid, flush=True)\n"
    "time.sleep(600)",
]
LISTENER = [
    sys.executable,
    "-S",
    "-c",
    "import socket, sys\n"
    "s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
    "s.bind(('127.0.0.1', int(sys.argv[1]))); s.listen()\n"
    "while True: s.accept()[0].close()",
]
# A demo in small: what it started is told on its output, and what it says on its errors.
DEMO = """
import os, sys
from pathlib import Path
from core.processes.supervisor import Supervisor
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


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(tmp_path / "log") as made:
        yield made


def until(condition: Callable[[], object], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())


def has_said(log: Path, word: str) -> bool:
    return log.read_text() == f"{word}\n"


def looked_after(supervisor: Supervisor) -> _Kept:
    """One turn of the supervisor's watch, for its only service."""
    (kept,) = supervisor._kept
    supervisor._look_after(kept)
    return kept


def runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def sleeping() -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(SLEEPER, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


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


def test_a_child_writes_to_its_own_log_and_the_log_before_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "log" / "web.log"
    for _ in range(2):
        with Supervisor(tmp_path / "log") as supervisor:
            supervisor.start("web", SLEEPER, ready=lambda: log.read_text() == "I am up\n")
    assert log.read_text() == "I am up\n"
    assert log.with_name("web.log.1").read_text() == "I am up\n"
    assert log.stat().st_mode & 0o077 == 0


def test_a_child_that_fails_at_start_is_named_with_the_end_of_its_log(
    supervisor: Supervisor,
) -> None:
    code = "import sys; print('x\\n' * 50, 'port 25 is taken', file=sys.stderr); sys.exit(3)"
    with pytest.raises(ServiceError) as caught:
        supervisor.start("mail", [sys.executable, "-S", "-c", code], ready=lambda: False)
    first, *rest = str(caught.value).splitlines()
    assert first.startswith("mail ended as it started (exit status 3); the end of ")
    assert "port 25 is taken" in rest[-1]
    assert len(rest) == 15


def test_a_child_that_is_not_ready_in_time_is_named_and_ended(supervisor: Supervisor) -> None:
    with pytest.raises(ServiceError, match=r"web was not ready within 0\.3 s"):
        supervisor.start("web", SLEEPER, ready=lambda: False, ready_within=0.3)
    assert not [p for p in psutil.Process().children() if p.cmdline() == SLEEPER]


def test_a_command_that_does_not_exist_is_named(supervisor: Supervisor) -> None:
    with pytest.raises(ServiceError, match="web: cannot run /no/such: No such file"):
        supervisor.start("web", ["/no/such"])


def test_a_crashed_child_is_started_again_with_growing_delay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.processes.supervisor.FIRST_DELAY", 0.2)
    said: list[str] = []
    with Supervisor(tmp_path, say=said.append) as supervisor:
        code = "import sys; print('once more', flush=True); sys.exit(1)"
        supervisor.start("worker", [sys.executable, "-S", "-c", code])
        until(lambda: (tmp_path / "worker.log").read_text())
        assert until(lambda: looked_after(supervisor).failures == 3)
    stops = [line for line in said if line.startswith("worker stopped (exit status 1)")]
    delays = [line.split(" in ")[1].split(". ")[0] for line in stops]
    assert delays == ["0.2 s", "0.4 s", "0.8 s"]
    assert (tmp_path / "worker.log").read_text() == "once more\n" * 3


class Slow:
    """A service that stopped, and takes for ever to start again."""

    def __init__(self, name: str) -> None:
        self.name, self.asked, self.over = name, Event(), Event()

    def start(self) -> None:
        self.asked.set()
        self.over.wait(20)

    def alive(self) -> bool:
        return False

    def stop(self) -> None:
        self.over.set()


def test_no_service_waits_until_another_one_has_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.processes.supervisor.FIRST_DELAY", 0)
    services = [Slow("database"), Slow("web"), Slow("worker")]
    with Supervisor(tmp_path, say=lambda text: None) as supervisor:
        supervisor._kept = [_Kept(one) for one in services]

        def turn() -> bool:
            for kept in supervisor._kept:
                supervisor._look_after(kept)
            return all(one.asked.is_set() for one in services)

        assert until(turn)
    assert all(one.over.is_set() for one in services)


def test_however_often_it_stops_a_service_is_started_again_within_seconds() -> None:
    kept = _Kept(Slow("worker"))
    assert [kept.postpone() for _ in range(6)] == [0.5, 1, 2, 4, 4, 4]


def test_a_restarted_child_gets_its_port_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.processes.supervisor.FIRST_DELAY", 0.1)
    with Supervisor(tmp_path, say=lambda text: None) as supervisor:
        port = supervisor.free_port()
        assert port not in {free_port() for _ in range(50)}
        web = supervisor.start("web", [*LISTENER, str(port)], ready=listening(port))
        assert web._process
        web._process.kill()
        web._process.wait()
        assert not listening(port)()
        assert until(lambda: looked_after(supervisor) and listening(port)())


def test_children_are_stopped_in_the_reverse_order_of_their_start(tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        "    with open(sys.argv[2], 'a') as log: log.write(sys.argv[1])\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); print('up', flush=True); time.sleep(600)"
    )
    with Supervisor(tmp_path) as supervisor:
        for name in "abc":
            argv = [sys.executable, "-S", "-c", code, name, str(ended)]
            supervisor.start(name, argv, ready=partial(has_said, tmp_path / f"{name}.log", "up"))
    assert ended.read_text() == "cba"


def test_a_child_that_does_not_hear_is_killed(tmp_path: Path) -> None:
    waited: list[float | None] = []
    with Supervisor(tmp_path) as supervisor:
        log = tmp_path / "deaf.log"
        child = supervisor.start("deaf", DEAF, ready=lambda: log.read_text() != "", stop_within=0.3)
        assert child._process
        process, wait = child._process, child._process.wait
        process.wait = lambda timeout=None: (waited.append(timeout), wait(timeout))[1]  # type: ignore[method-assign]
    assert not runs(process.pid)
    assert waited == [0.3, None]


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
        "import sys\nfrom pathlib import Path\nfrom core.processes.supervisor import Supervisor\n"
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


def test_the_end_of_a_huge_log_is_read_quickly(tmp_path: Path) -> None:
    path = tmp_path / "big.log"
    with fresh_log(path) as log:
        log.write(b"\xff line\n" * 1_000_000)
    assert last_lines(path, 2) == ["\ufffd line"] * 2
