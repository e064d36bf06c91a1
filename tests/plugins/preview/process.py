"""``trackmycrime forces preview`` as a process of its own, as a digital officer starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from core.cli.processes.supervisor import free_port
from tests.live import ROOT, wait_until

STARTS_WITHIN, STOPS_WITHIN, RELOADS_WITHIN = 180.0, 60.0, 60.0


@dataclass
class Preview:
    """A running preview of one force."""

    force_id: str
    port: int
    data: Path
    said_in: Path
    process: subprocess.Popen[bytes]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def index(self) -> str:
        return f"{self.base}/{self.force_id}/preview/"

    def output(self) -> str:
        return self.said_in.read_text()

    def get(self, address: str, **headers: str) -> tuple[int, str]:
        """Status and text of a page; *address* with or without the host."""
        request = urllib.request.Request(  # noqa: S310 - see above
            address if address.startswith("http") else f"{self.base}{address}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - see above
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def wait_for(self, words: str, address: str | None = None) -> str:
        """The page once it has these words."""
        found = [""]

        def there() -> bool:
            found[0] = self.get(address or self.index)[1]
            return words in found[0]

        wait_until(there, RELOADS_WITHIN, f"the page does not say “{words}”")
        return found[0]

    def processes(self) -> list[psutil.Process]:
        """The preview, and all that it started."""
        mark, found = str(self.data), []
        for one in psutil.process_iter():
            try:
                alive = one.status() != psutil.STATUS_ZOMBIE and one.pid != os.getpid()
                if alive and (mark in one.cwd() or mark in " ".join(one.cmdline())
                              or one.environ().get("TMC_DATA_DIR") == mark):
                    found.append(one)
            except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
                continue
        return found

    def stop(self, how: int = signal.SIGTERM) -> None:
        """As Ctrl-C or a service manager does; nothing of it may be left."""
        self.process.send_signal(how)
        assert self.process.wait(STOPS_WITHIN) == 0, self.output()
        left = {one.pid: one.cmdline() for one in self.processes()}
        assert not left, f"these still run: {left}"


def environment(forces_dir: Path, data: Path) -> dict[str, str]:
    ours = {k: v for k, v in os.environ.items() if not k.startswith("TMC_")}
    return ours | {"TMC_FORCES_DIR": str(forces_dir), "TMC_DATA_DIR": str(data),
                   "PYTHONUNBUFFERED": "1"}


def command(forces_dir: Path, data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command beside the preview; it has ended when this returns."""
    return subprocess.run(
        [sys.executable, "-m", "core", *words], cwd=ROOT, text=True, capture_output=True,
        env=environment(forces_dir, data) | more, timeout=180, check=False)


@contextmanager
def previewing(force_id: str, forces_dir: Path, data: Path) -> Iterator[Preview]:
    """A preview that has said it is ready; killed at the end if the test did not stop it."""
    data.mkdir(parents=True, exist_ok=True)
    port, said = free_port(), data.with_name(f"{data.name}-said.txt")
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "core", "forces", "preview", force_id, "--port", str(port)],
            cwd=ROOT, env=environment(forces_dir, data), stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT)
    preview = Preview(force_id, port, data, said, process)

    def ready() -> bool:
        assert process.poll() is None, f"the preview ended as it started:\n{preview.output()}"
        return any(line.startswith("ready") for line in preview.output().splitlines())

    try:
        wait_until(ready, STARTS_WITHIN, "the preview was not ready")
        yield preview
    finally:
        for one in preview.processes():
            one.kill()
        process.wait()
