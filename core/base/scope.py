"""Which force the work in hand is for. Everything that touches data asks here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# What the whole installation counts, and no force has: kept like a force of this id, which none can have.
EVERYWHERE = "*"

IN_SCOPE: ContextVar[str | None] = ContextVar("tmc_force", default=None)


class NoForceInScope(RuntimeError):
    """Data of a force was asked for while no force is in scope."""

    def __str__(self) -> str:
        return "no force is in scope: data can only be read or written for one force"


def current_force_id() -> str:
    """The id of the force in scope. Raises :class:`NoForceInScope`."""
    force = IN_SCOPE.get()
    if force is None:
        raise NoForceInScope
    return force


def force_id_or_none() -> str | None:
    return IN_SCOPE.get()


@contextmanager
def scope_of(force_id: str) -> Iterator[None]:
    """The bare scope; code that uses the database wants :func:`core.storage.db.force_scope`."""
    token = IN_SCOPE.set(force_id)
    try:
        yield
    finally:
        IN_SCOPE.reset(token)
