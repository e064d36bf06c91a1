"""Watches the files of one force, and has the portal read them again when one was saved."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

EVERY = 0.4  # seconds
Seen = dict[str, tuple[int, int]]


def files_of(folder: Path) -> Seen:
    """When ``force.toml``, ``hooks.py`` and all in ``static/`` were saved last, and their sizes."""
    found: Seen = {}
    for path in (folder / "force.toml", folder / "hooks.py", *sorted(folder.glob("static/**/*"))):
        try:
            status = path.stat()
        except OSError:  # not there, or gone while we look
            continue
        found[str(path)] = (status.st_mtime_ns, status.st_size)
    return found


class Watch:
    """A service of the supervisor: calls *changed* once the files have been left alone again."""

    name = "watch"

    def __init__(self, folder: Path, changed: Callable[[], None]) -> None:
        self._folder, self._changed = folder, changed
        self._over = threading.Event()
        self._read = files_of(folder)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._over.clear()
        self._thread = threading.Thread(target=self._run, name="preview-watch", daemon=True)
        self._thread.start()

    def alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        self._over.set()
        if self._thread:
            self._thread.join(10)

    def _run(self) -> None:
        before = self._read
        while not self._over.wait(EVERY):
            seen = files_of(self._folder)
            settled, before = seen == before, seen
            if settled and seen != self._read:  # an editor that is still writing is left to finish
                self._read = seen
                self._changed()
