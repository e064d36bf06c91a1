"""One breakage on trial: its tests in a process of their own, forked from one that has the libraries."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

LIBRARIES = (
    "flask", "sqlalchemy.orm", "sqlalchemy.dialects.postgresql", "psycopg", "psycopg_pool", "pydantic",
    "hypothesis", "cryptography.hazmat.primitives.ciphers.aead", "babel.dates", "pytest", "flask_login",
    "flask_wtf", "flask_babel", "flask_mail", "flask_sqlalchemy", "structlog", "procrastinate",
    "alembic.command", "playwright.sync_api", "aiosmtpd.controller", "pluggy", "uuid6", "click.testing",
    "phonenumbers", "webauthn", "rich.console", "govuk_frontend_jinja",
)
ALL_PASSED, SOME_FAILED = 0, 1  # as pytest ends
GRACE = 20  # seconds in which a run that is told to stop may put its database away

if multiprocessing.current_process().name == "forkserver" or "forkserver" in " ".join(sys.argv):
    for _name in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(_name)


def server() -> Any:
    """What trials are forked from: it has the libraries, and nothing of the portal."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def run(context: Any, copy: Path, tests: Sequence[str], limit: float) -> tuple[bool, str]:
    """Whether one of *tests* fails in *copy*, and which; a run that takes longer than *limit* seconds
    is one that fails.

    Raises ``RuntimeError`` if pytest could not run.
    """
    said = copy.with_name(f"{copy.name}.txt")
    process = context.Process(target=_tests, args=(str(copy), list(tests), str(said)))
    process.start()
    process.join(limit)
    if process.is_alive():
        os.kill(process.pid, signal.SIGINT)
        process.join(GRACE)
        process.kill()
        process.join()
        return True, f"nothing within {limit:.0f} seconds"
    text = said.read_text(errors="replace")
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", text, re.MULTILINE)
    if process.exitcode == ALL_PASSED:
        return False, ""
    if process.exitcode == SOME_FAILED or failed or process.exitcode < 0 or "Error" in text:
        return True, failed[1] if failed else "nothing could be imported"
    raise RuntimeError(f"pytest ended with {process.exitcode}:\n{text[-3000:]}")


def _tests(copy: str, tests: list[str], said: str) -> None:
    """In the child: the copy's own portal and tests, in place of the user's."""
    for name in [one for one in sys.modules if one.split(".")[0] in ("tests", "core", "plugins")]:
        del sys.modules[name]
    os.chdir(copy)
    sys.path[:] = [copy, *(one for one in sys.path if one not in ("", os.environ["TMC_MUTANTS_ROOT"]))]
    os.environ["PYTHONPATH"], sys.dont_write_bytecode = copy, True
    out = os.open(said, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
    for channel in (1, 2):
        os.dup2(out, channel)
    import pytest

    code = int(pytest.main(["-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider",
                            "-p", "no:xdist", "--color=no", *tests]))
    sys.stdout.flush()
    os._exit(code)
