"""Commands that run beside us, each with its own log."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from core.cli.processes.guard import Guard, signal_group, undisturbed

LAST_LINES = 15


class ServiceError(Exception):
    """A service could not start; the text says which, why, and where its log is."""


class Program:
    """A command in a session of its own, with its output in ``<log_dir>/<name>.log``."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        log_dir: Path,
        guard: Guard,
        env: Mapping[str, str] | None = None,
        ready: Callable[[], bool] | None = None,
        ready_within: float = 30.0,
        stop_within: float = 5.0,
    ) -> None:
        self.name = name
        self.log = log_dir / f"{name}.log"
        self._argv, self._env, self._guard = list(argv), env, guard
        self._ready, self._ready_within, self._stop_within = ready, ready_within, stop_within
        self._process: subprocess.Popen[bytes] | None = None
        self._started_before = False

    def start(self) -> None:
        self._launch()
        if self._ready is not None:
            self.wait_until(self._ready, self._ready_within)

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return when *ready* says yes. Raises :class:`ServiceError`, with the end of the log, when
        the program ends before or *seconds* have passed."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive():
                raise ServiceError(self._story(f"ended as it started ({self.ending()})"))
            if time.monotonic() > deadline:
                self.stop()
                raise ServiceError(self._story(f"was not ready within {seconds:g} s"))
            time.sleep(0.05)

    def alive(self) -> bool:
        process = self._process
        return process is not None and process.poll() is None

    def ending(self) -> str:
        process = self._process
        code = process.poll() if process else None
        if code is None:
            return "running"
        return f"exit status {code}" if code >= 0 else signal.Signals(-code).name

    def stop(self) -> None:
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            signal_group(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(self._stop_within)
        self._clear_away()

    def hurry(self) -> None:
        """Do not wait for good order any more."""
        if self._process is not None and self._process.returncode is None:
            signal_group(self._process.pid, signal.SIGKILL)

    def _launch(self) -> None:
        self._clear_away()
        # What it said before it crashed is still there to be read.
        log = open_log(self.log) if self._started_before else fresh_log(self.log)
        with log, undisturbed():
            try:
                self._process = subprocess.Popen(
                    self._argv,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, **(self._env or {})},
                    # A group of its own: what it starts ends with it, and Ctrl-C is ours to pass on.
                    start_new_session=True,
                )
            except OSError as error:
                what = f"{self.name}: cannot run {self._argv[0]}: {error.strerror}"
                raise ServiceError(what) from error
            self._guard.watch(self._process.pid)
        self._started_before = True

    def _clear_away(self) -> None:
        """Kill what is left of the last run, grandchildren too, before its port is needed again."""
        process = self._process
        if process is not None:
            signal_group(process.pid, signal.SIGKILL)
            process.wait()
            self._guard.forget(process.pid)
            self._process = None

    def _story(self, what: str) -> str:
        return "\n".join([f"{self.name} {what}; the end of {self.log}:", *last_lines(self.log)])


def open_log(path: Path) -> IO[bytes]:
    """*path* opened to add to, for its owner's eyes only; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def fresh_log(path: Path) -> IO[bytes]:
    """An empty log at *path*; the one before is kept as ``.log.1``."""
    with suppress(FileNotFoundError):
        path.replace(path.with_name(f"{path.name}.1"))
    return open_log(path)


def last_lines(path: Path, count: int = LAST_LINES) -> list[str]:
    """The last lines of a log, without reading all of it."""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 16384))
        return log.read().decode(errors="replace").splitlines()[-count:]
