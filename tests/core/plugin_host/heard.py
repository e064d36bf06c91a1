"""What the log says of plugins that fail."""

from __future__ import annotations

from typing import Any

Logged = list[dict[str, Any]]


def named(logged: Logged, what: str = "plugin_left_out") -> list[str]:
    return [line["plugin"] for line in logged if line["event"] == what]
