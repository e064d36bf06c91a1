"""Copies of the project to break: what the user works on is never touched."""

from __future__ import annotations

import compileall
import shutil
import subprocess
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

from tests.mutants.rooms import ROOT

LEFT_BEHIND = (".git", ".venv*", "node_modules", ".data", ".mutants", "dist", "build", ".mypy_cache",
               ".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__", "*.egg-info")


def copy_to(place: Path, source: Path = ROOT) -> Path:
    """The project as it is now, with what the set-up built."""
    ignore = shutil.ignore_patterns(*(() if source != ROOT else LEFT_BEHIND))
    shutil.copytree(source, place, ignore=ignore, symlinks=True)
    if source == ROOT:
        # by the content of a file, not by its time: two breakages may come within one second
        for part in ("core", "plugins", "forces"):
            compileall.compile_dir(place / part, quiet=1,
                                   invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    return place


def commit_now() -> str:
    """The commit that is checked out; with a mark if files differ from it."""
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True,
                              check=True).stdout.strip()

    return git("rev-parse", "HEAD") + ("-changed" if git("status", "--porcelain") else "")


def environment(place: Path, **more: str) -> dict[str, str]:
    """In which the portal and every process that it starts are those of the copy."""
    import os

    return {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1", **more}


PYTHON = sys.executable
