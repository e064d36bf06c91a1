"""The source's own codes, and the ids of officers of an absorbed force, as ``force.toml`` maps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.force.model import Force
from core.hookspecs import Event


def mapped(force: Force, source: str, event: Event) -> Event:
    """The event with the source's own codes replaced by the force's ids, as force.toml maps them."""
    feed = force.feed_sources.get(source)
    if feed is None or not (feed.map or feed.absorbed_from):
        return event
    data: dict[str, Any] = {
        key: looked_up(value, feed.map)
        if key in ("crime_type", "district") and isinstance(value, str)
        else value
        for key, value in event.data.items()
    }
    if feed.absorbed_from:
        _name_absorbed(feed.absorbed_from, data)
        cover = data.get("cover")
        if isinstance(cover, dict):
            data["cover"] = cover = {**cover}
            _name_absorbed(feed.absorbed_from, cover)
    return event.model_copy(update={"data": data})


def _name_absorbed(absorbed: str, data: dict[str, Any]) -> None:
    officer = data.get("officer")
    if isinstance(officer, dict) and isinstance(officer.get("id"), str):
        data["officer"] = {**officer, "id": staff_id_of(absorbed, officer["id"])}


def looked_up(code: str, codes: Mapping[str, str]) -> str:
    """As it stands, else the one code that differs in case and blanks at the ends only."""
    if code in codes:
        return codes[code]
    alike = {to for known, to in codes.items() if known.casefold() == code.strip().casefold()}
    return alike.pop() if len(alike) == 1 else code


def staff_id_of(absorbed: str, record_id: str) -> str:
    """What an officer of an absorbed force is known by at its successor."""
    return f"{absorbed}:{record_id}"
