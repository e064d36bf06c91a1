"""Runs a tool as a process group of its own, so that all of it ends when the attack ends."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_running: set[subprocess.Popen[str]] = set()
_lock = threading.Lock()
stopped = threading.Event()


def run(command: Sequence[str], *, seconds: float, folder: Path | None = None) -> str | None:
    """All that the tool said; None when it was ended after *seconds* or by :func:`stop_all`."""
    with _lock:
        if stopped.is_set():
            return None
        process = subprocess.Popen(
            command, cwd=folder, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True)
        _running.add(process)
    try:
        said, _ = process.communicate(timeout=seconds)
        return None if stopped.is_set() else said
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)
        process.communicate()
        with _lock:
            _running.discard(process)


def stop_all() -> None:
    """End every tool that runs, and start no further one."""
    stopped.set()
    with _lock:
        for process in _running:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
