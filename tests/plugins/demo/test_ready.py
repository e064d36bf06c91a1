"""The demo says that it is ready when all of it is: the worker that sends the codes, too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from core.base.installation import installation
from core.cli.processes.supervisor import free_port
from core.plugin_host import jobs
from core.plugin_host.jobs import defer
from core.storage.db import db, force_scope
from core.storage.migrations.admin import newest_worker
from tests.conftest import HERTS
from tests.live import ODD_NAME, ROOT

WITHOUT_WORKER = """
import os, sys
if "worker" in sys.orig_argv:
    os._exit(7)
"""


def test_every_worker_that_reaches_its_database_is_known_by_a_higher_number(app: Flask) -> None:
    address = installation(app).settings.database_url
    before = newest_worker(address)
    seen: list[int] = []
    tasks = jobs.registry(app).tasks
    tasks["look"] = lambda: seen.append(newest_worker(address))
    try:
        for _ in range(2):
            with app.app_context(), force_scope(HERTS):
                defer("look")
                db.session.commit()
            jobs.work(app)
    finally:
        del tasks["look"]
    first, second = seen
    assert before < first < second


def test_without_a_worker_the_demo_is_not_ready_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WITHOUT_WORKER)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TMC_")}
    with TemporaryDirectory(prefix="tmc-test-") as folder:
        data = Path(folder) / ODD_NAME
        told = subprocess.run(
            [sys.executable, "-m", "core", "demo"], cwd=ROOT, capture_output=True, text=True, timeout=180,
            check=False, env=clean | {"PORT": str(free_port()), "TMC_DATA_DIR": str(data),
                                      "PYTHONPATH": str(tmp_path)})
    assert told.returncode == 1 and "worker ended as it started (exit status 7)" in told.stderr
    assert "ready http" not in told.stdout and "Traceback" not in told.stderr
