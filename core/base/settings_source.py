"""Where settings come from: the environment, or the file that the demo wrote; never a mix of both.

The file stands in for an environment that says nothing of its own. It never chooses the mode of a
process that serves: that is for the environment (``docs/decisions/0022-no-mode-from-a-file.md``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEMO_ENV = "demo.env"
PREFIX = "TMC_"
# What makes an installation: whose data, keys, letters and address. The rest fits any of them.
OF_AN_INSTALLATION = re.compile(
    r"TMC_(MODE|(OWNER_)?DATABASE_URL(__.*)?|(MASTER|SECRET)_KEY_FILE|SMTP_URL|BASE_URL)"
)


class SettingsError(Exception):
    """A setting is missing or wrong; the text names the variable and what to do."""


@dataclass(frozen=True)
class Source:
    """Variables and their values; ``demo_file``: the file that chose the mode, as nothing else did."""

    values: Mapping[str, str]
    demo_file: Path | None = None


def read_source() -> Source:
    """The settings of this process. Raises :class:`SettingsError` for a mix, naming every variable."""
    given = own_variables(os.environ)
    if _is_whole(given):
        return Source(given)
    file = demo_file(given)
    written = read_demo_file(file)
    if not written:
        return Source(given)
    if mixed := differing(given, written):
        raise SettingsError(
            f"{file} holds the settings of a demo, and the environment sets {', '.join(mixed)}: "
            "the two are never mixed. For production set TMC_MODE=production too, and the file is "
            "not read; for the demo unset what the environment sets"
        )
    return Source({**written, **given}, None if "TMC_MODE" in given else file)


def own_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The ``TMC_*`` variables that say something: an empty one is not set."""
    return {name: value for name, value in environ.items() if name.startswith(PREFIX) and value}


def _is_whole(given: Mapping[str, str]) -> bool:
    """Whether the environment itself says which installation this is."""
    mode = given.get("TMC_MODE", "demo")
    return mode != "demo" or {"TMC_MODE", "TMC_DATABASE_URL"} <= given.keys()


def demo_file(given: Mapping[str, str]) -> Path:
    """Where the demo of this data folder keeps its settings."""
    return Path(given.get("TMC_DATA_DIR") or ".data").absolute() / DEMO_ENV


def missing_demo(given: Mapping[str, str]) -> bool:
    """Whether nothing says which installation this is, as before a first `make run`."""
    return given.get("TMC_MODE", "demo") == "demo" and "TMC_DATABASE_URL" not in given


def read_demo_file(file: Path) -> dict[str, str]:
    """What the demo wrote; nothing when it never did. Raises :class:`SettingsError`."""
    try:
        lines = file.read_text("utf-8").split("\n")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise SettingsError(
            f"{file}: the settings of the demo cannot be read: {why}. Set TMC_MODE=production if "
            "this is no demo, or choose another folder with TMC_DATA_DIR"
        ) from None
    written = own_variables(dict(line.split("=", 1) for line in lines if "=" in line))
    if written.get("TMC_MODE", "demo") != "demo":
        raise SettingsError(
            f"{file} says TMC_MODE={written['TMC_MODE']}: the mode is never read from a file. "
            "Put it, and all other settings, in the environment, and remove the file"
        )
    return {"TMC_MODE": "demo", **written} if written else {}


def differing(given: Mapping[str, str], written: Mapping[str, str]) -> list[str]:
    """The variables of an installation that *given* sets otherwise than *written* does, by name."""
    return sorted(
        name for name, value in given.items()
        if OF_AN_INSTALLATION.fullmatch(name) and value != written.get(name)
    )


def refuse_installation(command: str) -> None:
    """For commands that make a demo of their own, whose processes inherit the environment.

    Raises :class:`SettingsError` when that is the environment of an installation.
    """
    given = own_variables(os.environ)
    if others := differing(given, {"TMC_MODE": "demo", **read_demo_file(demo_file(given))}):
        raise SettingsError(
            f"{', '.join(others)}: set in the environment, and {command} makes these settings "
            "itself. Unset them, or run it in another shell"
        )
