"""This machine's own way to packages, carried into a root: mirror, indexes, proxies, certificates.

Nothing of it is named here: it is read from the machine's own files and environment.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# of the environment: what package programs and their libraries read
CARRIED = re.compile(
    r"(?i:(?:https?|ftp|all|no)_proxy|pip_\w+|npm_config_\w+)"
    r"|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|GIT_SSL_CAINFO|NODE_EXTRA_CA_CERTS"
)
OF_PIP = ("/etc/pip.conf", "/etc/xdg/pip/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")
OF_NPM = ("/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc")
OF_THE_NETWORK = ("/etc/resolv.conf", "/etc/hosts")
CERTIFICATES = Path("/usr/local/share/ca-certificates")
LOCAL = re.compile(r"(?:file://)?(/[^\s'\",;]+)")
# apt's, that name programs of this machine
NOT_CARRIED = re.compile(r"Auto-?Detect", re.IGNORECASE)


@dataclass(frozen=True)
class Person:
    """The ordinary user of a root."""

    home: Path  # as seen from this machine
    uid: int
    gid: int

    def give(self, path: Path, mode: int = 0o600) -> None:
        path.chmod(mode)
        os.chown(path, self.uid, self.gid)


def environment() -> dict[str, str]:
    """What a person of this machine has in the environment for the sake of packages."""
    return {name: value for name, value in os.environ.items() if CARRIED.fullmatch(name)}


def mirror() -> str | None:
    """Where this machine has Debian from; None for debootstrap's own choice."""
    form = "$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)"
    told = subprocess.run(["apt-get", "indextargets", "--format", form], capture_output=True,
                          text=True, check=False).stdout
    rows = (row.split("|", 3) for row in told.splitlines() if row.count("|") >= 3)
    return next((row[3] for row in rows if row[:3] == ["Debian", "Debian", "main"]), None)


def carry_system(root: Path) -> None:
    """The network, apt's settings and the machine's own certificates, before anything is installed."""
    for name in OF_THE_NETWORK:
        copy(Path(name), root / name[1:])
    told = subprocess.run(["apt-config", "dump", "Acquire"], capture_output=True, text=True, check=False)
    lines = [line for line in told.stdout.splitlines() if not NOT_CARRIED.search(line)]
    lines += ['APT::Get::Assume-Yes "true";', 'Dpkg::Use-Pty "false";']
    conf = root / "etc/apt/apt.conf.d/90machine"
    conf.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for found in (*Path("/etc/apt").glob("auth.conf"), *Path("/etc/apt/auth.conf.d").glob("*.conf")):
        copy(found, root / str(found)[1:])
    if CERTIFICATES.is_dir():
        shutil.copytree(CERTIFICATES, root / str(CERTIFICATES)[1:], dirs_exist_ok=True)
    for value in environment().values():
        if (named := Path(value)).is_absolute() and named.is_file():
            copy(named, root / value[1:])


def carry_personal(root: Path, person: Person) -> None:
    """The settings of pip and npm, the machine's and those of whoever runs this."""
    for name in (*OF_PIP, os.environ.get("PIP_CONFIG_FILE", "")):
        source = Path(name).expanduser()
        if name and source.is_file():
            own = name.startswith("~")
            target = person.home / name[2:] if own else root / str(source)[1:]
            copy(source, target)
            if own:
                for folder in (target.parent, *target.parent.parents):
                    if person.home in folder.parents:
                        person.give(folder, 0o700)
                person.give(target)
    texts = [path.read_text(encoding="utf-8") for path in _of_npm()]
    npmrc = person.home / ".npmrc"
    npmrc.touch(0o600)
    npmrc.write_text("\n".join(texts), encoding="utf-8")
    person.give(npmrc)


def local_places() -> list[Path]:
    """Folders of this machine that its settings name as places of packages; a root sees them too."""
    # the files that the pages of an index link to lie beside them
    folders = {place.parent if place.name == "simple" else place for place in _named() if place.is_dir()}
    return sorted(one for one in folders if len(one.parts) > 2 and not one.is_relative_to("/etc")
                  and not one.is_relative_to("/usr"))


def local_files() -> list[Path]:
    """Files that the settings name, such as constraints and certificates."""
    return sorted(place for place in _named() if place.is_file())


def _named() -> set[Path]:
    """What the settings of packages, in files or in the environment, name of this machine."""
    texts = [path.read_text(encoding="utf-8") for path in (*_of_pip(), *_of_npm())]
    texts += environment().values()
    return {Path(place) for text in texts for place in LOCAL.findall(text)}


def _of_pip() -> Iterator[Path]:
    names = (*OF_PIP, os.environ.get("PIP_CONFIG_FILE") or "/nowhere")
    yield from (path for name in names if (path := Path(name).expanduser()).is_file())


def _of_npm() -> Iterator[Path]:
    """The machine's first, so that what a person chose wins."""
    names = (*OF_NPM, "~/.npmrc")
    yield from (path for name in names if (path := Path(name).expanduser()).is_file())


def copy(source: Path, target: Path) -> None:
    """*source*, if it is a file, in place of what *target* is or leads to."""
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_symlink():
            target.unlink()
        shutil.copy(source, target)
