"""What one process of the portal is set up with, and what its rooms and plugins keep while it runs.

All of it hangs on the app as one :class:`Installation`. What a room or a plugin keeps is declared where
its type is, as a :class:`State`, so that nothing here knows what stands on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Generic, Protocol, TypeVar, cast

from flask import Flask, current_app

from core.base.settings import Settings

_KEY = "trackmycrime"  # among Flask's extensions
T = TypeVar("T")


class Host(Protocol):
    """The plugins and forces that were found, as far as rooms ask that stand below the plugin host."""

    @property
    def plugins(self) -> Mapping[str, ModuleType]:
        """The plugins by name."""

    @property
    def installed(self) -> Mapping[str, Any]:
        """The forces by id, whose files are sound."""

    def get(self, force_id: str) -> Any:
        """One of them. Raises :class:`core.plugin_host.UnknownForce`."""

    def served(self, settings: Settings) -> Collection[str]:
        """Ids of the forces that answer here."""


@dataclass
class Installation:
    """One process of the portal: its settings, its plugins and forces, and what is kept as it runs."""

    settings: Settings
    host: Host
    kept: dict[State[Any], Any] = field(default_factory=dict)


def set_up(app: Flask, settings: Settings, host: Host) -> Installation:
    """Make *app* an installation with these settings, plugins and forces; nothing else is kept yet."""
    made = app.extensions[_KEY] = Installation(settings, host)
    return made


def installation(app: Flask | None = None) -> Installation:
    """The installation of *app*, by default of the app that is at work.

    Raises KeyError for an app that :func:`core.app.create_app` did not make.
    """
    found: Installation = (app or current_app).extensions[_KEY]
    return found


class State(Generic[T]):
    """Something of one type that a room or a plugin keeps for as long as the process runs.

    A module declares it once, as it would a ``ContextVar``: ``SEEN: State[set[str]] = State("seen", set)``.
    Others reach it by importing that name, so that no two can get into each other's way. All threads of
    the process share it.
    """

    def __init__(self, name: str, make: Callable[[], T] | None = None) -> None:
        """*make*: what it is before it was set; without, it cannot be read before."""
        self.name, self._make = name, make

    def get(self, app: Flask | None = None) -> T:
        """What is kept. Raises LookupError when nothing was set and there is nothing to begin with."""
        kept = installation(app).kept
        if self not in kept:
            if self._make is None:
                raise LookupError(f"{self.name} was not set up")
            kept.setdefault(self, self._make())
        return cast(T, kept[self])

    def set(self, value: T, app: Flask | None = None) -> None:
        """Keep *value* from now on."""
        installation(app).kept[self] = value

    def pop(self, app: Flask | None = None) -> T | None:
        """Keep nothing any more, as in a process that has just begun; what was kept, if anything."""
        return cast("T | None", installation(app).kept.pop(self, None))
