"""Things that were found: the officer notes them, the person reads where to collect them."""

from __future__ import annotations

from flask import Blueprint
from pydantic import BaseModel, ConfigDict, Field

from core.force import Force, Words
from core.hookspecs import Jobs, Panel, Viewing, hookimpl
from trackmycrime_example.found_property import rules
from trackmycrime_example.found_property.routes import bp

NAME = "found_property"
VERSION = "1.0.0"
NEEDS = {"staff_sign_in": "officers cannot sign in, so nobody notes what was found"}


class SETTINGS(BaseModel):
    """What a force says under ``[plugins.found_property]``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    counter: Words = Field(description="where things are collected")
    days: int = Field(28, ge=7, le=365, description="for how many days they are kept there")


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def jobs(registry: Jobs) -> None:
    registry.task("found_property_remove_old", cron="41 2 * * *")(rules.remove_old)


@hookimpl
def case_panels(force: Force, viewing: Viewing) -> list[Panel]:
    found = rules.of_case(viewing.case_id)
    if viewing.viewer == "person" and not found:
        return []
    values = {"case_id": viewing.case_id, "found": found}
    return [Panel(55, "found-property", f"found_property/panel_{viewing.viewer}.html", values)]
