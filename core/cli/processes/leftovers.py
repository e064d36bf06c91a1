"""What was left running where the supervisor and the guard were both killed: a demo's services, a server.

A process is known by what it runs, and by the data folder in its environment or its working folder, never
by a number in a file: numbers are used again.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil

SERVICES = (("-m", "core", "web"), ("-m", "core", "worker"), ("-m", "plugins.demo.mailbox"))
GRACE = 5.0  # seconds


def left_in(data: Path) -> list[psutil.Process]:
    """The services of a demo whose data are in *data*, and that are ours to end."""
    return [one for one in psutil.process_iter() if one.pid != os.getpid() and _serves(one, data)]


def _serves(process: psutil.Process, data: Path) -> bool:
    try:
        command, environment = tuple(process.cmdline()[1:]), process.environ()
        folder = environment.get("TMC_DATA_DIR", "")
        return (
            any(command[: len(words)] == words for words in SERVICES)
            and environment.get("TMC_MODE") == "demo" and bool(folder)
            and os.path.samefile(folder, data)
        )
    except (psutil.Error, OSError):
        return False


def end_leftovers(data: Path) -> int:
    """End them, in good order first; how many. For whoever holds the lock of the folder's database."""
    left = left_in(data)
    for process in left:
        _ask(process, force=False)
    _, deaf = psutil.wait_procs(left, timeout=GRACE)
    for process in deaf:
        _ask(process, force=True)
    psutil.wait_procs(deaf, timeout=GRACE)
    return len(left)


def _ask(process: psutil.Process, *, force: bool) -> None:
    try:
        process.kill() if force else process.terminate()
    except psutil.Error:  # gone, or another user's
        return


def end_servers(cluster: Path) -> None:
    """End the PostgreSQL that an earlier owner of *cluster* left behind. For whoever holds the lock."""
    left = [process for process in psutil.process_iter(["name"]) if _runs_in(process, cluster)]
    postmaster = cluster / "postmaster.pid"
    first = postmaster.read_text().split("\n")[0].strip() if postmaster.exists() else ""
    heads = [process for process in left if str(process.pid) == first]
    for process in heads:
        process.send_signal(signal.SIGINT)
    _, deaf = psutil.wait_procs(left, timeout=10 if heads else 2)  # headless ones go alone
    for process in deaf:
        process.kill()
    psutil.wait_procs(deaf, timeout=5)
    postmaster.unlink(missing_ok=True)


def _runs_in(process: psutil.Process, cluster: Path) -> bool:
    if process.info["name"] != "postgres":
        return False
    try:
        return os.path.samefile(process.cwd(), cluster)
    except (psutil.Error, OSError):
        return False
