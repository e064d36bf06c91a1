"""Views that machines ask have processes of their own, so that no page waits for one of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])
_STROKES = re.compile(r"/+")


@dataclass(frozen=True, eq=False)
class Apart:
    """*threads* in each process that is kept for it, and how many requests may wait for one of them.

    ``busy``, a WSGI application that touches no database, answers what finds no place.
    """

    threads: int
    waiting: int
    busy: Any

    def __call__(self, view: View) -> View:
        """Requests for *view*, and all others below the fixed part of its path, go this way."""
        view.tmc_apart = self  # type: ignore[attr-defined]
        return view


def apart_views(app: Any) -> Callable[[str], Apart | None] | None:
    """From the path of a request, as it came, to where it goes, None for pages; None without such views."""
    found: dict[str, Apart] = {}
    for rule in [] if not isinstance(app, Flask) else app.url_map.iter_rules():
        kind = getattr(app.view_functions.get(rule.endpoint), "tmc_apart", None)
        if kind:
            found[rule.rule.partition("<")[0]] = kind

    def apart_of(path: str) -> Apart | None:
        # As Werkzeug will read it: written otherwise a request would get a thread that is kept for pages.
        path = _STROKES.sub("/", f"/{unquote(path)}")
        # A force stands in the path, or in the host and not in the path.
        of_force = "/" + path.lstrip("/").partition("/")[2]
        for fixed, kind in found.items():
            if path.startswith(fixed) or of_force.startswith(fixed):
                return kind
        return None

    return apart_of if found else None
