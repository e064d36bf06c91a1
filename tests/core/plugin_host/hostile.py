"""A plugin of somebody who does everything wrong: ``noisy``, as text, in a folder of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from core.plugin_host.host import host
from tests.conftest import HERTS
from tests.forces import live_force

finding = import_module("core.plugin_host.finding")

HEAD = """
from flask import Blueprint
from pydantic import BaseModel, field_validator
FACES
NAME, VERSION, SETTINGS = "noisy", "1", None
bp = Blueprint("noisy", __name__)
""".replace("FACES", "; ".join(["from core import audit", *(
    f"from core.{room} import *" for room in (
        "base", "cases", "force", "hookspecs", "intake", "notices", "plugin_host", "storage", "web"))]))


class Outrage(BaseException):
    """Not even an Exception."""


def write(folder: Path, text: str, *, head: str = HEAD, **files: str) -> Path:
    """The package ``noisy`` as pip would leave it in *folder*; *files* by path, / as __."""
    package = folder / "noisy"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(head + text)
    for name, content in files.items():
        path = package / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    info = folder / "noisy-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: noisy\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[trackmycrime.plugins]\nnoisy = noisy\n")
    return folder


@contextmanager
def installed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, name: str = "noisy", **forces: str
) -> Iterator[Path]:
    """The package is found, and a live force, midshire, lists it; the folder for TMC_FORCES_DIR."""
    points = {
        finding.PLUGIN_GROUP: [EntryPoint(name, "noisy", finding.PLUGIN_GROUP)],
        finding.FORCE_GROUP: [
            EntryPoint(force, package, finding.FORCE_GROUP) for force, package in forces.items()
        ],
    }
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(finding, "entry_points", lambda group: points[group])
    try:
        yield live_force(folder / "forces", plugins=[name, "sign_in"])
    finally:
        for module in [m for m in sys.modules if m.split(".")[0] == "noisy"]:
            del sys.modules[module]


@contextmanager
def at_hertfordshire(app: Flask, **hooks: Any) -> Iterator[None]:
    """``noisy`` with these hooks is on at Hertfordshire, and nowhere else."""
    module = ModuleType("noisy")
    vars(module).update(NAME="noisy", VERSION="1", SETTINGS=None, **hooks)
    force = host(app).get(HERTS)
    force.manager.register(module, "noisy")
    vars(force).pop("law", None)  # with what was told before
    try:
        yield
    finally:
        force.manager.unregister(module)
        vars(force).pop("hook", None)  # with what it remembers of slow ones
        vars(force).pop("law", None)
