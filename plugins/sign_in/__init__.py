"""Sign-in for people: details find the case, a code to the contact on record opens it."""

from __future__ import annotations

from typing import Literal

from flask import Blueprint
from flask_babel import lazy_gettext as N_
from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.force import Force
from core.hookspecs import Jobs, Link, Panel, Place, Viewing, hookimpl
from plugins.sign_in import desk, old, people, rules

NAME = "sign_in"
VERSION = "0.1.0"
PROVIDES = ("person_sign_in",)
NEEDS = {"letters": "codes to sign in reach nobody"}
Detail = Literal["crime_reference", "surname", "date_of_birth", "postcode"]


class SETTINGS(BaseModel):
    """Which details find a case: the crime reference and at least two more; and some limits.

    ``code_days``: for how long a code works that an officer hands over. ``failures``: with more tries
    in ten minutes at this force that led nowhere, whoever goes on trying goes slower for the rest of
    them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    details: tuple[Detail, ...] = Field(("crime_reference", "surname", "date_of_birth", "postcode"))
    code_days: int = Field(7, ge=1, le=7)
    failures: int = Field(300, ge=20, le=10_000)

    @field_validator("details")
    @classmethod
    def _enough(cls, value: tuple[Detail, ...]) -> tuple[Detail, ...]:
        if "crime_reference" not in value or len(set(value)) < 3:
            raise ValueError(
                "must hold crime_reference and at least two more of surname, date_of_birth, postcode"
            )
        return value


@hookimpl
def routes() -> Blueprint:
    return desk.bp


@hookimpl
def jobs(registry: Jobs) -> None:
    registry.task("sign_in_look_into")(rules.look_into)
    registry.task("sign_in_send")(rules.send)
    registry.task("sign_in_remove_old", cron="23 * * * *", due=old.any_old)(old.remove_old)


@hookimpl
def sign_in_at(force: Force, who: str) -> str | None:
    return "sign_in.start" if who == "person" else None


@hookimpl
def links(force: Force, place: Place) -> list[Link]:
    if place.name == "visitor":
        return [Link(10, N_("Sign in"), "sign_in.start")]
    if place.name == "access":
        values = {"case_id": place.case_id, "person_id": place.person_id}
        return [Link(10, N_("Hand over a code"), "sign_in.offer_activation", values)]
    return []


@hookimpl
def panels(force: Force, place: Place) -> list[Panel]:
    return [Panel(50, "who-cannot", "sign_in/below_cases.html")] if place.name == "desk_list" else []


@hookimpl
def case_panels(force: Force, viewing: Viewing) -> list[Panel]:
    if viewing.viewer != "officer" or viewing.only_looks:
        return []
    values = {"people": people.of_case(viewing.case_id), "case_id": viewing.case_id}
    return [Panel(60, "sign-in", "sign_in/who_can.html", values)]
