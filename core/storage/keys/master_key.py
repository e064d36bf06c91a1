"""Key files: one key a line, the newest first, readable by their owner only.

A line is base64 of 32 bytes and, for every key but the first there was, the moment from which it is
the one to use. Former keys stay for as long as something needs them; running processes see a change
within :data:`LOOK_EVERY` seconds.
"""

from __future__ import annotations

import base64
import fcntl
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import structlog

from core.base import clock
from core.base.installation import State
from core.base.log import of
from core.storage.ciphers import KEY, KeyProblem, new_key

log = structlog.get_logger()
LOOK_EVERY = 2.0  # seconds; every process knows of a new key after these
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FileKey:
    """One key of a file, and from when it is used."""

    key: bytes = field(repr=False)
    starts_at: datetime = ALWAYS


class KeyFile:
    """The keys of one file, as they are now. Shared between threads."""

    def __init__(self, path: Path | None, given: bytes | None = None) -> None:
        """Without *path* the key *given* is all there is. Raises :class:`KeyProblem`."""
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._broken: tuple[int, int, int] | None = None
        self._looked = 0.0
        self._keys = [FileKey(given)] if given else []
        self.read_again()

    def read_again(self) -> bool:
        """Look at the file now; whether it changed.

        A process that has its keys goes on with them while the file is gone or cannot be read.
        Raises :class:`KeyProblem` for one that has none yet.
        """
        self._looked = time.monotonic()
        if self.path is None:
            return False
        now = _stamp(self.path)
        if self._seen is not None and now in (None, self._seen):
            return False
        try:
            self._keys, self._seen = read_key_file(self.path), now
        except KeyProblem as problem:
            if self._seen is None:
                raise
            # Once for each state of the file: it is looked at every two seconds.
            if self._broken != now:
                log.error("key_file_not_read", row=self.path.name, **of(problem))
            self._broken = now
            return False
        return True

    def in_use(self) -> list[bytes]:
        """Every key of the file, the one to seal and sign with now first."""
        keys = self._fresh()
        first = current(keys)
        return [first.key, *(one.key for one in keys if one is not first)]

    def known(self) -> list[bytes]:
        """Every key of the file, and those that were put aside as former."""
        former = self.path and self.path.resolve().with_name(f"{self.path.name}.former")
        aside: list[FileKey] = []
        if former and former.exists():
            # One that is spoilt stops nobody: it is asked for old backups only.
            with suppress(KeyProblem):
                aside = read_key_file(former)
        return [one.key for one in (*self._fresh(), *aside)]

    def newest(self) -> FileKey:
        """The key that was made last, also if its moment is still to come."""
        return self._fresh()[0]

    def _fresh(self) -> list[FileKey]:
        if time.monotonic() - self._looked > LOOK_EVERY:
            self.read_again()
        return self._keys


MASTER_KEY: State[KeyFile] = State("master_key")  # wraps the keys of the forces
SECRET_KEY: State[KeyFile] = State("secret_key")  # signs cookies and forms


def current(keys: Sequence[FileKey]) -> FileKey:
    """Of *keys*, newest first, the one to use now."""
    now = clock.now()
    return next((one for one in keys if one.starts_at <= now), keys[-1])


def read_key_file(path: Path) -> list[FileKey]:
    """The keys in *path*, newest first. Raises :class:`KeyProblem`."""
    try:
        mode = path.stat().st_mode
        lines = path.read_text("ascii").splitlines()
    except FileNotFoundError:
        raise KeyProblem(
            f"{path}: no such key file; make one with `trackmycrime keys master {path}`"
        ) from None
    except OSError as error:
        raise KeyProblem(f"{path}: cannot read the key: {error.strerror}") from None
    except ValueError:
        raise KeyProblem(f"{path}: not a key: base64 of 32 bytes is expected") from None
    keys = [_key(path, line) for line in lines if line.strip() and not line.startswith("#")]
    if not keys:
        raise KeyProblem(f"{path}: not a key: the file is empty")
    if stat.S_IMODE(mode) & 0o077:
        raise KeyProblem(f"{path}: others can read this key; run `chmod 600 {path}`")
    return sorted(keys, key=lambda one: one.starts_at, reverse=True)


