"""The officer's side: their cases, what people wrote, answers and updates."""

from __future__ import annotations

from flask import Blueprint

from core.hookspecs import hookimpl
from plugins.officer_desk import oversight as oversight
from plugins.officer_desk.routes import bp

NAME = "officer_desk"
VERSION = "0.1.0"
PROVIDES = ("staff_desk",)
NEEDS = {"staff_sign_in": "officers cannot sign in, so nobody can open the desk"}
SETTINGS = None


@hookimpl
def routes() -> Blueprint:
    return bp
