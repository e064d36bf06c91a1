"""The demo's processes, as real processes: started, looked after, started again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Event

import psutil
import pytest

from core.cli.processes.programs import ServiceError, fresh_log, last_lines
from core.cli.processes.supervisor import Supervisor, _Kept, free_port, listening
from tests.core.cli.processes.processes import DEAF, SLEEPER, runs, until

LISTENER = [
    sys.executable,
    "-S",
    "-c",
    "import socket, sys\n"
    "s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
    "s.bind(('127.0.0.1', int(sys.argv[1]))); s.listen()\n"
    "while True: s.accept()[0].close()",
]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(tmp_path / "log") as made:
        yield made


def log_has(log: Path, word: str) -> bool:
    return log.read_text() == f"{word}\n"


def looked_after(supervisor: Supervisor) -> _Kept:
    """One turn of the supervisor's watch, for its only service."""
    (kept,) = supervisor._kept
    supervisor._look_after(kept)
    return kept


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
    monkeypatch.setattr("core.cli.processes.supervisor.FIRST_DELAY", 0.2)
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
    monkeypatch.setattr("core.cli.processes.supervisor.FIRST_DELAY", 0)
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
    monkeypatch.setattr("core.cli.processes.supervisor.FIRST_DELAY", 0.1)
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
            supervisor.start(name, argv, ready=partial(log_has, tmp_path / f"{name}.log", "up"))
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


def test_the_end_of_a_huge_log_is_read_quickly(tmp_path: Path) -> None:
    path = tmp_path / "big.log"
    with fresh_log(path) as log:
        log.write(b"\xff line\n" * 1_000_000)
    assert last_lines(path, 2) == ["\ufffd line"] * 2