def lost(path: Path) -> KeyProblem:
    """What is said of a demo's master key that is gone while its data are still there."""
    path = path.absolute()
    return KeyProblem(
        f"{path}: the master key is gone, and the data in {path.parent} are sealed with it. Put it "
        f"back; or begin anew: remove {path.parent}, or choose another folder with TMC_DATA_DIR"
    )


def _key(path: Path, line: str) -> FileKey:
    text, _, moment = line.strip().partition(" ")
    try:
        key = base64.b64decode(text, validate=True)
        starts_at = datetime.fromisoformat(moment.strip()) if moment else ALWAYS
    except ValueError:
        raise KeyProblem(f"{path}: not a key: base64 of 32 bytes is expected") from None
    if len(key) != KEY:
        raise KeyProblem(f"{path}: the key has {len(key)} bytes; {KEY} are needed")
    # Of 32 random bytes some 30 differ. Fewer than 8 were typed or counted up, never drawn.
    if len(set(key)) < 8:
        raise KeyProblem(f"{path}: this is not a random key; make a new one")
    if starts_at.tzinfo is None:
        raise KeyProblem(f"{path}: {moment} has no time zone")
    return FileKey(key, starts_at)


def refuse_shared(files: Mapping[str, KeyFile]) -> None:
    """Raises :class:`KeyProblem` when two of *files*, by variable, hold one key, also a former one.

    Whoever may read one of them would have what the other is for.
    """
    if problem := next(iter(shared(files)), None):
        raise KeyProblem(problem)


def shared(files: Mapping[str, KeyFile]) -> Iterator[str]:
    """For any two of *files* that hold one key: which, and what to do."""
    for (one, first), (other, second) in combinations(files.items(), 2):
        if not set(first.known()).isdisjoint(second.known()):
            yield (f"{other} ({second.path}) and {one} ({first.path}) hold the same key: make another "
                   "with `trackmycrime keys master FILE`, and keep for the master key the one that the "
                   "data was made with")


def write_key_file(path: Path) -> bytes:
    """Make a new key in *path*, which must not exist yet, readable by its owner only."""
    key = new_key()
    path.parent.mkdir(parents=True, exist_ok=True)
    # O_EXCL: two that start at once must not each seal with a key of its own.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(_line(FileKey(key)))
    return key


def replace_key_file(path: Path, keys: Sequence[FileKey], *, like: Path | None = None) -> None:
    """Put *keys* in the place of what *path* holds, whole or not at all; mode 0600, same owner.

    A file that is not there yet is made with the owner of *like*. Raises :class:`KeyProblem` when
    the folder cannot be written.
    """
    path = path.resolve()
    beside = path.with_name(f".{path.name}.new")
    try:
        before = (like or path).stat()
        # Of a run that was cut off: O_EXCL below would refuse it for ever.
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            # As root's own file the account of the portal could not read it at its next start.
            if os.geteuid() == 0:
                os.fchown(handle, before.st_uid, before.st_gid)
            file.writelines(_line(one) for one in keys)
            file.flush()
            os.fsync(handle)
        beside.replace(path)
        # The new name must outlast a power cut too, or all that the key sealed meanwhile is lost.
        _sync_folder(path.parent)
    except OSError as error:
        raise KeyProblem(f"{path}: cannot write the keys: {error.strerror}") from None


@contextmanager
def changed_by_one(paths: Iterable[Path]) -> Iterator[None]:
    """One process at a time changes key files. Raises :class:`KeyProblem` when another one does.

    Where folders cannot be locked (some shared ones), nobody is held off.
    """
    with ExitStack() as held:
        for folder in sorted({path.resolve().parent for path in paths}):
            with suppress(OSError):
                handle = os.open(folder, os.O_RDONLY)
                held.callback(os.close, handle)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise KeyProblem(f"{folder}: another `trackmycrime keys rotate` is at work here; "
                                     "nothing was changed") from None
        yield


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _line(one: FileKey) -> bytes:
    moment = "" if one.starts_at == ALWAYS else f" {one.starts_at.isoformat()}"
    return base64.b64encode(one.key) + moment.encode() + b"\n"


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when the file is replaced; None while it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    # The inode too: a file replaced by one of its length within one tick of the clock is another.
    return found.st_mtime_ns, found.st_size, found.st_ino
