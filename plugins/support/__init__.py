"""Where a person is referred: the force's services for this district and crime type."""

from __future__ import annotations

from core import Force, Panel, Viewing, hookimpl

NAME = "support"
VERSION = "0.1.0"
SETTINGS = None


@hookimpl
def case_panels(force: Force, viewing: Viewing) -> list[Panel]:
    services = force.support_for(viewing.district, viewing.crime_type)
    if viewing.viewer != "person" or not services:
        return []
    values = {"services": services, "welsh": viewing.language == "cy"}
    return [Panel(80, "support", "support/panel.html", values)]
