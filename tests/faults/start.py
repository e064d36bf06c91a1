"""The portal as ``make run`` starts it, but with a mail server of the test's own.

A process of its own, which can be killed like every other:
``python -m tests.faults.start DATA PORT SMTP_URL [SILENCE]``. It says ``ready`` when pages are served.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from pathlib import Path

from core.cli.services import (
    EmbeddedPostgres,
    Supervisor,
    create_app,
    load_settings,
    make_roles,
    upgrade,
    write_demo_env,
)
from core.testing.postgres import DATABASE, OWNER, SERVING


def main(data: Path, port: int, smtp_url: str, silence: str = "") -> None:
    """Run until stopped."""
    with Supervisor(data / "log") as supervisor:
        server = EmbeddedPostgres(data)
        make_roles(str(supervisor.adopt(server)), OWNER, SERVING, DATABASE)
        environment = {
            "TMC_MODE": "demo", "TMC_DATA_DIR": str(data), "TMC_SMTP_URL": smtp_url,
            "TMC_BASE_URL": f"http://127.0.0.1:{port}",
            "TMC_DATABASE_URL": server.url(SERVING, DATABASE),
            "TMC_OWNER_DATABASE_URL": server.url(OWNER, DATABASE),
        }
        upgrade(create_app(load_settings(environment)), environment["TMC_OWNER_DATABASE_URL"], SERVING)
        write_demo_env(data, environment)
        command = [sys.executable, "-m", "core"]
        hasty = [sys.executable, "-m", "tests.faults.hasty_worker", "worker", silence]
        supervisor.start("worker", hasty if silence else [*command, "worker"], environment)
        supervisor.start("web", [*command, "web", "--bind", f"127.0.0.1:{port}"], environment,
                         ready=lambda: answers(port))
        print("ready", flush=True)
        supervisor.run()


def answers(port: int) -> bool:
    """Whether pages are served and the database answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
