"""What the machine itself must have: read from the one list, ``tools/system_programs.txt``.

    python3 tools/system_programs.py line       the line that installs all of it
    python3 tools/system_programs.py lacking    the packages that are not there, on one line
    python3 tools/system_programs.py names      all packages, on one line
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_suffix(".txt")
INSTALL = "sudo apt-get install --no-install-recommends"
STANDS_IN = {"chromium": ("chromium-browser", "google-chrome", "google-chrome-stable")}


@dataclass(frozen=True)
class Package:
    """A package of Debian; ``sign``: a program or a library (``….so.1``) by which it is known."""

    name: str
    sign: str | None
    needed_by: str


def packages() -> list[Package]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    rows = (line.split(None, 2) for line in lines if line.strip() and not line.startswith("#"))
    return [Package(name, None if sign == "-" else sign, why) for name, sign, why in rows]


def lacking() -> list[Package]:
    """Those that are not here, by their sign; without one, by what dpkg knows, where there is one."""
    return [one for one in packages() if not _is_here(one)]


def _is_here(package: Package) -> bool:
    if package.sign is None or ".so" in package.sign:
        return _is_installed(package.name)
    return any(shutil.which(name) for name in (package.sign, *STANDS_IN.get(package.sign, ())))


def _is_installed(package: str) -> bool:
    if not shutil.which("dpkg-query"):
        return True  # another system, whose packages have other names
    told = subprocess.run(["dpkg-query", "--show", "--showformat=${db:Status-Status}", package],
                          capture_output=True, text=True, check=False)
    return told.stdout == "installed"


def nothing_may_lack() -> bool:
    """Whether a test that lacks a program fails: in CI, and on a bare machine that was given them all."""
    return bool(os.environ.get("CI") or os.environ.get("BARE"))


def line(chosen: list[Package] | None = None) -> str:
    """What a person types to install these packages, by default all of them."""
    return f"{INSTALL} {' '.join(one.name for one in chosen or packages())}"


def main(asked: str) -> int:
    if asked == "line":
        print(line())
    elif asked in ("lacking", "names"):
        print(" ".join(one.name for one in (lacking() if asked == "lacking" else packages())))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or [""]))
