"""Links and panels of other plugins on a page: asked for by the name of a place, known by no other name."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_login import current_user

from core.hookspecs import Action, Link, Panel, Place
from core.web.visitor import here


def links_at(name: str, **about: Any) -> list[Link]:
    """The links of the plugins at this place of a page, in their order; *about* as :class:`Place` has it."""
    at, place = here(), _place(name, about)
    found = at.one_by_one("links", can_be_shown, force=at.force, place=place) if at else ()
    return sorted(found, key=lambda link: link.order)


def panels_at(name: str, **about: Any) -> list[Panel]:
    """The panels of the plugins at this place of a page, as :func:`links_at`."""
    at, place = here(), _place(name, about)
    found = at.one_by_one("panels", force=at.force, place=place) if at else ()
    return sorted(found, key=lambda panel: panel.order)


def address_at(name: str, **about: Any) -> str:
    """The address of the first link at this place; of the home page where no plugin has one."""
    for link in links_at(name, **about)[:1]:
        return url_for(link.endpoint, **link.values)
    return url_for("pages.home")


def can_be_shown(part: Link | Action) -> None:
    """Raises when there is no such page, or its label cannot be said in the reader's language."""
    url_for(part.endpoint, **part.values)
    str(part.label)


def _place(name: str, about: dict[str, Any]) -> Place:
    """What the hooks are asked with."""
    return Place(name, staff_id=getattr(current_user, "staff_id", None), **about)
