"""The packages that the portal is made of, from the files that lock them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ("requirements.txt", "requirements-node.txt", "requirements-test.txt")
NODE = ("package-lock.json", "tests/plugins/staff_sign_in/certified/package-lock.json")
PINNED = re.compile(r"^([A-Za-z0-9][\w.\-]*)(?:\[[\w,.\- ]*\])?==([\w.!+\-]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Package:
    """One package of one version; ``hashes`` are (algorithm, hex) of the files that may be it."""

    ecosystem: str  # "PyPI" or "npm"
    name: str
    version: str
    hashes: tuple[tuple[str, str], ...] = ()
    serves: bool = True  # is part of what serves people, not only of building or testing it

    @property
    def purl(self) -> str:
        kind = "pypi" if self.ecosystem == "PyPI" else "npm"
        return f"pkg:{kind}/{self.name.replace('@', '%40')}@{self.version}"


def packages(root: Path = ROOT) -> list[Package]:
    """All of them, each once, by ecosystem and name. Raises ValueError for one that is not locked."""
    found: dict[tuple[str, str, str], Package] = {}
    for name in PYTHON:
        for one in _python(root / name, serves=name == PYTHON[0]):
            found.setdefault((one.ecosystem, one.name.lower(), one.version), one)
    for one in (one for name in NODE for one in _node(root / name)):
        found.setdefault((one.ecosystem, one.name, one.version), one)
    return [found[key] for key in sorted(found)]


def _python(path: Path, *, serves: bool) -> Iterator[Package]:
    for part in re.split(r"\n(?=[A-Za-z0-9])", path.read_text(encoding="utf-8")):
        if part.startswith("#"):
            continue
        pinned, hashes = PINNED.match(part), HASH.findall(part)
        if not pinned or not hashes:
            raise ValueError(f"{path.name}: not locked by version and hash: {part.splitlines()[0]}")
        yield Package("PyPI", pinned[1], pinned[2], tuple(("SHA-256", h) for h in hashes), serves)


def _node(path: Path) -> Iterator[Package]:
    for place, given in json.loads(path.read_text(encoding="utf-8"))["packages"].items():
        if not place:
            continue
        name = place.rpartition("node_modules/")[2]
        kind, _, value = str(given.get("integrity", "")).partition("-")
        if kind != "sha512":
            raise ValueError(f"{path.name}: not locked by hash: {name}")
        # Node's packages make the style sheet and the script, or test them: none of them serves.
        yield Package("npm", name, given["version"], (("SHA-512", base64.b64decode(value).hex()),), False)
