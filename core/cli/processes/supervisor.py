"""Starts the processes of the demo, keeps them alive, and stops them all."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Thread
from types import FrameType, TracebackType
from typing import Any, Protocol, Self

import click

from core.cli.processes.guard import STOP_SIGNALS, Guard
from core.cli.processes.programs import Program, ServiceError

TICK = 0.2
FIRST_DELAY, LONGEST_DELAY = 0.5, 4.0  # what people wait for is back within ten seconds
STEADY_AFTER = 10.0  # a service that ran this long begins again with the first delay


class StopAsked(BaseException):
    """Somebody asked us to stop. Not an ``Exception``: nothing on the way may swallow it."""


class Service(Protocol):
    """Runs beside us. ``start`` returns when it is of use; ``stop`` may come at any time, from another
    thread than ``start`` too."""

    name: str

    def start(self) -> object: ...
    def alive(self) -> bool: ...
    def stop(self) -> None: ...


@dataclass
class _Kept:
    service: Service
    since: float = field(default_factory=time.monotonic)
    failures: int = 0
    due: float | None = None
    starting: Thread | None = None

    def postpone(self) -> float:
        """Note a failure; how long to wait before the next start."""
        if time.monotonic() - self.since > STEADY_AFTER:
            self.failures = 0
        delay = min(FIRST_DELAY * 2.0**self.failures, LONGEST_DELAY)
        self.failures += 1
        self.due = time.monotonic() + delay
        return delay


class Supervisor:
    """Services that live and die together::

        with Supervisor(data_dir / "log") as supervisor:
            supervisor.adopt(EmbeddedPostgres(data_dir))
            supervisor.start("web", [...], ready=listening(port))
            supervisor.run()          # until asked to stop; everything has ended after the block

    Within the block SIGINT, SIGTERM and SIGHUP (unless ignored, as under nohup) leave it at once by
    :class:`StopAsked`, which the block keeps to itself; a second one kills. Services stop in the
    reverse order of their start. With *follow_parent* the end of the parent process is a reason to
    stop, too.
    """

    def __init__(
        self, log_dir: Path, *, say: Callable[[str], None] | None = None, follow_parent: bool = True
    ) -> None:
        self._log_dir = log_dir
        self._say = say or partial(click.echo, err=True)
        self._guard = Guard()
        self._kept: list[_Kept] = []
        self._held: list[socket.socket] = []
        self._parent = os.getppid() if follow_parent else 1
        self._handlers: dict[int, Any] = {}
        self._stopping = False

    def __enter__(self) -> Self:
        for number in STOP_SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                self._handlers[number] = signal.signal(number, self._heard)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self._stopping = True
        try:
            for kept in reversed(self._kept):
                kept.service.stop()
                while kept.starting is not None and kept.starting.is_alive():
                    kept.service.stop()  # it may have come to life just now
                    kept.starting.join(TICK)
        finally:
            self._guard.close()
            for held in self._held:
                held.close()
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
        return kind is not None and issubclass(kind, StopAsked)

    def adopt(self, service: Service) -> object:
        """Start *service* and keep it; what its ``start`` returns."""
        self._kept.append(_Kept(service))
        return service.start()

    def start(
        self,
        name: str,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        *,
        ready: Callable[[], bool] | None = None,
        ready_within: float = 30.0,
        stop_within: float = 5.0,
    ) -> Program:
        """Start a command and wait until *ready* says yes; *env* is added to our own environment.

        Raises :class:`ServiceError` with the end of its log when it dies or is not ready in time.
        """
        program = Program(
            name,
            argv,
            log_dir=self._log_dir,
            guard=self._guard,
            env=env,
            ready=ready,
            ready_within=ready_within,
            stop_within=stop_within,
        )
        self.adopt(program)
        return program

    def free_port(self, host: str = "127.0.0.1") -> int:
        """A port that nobody else is given while the supervisor lives.

        On Linux it stays bound, not listening, so that a service may listen on it (with
        SO_REUSEADDR, as all servers of ours do) and, after a crash, listen again.
        """
        held = _bound(host)
        port: int = held.getsockname()[1]
        if sys.platform == "linux":
            self._held.append(held)
        else:
            held.close()
        return port

    def run(self) -> None:
        """Keep all services alive until asked to stop; leaves the block by :class:`StopAsked`."""
        # Another parent than at first: ours has died.
        while self._parent in (1, os.getppid()):
            for kept in self._kept:
                self._look_after(kept)
            time.sleep(TICK)
        raise StopAsked

    def _look_after(self, kept: _Kept) -> None:
        if kept.starting is not None:
            if not kept.starting.is_alive():
                kept.starting = None
        elif kept.due is None and not kept.service.alive():
            how = f" ({kept.service.ending()})" if isinstance(kept.service, Program) else ""
            delay = kept.postpone()
            self._say(
                f"{kept.service.name} stopped{how}; starting it again in {delay:g} s. "
                f"Its log: {self._log_dir / kept.service.name}.log"
            )
        elif kept.due is not None and time.monotonic() >= kept.due:
            kept.starting = Thread(target=self._start_again, args=(kept,), daemon=True)
            kept.starting.start()

    def _start_again(self, kept: _Kept) -> None:
        """In a thread of its own: no service waits until another one is of use."""
        try:
            kept.service.start()
        except ServiceError as error:
            if not self._stopping:
                self._say(f"{error}\ntrying again in {kept.postpone():g} s")
        else:
            kept.since, kept.due = time.monotonic(), None
            self._say(f"{kept.service.name} runs again")

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            raise StopAsked
        for kept in self._kept:
            if isinstance(kept.service, Program):
                kept.service.hurry()


def free_port(host: str = "127.0.0.1") -> int:
    """A port that was free a moment ago: for tests. The demo takes :meth:`Supervisor.free_port`."""
    with closing(_bound(host)) as held:
        port: int = held.getsockname()[1]
        return port


def listening(port: int, host: str = "127.0.0.1") -> Callable[[], bool]:
    """For *ready*: whether somebody accepts connections on *port*."""

    def answers() -> bool:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            return False
        return True

    return answers


def _bound(host: str) -> socket.socket:
    held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((host, 0))
    return held
