"""The plugin's settings in ``force.toml``: ``[plugins.contact_plan]``."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from plugins.contact_plan.rhythm import Every


class ContactPlanSettings(BaseModel):
    """``usual``: how often the force is in contact with whoever has not yet said how often."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    usual: Every = Every.EVERY_28_DAYS
