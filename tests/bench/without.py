"""The portal without one of its protections, for measuring what each costs; never part of the product.

Each function patches what is loaded, before the application is made. Walls taken away for the tests'
own sake are in ``tests/walls``.
"""

from __future__ import annotations

import sys
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm


def row_guard() -> None:
    """The session adds no force to statements, and looks at none."""
    import core.storage.db  # noqa: F401  (the package has another `db`)
    from core.storage import row_guard as wall

    module: Any = sys.modules["core.storage.db"]
    sa.event.remove(wall.ForceSession, "do_orm_execute", wall.guard_rows)
    sa.event.remove(wall.ForceSession, "before_flush", wall.guard_writes)
    module.check_force_filters = lambda statement: None
    module.refuse_unguarded = lambda *anything: None

    @sa.event.listens_for(wall.ForceSession, "do_orm_execute")
    def _let_through(state: orm.ORMExecuteState) -> None:
        state.update_execution_options(**{wall.CHECKED: True})


def row_level_security() -> None:
    """PostgreSQL is told no force; served as a role that no policy holds (see ``cost.py``)."""
    import core.storage.db  # noqa: F401

    module: Any = sys.modules["core.storage.db"]
    module.prepared.begin = _only_begin


def _only_begin(connection: sa.Connection, sql: str, value: str) -> None:
    driver: Any = connection.connection.driver_connection
    driver.pgconn.exec_(b"BEGIN")


def decryption() -> None:
    """A sealed value is opened once and then known by heart."""
    from core.storage import ciphers

    known: dict[bytes, str] = {}
    opened = ciphers.DataKey.open_many

    def by_heart(self: Any, table: str, column: str, cells: Any) -> list[str]:
        found = []
        for row, value in cells:
            text = known.get(value)
            if text is None:
                (text,) = opened(self, table, column, [(row, value)])
                known[value] = text
            found.append(text)
        return found

    ciphers.DataKey.open_many = by_heart  # type: ignore[method-assign]


def audit() -> None:
    """Nobody writes down who saw what, and no page waits for it; its transaction still ends."""
    from core import audit
    from core.storage import opened as witness

    audit.write_many = lambda entries: None
    witness.is_missing = lambda: False


EACH = {"row guard": row_guard, "row-level security": row_level_security, "decryption": decryption,
        "audit": audit}


def take_away(names: str) -> None:
    """*names* separated by commas; ``all`` for everything."""
    for name in EACH if names == "all" else names.split(","):
        EACH[name]()
