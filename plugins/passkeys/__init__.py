"""Passkeys: a phone or computer proves who it is, in place of the code that is sent."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint

from core.force import Force
from core.hookspecs import Panel, Place, hookimpl
from plugins.passkeys import rules
from plugins.passkeys.routes import bp

NAME = "passkeys"
VERSION = "0.1.0"
NEEDS = {"person_sign_in": "a passkey has nothing to open"}
SETTINGS = None


@hookimpl
def routes() -> Blueprint:
    return bp


@hookimpl
def panels(force: Force, place: Place) -> list[Panel]:
    if place.name == "code" and place.endpoint:
        return [Panel(50, "passkey", "passkeys/use.html", {"send_to": place.endpoint})]
    if place.name == "account":
        return [Panel(50, "passkeys", "passkeys/on_account.html")]
    return [Panel(50, "passkeys", "passkeys/not_yours.html")] if place.name == "visits" else []


@hookimpl
def second_step(force: Force, proof: str) -> UUID | None:
    return rules.proved_by(proof)
