"""What Exampleshire's record system says in its own way."""

from __future__ import annotations

import re

from core.hookspecs import Event, Parked, hookimpl

DISTRICTS = {"N": "north", "S": "south"}


@hookimpl
def translate_event(event: Event) -> Event | Parked | None:
    """Districts come as beats: N12 is the twelfth beat of the north."""
    beat = str(event.data.get("district", ""))
    if not re.fullmatch(r"[A-Z]\d{1,2}", beat):
        return None
    district = DISTRICTS.get(beat[0])
    if district is None:
        return Parked(f"there is no beat {beat}: they begin with {' or '.join(DISTRICTS)}")
    return event.model_copy(update={"data": {**event.data, "district": district}})
