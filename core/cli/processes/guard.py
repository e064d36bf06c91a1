"""No process of ours outlives the one that started it, not even after ``kill -9``.

A guard is a small process of its own session that holds the reading end of a pipe. It is told
which process groups to watch; when the writing end closes, because its owner ended in whatever way,
it ends the groups still on its list. This works alike on Linux and macOS and reaches grandchildren;
``PR_SET_PDEATHSIG`` does neither.

This file also runs by itself (``python -I -S guard.py``) and so imports the standard library only.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 5.0


class Guard:
    """Ends the process groups given to :meth:`watch` once the process that made it is gone."""

    def __init__(self) -> None:
        self._watched: dict[int, int] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def watch(self, group: int, ask_with: int = signal.SIGTERM) -> None:
        """From now on *group* dies with us: asked by the signal *ask_with* first, then killed."""
        self._watched[group] = ask_with
        self._tell(f"+{group} {int(ask_with)}\n")

    def forget(self, group: int) -> None:
        """*group* has ended; its number may belong to others from now on."""
        if self._watched.pop(group, None) is not None:
            self._tell(f"-{group}\n")

    def close(self) -> None:
        """The guard goes; what it still watches is ended."""
        if self._process is not None:
            with suppress(OSError):
                self._pipe().close()
            self._process.wait()
            self._process = None

    def _tell(self, line: str) -> None:
        if self._process is None:
            self._start()
            return
        try:
            self._write(line)
        except OSError:  # somebody ended the guard: a new one learns the whole list
            self.close()
            self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            # -I and -S: nothing of the environment, the folder or installed packages runs in it.
            [sys.executable, "-I", "-S", os.path.abspath(__file__)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # It keeps no folder in use that somebody wants to remove.
            cwd="/",
            start_new_session=True,
        )
        for group, ask_with in self._watched.items():
            self._write(f"+{group} {int(ask_with)}\n")

    def _write(self, line: str) -> None:
        self._pipe().write(line.encode())
        self._pipe().flush()

    def _pipe(self) -> IO[bytes]:
        assert self._process is not None and self._process.stdin is not None
        return self._process.stdin


@contextmanager
def undisturbed() -> Iterator[None]:
    """A signal to stop waits until the block is left: for starting a process and noting it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    heeded = [s for s in STOP_SIGNALS if signal.getsignal(s) not in (signal.SIG_IGN, None)]
    before = {s: signal.signal(s, lambda number, _frame: waiting.append(number)) for s in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for caught in waiting:
            signal.raise_signal(caught)


def signal_group(group: int, number: int) -> bool:
    """Send *number* to the process group; ``False`` when nobody of it is left."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        return False
    return True


def end_groups(watched: dict[int, int], grace: float = GRACE) -> None:
    """Ask each group to end, the youngest first; kill what is left after *grace* seconds."""
    for group, ask_with in reversed(watched.items()):
        signal_group(group, ask_with)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and any(signal_group(group, 0) for group in watched):
        time.sleep(0.05)
    for group in watched:
        signal_group(group, signal.SIGKILL)


def read_list(lines: Iterable[str]) -> dict[int, int]:
    """What is still watched when *lines* have come to their end."""
    watched: dict[int, int] = {}
    for line in lines:
        group, _, ask_with = line[1:].partition(" ")
        if line.startswith("+"):
            watched[int(group)] = int(ask_with)
        else:
            watched.pop(int(group), None)
    return watched


if __name__ == "__main__":
    # Such a signal is its owner's, with whom it ends.
    for stop_signal in STOP_SIGNALS:
        signal.signal(stop_signal, signal.SIG_IGN)
    end_groups(read_list(sys.stdin))
