"""Patch: pages of plugins exist for every force, listed or not."""

from __future__ import annotations

from core.web import access

access.plugin_is_on = lambda blueprint: True
