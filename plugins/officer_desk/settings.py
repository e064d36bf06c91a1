"""The plugin's settings in ``force.toml``: ``[plugins.officer_desk]``."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from core.force import Words, field_types


class OfficerDeskSettings(BaseModel):
    """``reasons``: why there may be nothing new, beside those that every force has: an id, and the whole
    sentence that people read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    reasons: Mapping[field_types.Name, Words] = {}
