"""The values of hooks that are about pages: who looks, at which place, and what a plugin shows there.

Plugins take them from :mod:`core.hookspecs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask_babel.speaklater import LazyString
from markupsafe import Markup


@dataclass(frozen=True)
class Viewing:
    """Who is looking at which case. ``viewer`` is ``person`` or ``officer``.

    ``relation`` says what an officer has to do with the case: ``lead``, ``unit``, ``supervisor``, or what
    a plugin says (``case_relation``). Of an officer who ``only_looks`` nothing is taken.
    """

    viewer: str
    case_id: UUID
    crime_reference: str
    crime_type: str
    district: str
    stage: str
    language: str
    person_id: UUID | None = None
    staff_id: UUID | None = None
    relation: str | None = None

    @property
    def only_looks(self) -> bool:
        """Whether an officer looks who does not work on the case: who may read, and change nothing."""
        return self.viewer == "officer" and self.relation not in ("lead", "unit", "supervisor")


@dataclass(frozen=True)
class StaffAtCase:
    """A member of staff, by id and role, before a case that is not of their work."""

    staff_id: UUID
    role: str
    case_id: UUID


@dataclass(frozen=True)
class Place:
    """A place of a page where parts of other plugins stand; its name says what belongs there.

    ``staff_id``: of the officer who looks. ``case_id`` and ``person_id``: what the place is about, where
    it is about one. ``endpoint``: where a form that stands there is sent.
    """

    name: str
    staff_id: UUID | None = None
    case_id: UUID | None = None
    person_id: UUID | None = None
    endpoint: str | None = None


@dataclass(frozen=True)
class Link:
    """A link to an endpoint of the plugin. ``count``: how many things wait there, where that is told."""

    order: int
    label: str | LazyString
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    count: int | None = None

    def __post_init__(self) -> None:
        check_part(self, order=int, label=(str, LazyString), endpoint=str, values=Mapping,
                    count=(int, type(None)))


@dataclass(frozen=True)
class Panel:
    """A part of a page: a template of the plugin's own and the values it shows."""

    order: int
    name: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_part(self, order=int, name=str, template=str, values=Mapping)


@dataclass(frozen=True)
class Action:
    """Something the viewer can do from the case page; a link to an endpoint of the plugin."""

    order: int
    label: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_part(self, order=int, label=(str, LazyString), endpoint=str, values=Mapping)


def check_part(part: Link | Panel | Action, **types: Any) -> None:
    """Fails in the plugin that made the part, and not in the page that shows it."""
    for name, wanted in types.items():
        value = getattr(part, name)
        if not isinstance(value, wanted) or isinstance(value, Markup):
            raise TypeError(f"{type(part).__name__}.{name} is a {type(value).__name__}")
