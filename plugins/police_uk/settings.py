"""The plugin's settings in ``force.toml``: ``[plugins.police_uk]``."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from .names import CATEGORIES


class PoliceUkSettings(BaseModel):
    """Which crime type stands for each category of data.police.uk; one left out is not taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    crime_types: dict[str, str] = Field(default_factory=dict)

    @field_validator("crime_types")
    @classmethod
    def _categories_exist(cls, given: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(given) - set(CATEGORIES.values()))
        if unknown:
            raise ValueError(
                f"{', '.join(unknown)}: no category of data.police.uk;"
                f" there are: {', '.join(sorted(CATEGORIES.values()))}"
            )
        return given
