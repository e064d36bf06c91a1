"""What reaches the database while somebody asks for a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Any

import psycopg
import pytest

from core.storage.keys import keyring
from core.web import sessions


@contextmanager
def statements_heard() -> Iterator[list[str]]:
    """The text of every statement that reaches the driver."""
    heard: list[str] = []

    def hearing(name: str) -> Any:
        run = getattr(psycopg.Cursor, name)

        def heard_and_run(self: Any, query: Any, *args: Any, **more: Any) -> Any:
            heard.append(query if isinstance(query, str) else repr(query))
            return run(self, query, *args, **more)

        return heard_and_run

    with pytest.MonkeyPatch.context() as patch:
        # by the clock on the wall keys are read again, and a slow answer asks for its visit again
        patch.setattr(keyring, "LOOK_EVERY", inf)
        patch.setattr(sessions, "LOOKED_AGAIN_AFTER", inf)
        for name in ("execute", "executemany"):
            patch.setattr(psycopg.Cursor, name, hearing(name))
        yield heard
