"""Commands of the portal as processes of their own, as an operator or a script starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def run_portal(
    *words: str, cwd: Path = ROOT, stdout: Any = subprocess.PIPE, **settings: str
) -> subprocess.CompletedProcess[str]:
    """``trackmycrime`` with these words, ended; of the settings in the environment it has *settings* only."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("TMC_")}
    return subprocess.run(
        [sys.executable, "-m", "core", *words], cwd=cwd, env={**others, "PYTHONPATH": str(ROOT), **settings},
        text=True, check=False, timeout=180, stdout=stdout, stderr=subprocess.PIPE,
    )
