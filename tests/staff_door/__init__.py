"""A plugin of others by which staff sign in, as much of it as going live asks for."""

from __future__ import annotations

NAME = "staff_door"
VERSION = "1"
SETTINGS = None
PROVIDES = ("staff_sign_in",)
