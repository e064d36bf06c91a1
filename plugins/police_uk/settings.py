"""The plugin's settings in ``force.toml``: ``[plugins.police_uk]``."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from core.force import Force, one_of

from .names import CATEGORIES


class PoliceUkSettings(BaseModel):
    """Which crime type stands for each category of data.police.uk; one left out is not taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    crime_types: dict[str, str] = Field(default_factory=dict)

    def problems_with(self, force: Force) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """Categories that data.police.uk has not, and crime types that the force has not."""
        for category, crime_type in self.crime_types.items():
            key = ("crime_types", category)
            if category not in CATEGORIES.values():
                yield (key, f"there is no category “{category}” of data.police.uk",
                       one_of(category, CATEGORIES.values()))
            elif force.crime_type(crime_type) is None:
                yield (key, f"this force has no crime type “{crime_type}”",
                       one_of(crime_type, (kind.id for kind in force.crime_types)))
