"""A bare root of one Debian: made, entered and removed, and nothing of it left mounted.

Everything is mounted in a mount namespace of its own, which ends with the process that lives in it:
the machine itself never sees a mount, so removing the root can reach nothing else.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tools import system_programs
from tools.bare import machine

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPTS = Path("/usr/share/debootstrap/scripts")
FRESH = 7 * 24 * 3600  # seconds that a kept root is used again
NEW, PLACE = "newcomer", "Träume und Wünsche"  # who clones it, and the folder it is cloned into
ENTER = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", "--")
# $1 the root, $2 … folders of this machine up to "--", then the command
MOUNT = """
set -e; root=$1; shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do mkdir -p "$root$1"; mount --bind -o ro "$1" "$root$1"; shift; done; shift
exec chroot "$root" "$@"
"""


class NotHere(Exception):
    """No root can be made on this machine; the text says why."""


def needs() -> None:
    """Raises :class:`NotHere` when this machine or this user cannot make bare roots."""
    if os.geteuid() != 0:
        raise NotHere("bare roots need root: run it as root")
    if lacking := [name for name in ("debootstrap", "unshare", "chroot", "git") if not shutil.which(name)]:
        raise NotHere(f"there is no {' and no '.join(lacking)}: run 'apt-get install debootstrap'")
    told = subprocess.run([*ENTER, "true"], capture_output=True, text=True, check=False)
    if told.returncode:
        raise NotHere(f"no mount namespace may be made here: {told.stderr.strip()}")


class Root:
    """A root that is there for the length of a block. Raises :class:`NotHere` when it cannot be made."""

    def __init__(self, suite: str) -> None:
        self.suite = suite
        self.path = Path()

    def __enter__(self) -> Self:
        self.path = Path(tempfile.mkdtemp(prefix=f"tmc-bare-{self.suite}-", dir="/var/tmp"))
        try:
            self._unpack()
            machine.carry_system(self.path)
            for path in machine.local_files():
                machine.copy(path, self.path / str(path)[1:])
            self._need("apt-get update", self.enter("apt-get", "-qq", "update"))
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def try_out(self, part: int | None, seconds: int) -> int:
        """Do what the README says; the exit status of the first that fails, or 0."""
        self._say("installing what the README's first line names")
        line = system_programs.line().removeprefix("sudo ")
        if readme_line() != system_programs.line():
            self._say("the README's first line is not the list's: see tools/system_programs.txt")
            return 1
        if failed := self.enter("sh", "-c", line, quiet=True):
            return failed
        command = ["python3", "-m", "tools.bare.newcomer"]
        command += [] if part is None else ["--part", str(part)]
        home = self._move_in()
        self._say(f"in {home}, as an ordinary user")
        return self.enter(*self._as_newcomer(home, *command), seconds=seconds)

    def enter(self, *command: str, quiet: bool = False, seconds: int = 1800) -> int:
        """Run a command in the root, with all that it starts ended at its end; its exit status."""
        places = [str(place) for place in machine.local_places()]
        whole = [*ENTER, "sh", "-c", MOUNT, "sh", str(self.path), *places, "--", *command]
        clean = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
                 "DEBIAN_FRONTEND": "noninteractive", **machine.environment()}
        with tempfile.TemporaryFile() as kept:
            out = kept if quiet else None
            process = subprocess.Popen(whole, env=clean, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                       start_new_session=True)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._say(f"given up after {seconds} s: {' '.join(command[-3:])}")
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            if quiet and process.returncode:
                kept.seek(0)
                print(*kept.read().decode(errors="replace").splitlines()[-15:], sep="\n", flush=True)
        return process.returncode

    def _unpack(self) -> None:
        kept = _cache() / f"{self.suite}.tar"
        if not kept.exists() or time.time() - kept.stat().st_mtime > FRESH:
            self._bootstrap(kept)
        self._need("unpacking", subprocess.run(
            ["tar", "--extract", "--numeric-owner", "--file", kept, "--directory", self.path],
            check=False).returncode)
        self.path.chmod(0o755)  # it is everybody's "/"

    def _bootstrap(self, kept: Path) -> None:
        """Raises :class:`NotHere`; a root that is kept from before does, where there is no network."""
        self._say("debootstrap")
        script = next((s for s in (self.suite, "sid") if (SCRIPTS / s).exists()), "sid")
        where = machine.mirror()
        secure = ["--include=ca-certificates"] if (where or "").startswith("https:") else []
        with tempfile.TemporaryDirectory(prefix="tmc-bare-", dir="/var/tmp") as made:
            told = subprocess.run(
                [*ENTER, "debootstrap", "--variant=minbase", *secure, self.suite, made,
                 *([where] if where else []), *([str(SCRIPTS / script)] if where else [])],
                capture_output=True, text=True, check=False)
            if told.returncode:
                if kept.exists():
                    self._say("cannot be made anew; the one that was kept does")
                    return
                last = [line for line in (told.stdout + told.stderr).splitlines() if line.strip()][-2:]
                raise NotHere(f"debootstrap made no {self.suite}: {' / '.join(last)}")
            new = kept.with_suffix(".new")
            self._need("keeping the root", subprocess.run(
                ["tar", "--create", "--numeric-owner", "--one-file-system", "--file", new,
                 "--directory", made, "."], check=False).returncode)
            new.replace(kept)

    def _move_in(self) -> str:
        """The ordinary user, with a clone of this repository's last commit; where it is in the root."""
        self._need("useradd", self.enter("useradd", "--create-home", NEW, quiet=True))
        uid, gid = self._numbers()
        home = self.path / "home" / NEW
        machine.carry_personal(self.path, machine.Person(home, uid, gid))
        clone = home / PLACE / "TrackMyCrime"
        clone.parent.mkdir()
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", REPOSITORY, clone], check=True)
        subprocess.run(["chown", "-R", f"{uid}:{gid}", clone.parent], check=True)
        return f"/home/{NEW}/{PLACE}/TrackMyCrime"

    def _numbers(self) -> tuple[int, int]:
        lines = (self.path / "etc/passwd").read_text(encoding="utf-8").splitlines()
        row = next(line.split(":") for line in lines if line.startswith(f"{NEW}:"))
        return int(row[2]), int(row[3])

    def _as_newcomer(self, folder: str, *command: str) -> list[str]:
        """No language and no CI's favours: beside these, what :meth:`enter` gives."""
        return ["runuser", "-u", NEW, "--", "env", "--unset=DEBIAN_FRONTEND", f"--chdir={folder}",
                f"HOME=/home/{NEW}", f"USER={NEW}", "PATH=/usr/local/bin:/usr/bin:/bin", *command]

    def _need(self, what: str, status: int) -> None:
        if status:
            raise NotHere(f"{what} ended with {status} for {self.suite}")

    def _say(self, words: str) -> None:
        print(f"make bare: {self.suite}: {words}", flush=True)

    def _remove(self) -> None:
        """Nothing of it when anything is mounted below: it would reach the machine's own files."""
        if mounted_below(self.path, Path("/proc/self/mountinfo").read_text(encoding="utf-8")):
            self._say(f"something is mounted below {self.path}: it is left there")
            return
        subprocess.run(["rm", "-rf", "--one-file-system", str(self.path)], check=False)


def mounted_below(path: Path, mountinfo: str) -> bool:
    """Whether *mountinfo*, as the kernel tells it, has a mount at or below *path*."""
    points = (line.split(" ")[4] for line in mountinfo.splitlines())
    return any(Path(point.replace("\\040", " ")).is_relative_to(path) for point in points)


def readme_line() -> str:
    """The README's first line to copy."""
    from tools.bare.newcomer import lines_to_copy

    return lines_to_copy(REPOSITORY / "README.md")[0]


def _cache() -> Path:
    folder = Path(os.environ.get("XDG_CACHE_HOME") or "/var/cache") / "trackmycrime-bare"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
