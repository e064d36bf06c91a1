"""One of the measured applications, served as ``trackmycrime web`` serves the portal.

``python tests/bench/serve.py ours|raw|orm BIND WORKERS THREADS PADDING``; the settings come from
the environment.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def application(name: str, padding: int) -> Any:
    if name == "ours":
        from core.app import create_app

        return create_app()
    from tests.bench import reference

    make = {"raw": reference.raw_app, "orm": reference.orm_app}[name]
    return make(os.environ["TMC_DATABASE_URL"], padding)


if __name__ == "__main__":
    name, bind, workers, threads, padding = sys.argv[1:]
    from core.web import run

    run(application(name, int(padding)), bind, int(workers), int(threads))
