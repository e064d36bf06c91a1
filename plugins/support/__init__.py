"""Where a person is referred: the force's services for this district and crime type."""

from __future__ import annotations

from core.force import Force
from core.hookspecs import Panel, Viewing, hookimpl

NAME = "support"
VERSION = "0.1.0"
PROVIDES = ("support",)
SETTINGS = None


@hookimpl
def case_panels(force: Force, viewing: Viewing) -> list[Panel]:
    if viewing.viewer != "person" or not force.support_for(viewing.district, viewing.crime_type):
        return []
    values = {"district": viewing.district, "crime_type": viewing.crime_type}
    return [Panel(80, "support", "support/panel.html", values)]
