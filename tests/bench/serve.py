"""One of the measured applications, served as ``trackmycrime web`` serves the portal.

``python tests/bench/serve.py ours|one|raw|orm BIND WORKERS THREADS PADDING``; the settings come from
the environment. ``one`` is the portal with a single force, ``without:NAMES`` lacks some of its
protections (``without.py``), ``unhurried`` lets a visitor try to sign in as fast as they like.
``serve.py start ours|one`` only starts, says how much memory that took, and ends.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def application(name: str, padding: int) -> Any:
    if name.startswith("without:"):
        from tests.bench.without import take_away

        take_away(name.removeprefix("without:"))
        name = "ours"
    if name == "unhurried":
        _let_everybody_hurry()
        name = "ours"
    if name in ("ours", "one"):
        from core.app import create_app
        from core.plugin_host.host import PluginHost

        return create_app(host=PluginHost(only="hertfordshire") if name == "one" else None)
    from tests.bench import reference

    make = {"raw": reference.raw_app, "orm": reference.orm_app}[name]
    return make(os.environ["TMC_DATABASE_URL"], padding)


def _let_everybody_hurry() -> None:
    """Everything is counted as it is; thousands of tries a minute are not made to wait."""
    from plugins.sign_in import limits

    for scope in ("SYSTEM", "SYSTEM_ADDRESS", "FORCE", "FORCE_ADDRESS"):
        setattr(limits, scope, limits.Scope(getattr(limits, scope).name, 10**9))
    limits.BRAKE_WAIT = 0


def start(name: str) -> None:
    """Start as a web process does, up to the first request."""
    app = application(name, 0)
    from core.storage import schema

    schema.check(app)
    import psutil

    print(json.dumps({"memory": psutil.Process().memory_info().rss}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "start":
        start(sys.argv[2])
    name, bind, workers, threads, padding = sys.argv[1:]
    from core.cli.processes.web import run

    run(application(name, int(padding)), bind, int(workers), int(threads))
