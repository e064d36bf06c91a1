"""setuptools, but for what it would leave out without a word: style sheet, scripts and catalogues.

``make wheel`` makes them first and then builds here. Whoever builds in another way is told so.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    get_requires_for_build_editable,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable", "build_sdist", "build_wheel", "get_requires_for_build_editable",
    "get_requires_for_build_sdist", "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable", "prepare_metadata_for_build_wheel",
]
ROOT = Path(__file__).resolve().parents[1]
STATIC = ("app.css", "app.js", "passkeys.js")
WAY = ("run `make wheel` in a clone of the repository, and install the file that it leaves in dist/. "
       "The way of a production portal is in docs/first-start.md")


def build_wheel(
    wheel_directory: str, config_settings: dict[str, str | list[str] | None] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Raises SystemExit, with what to do, when a part of the portal is not made yet."""
    if lacking := unmade(ROOT):
        raise SystemExit(f"trackmycrime: {', '.join(lacking)}: not made yet, and without it pages have "
                         f"no style or no Welsh. Instead {WAY}")
    return str(build_meta.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_sdist(
    sdist_directory: str, config_settings: dict[str, str | list[str] | None] | None = None
) -> str:
    """Raises SystemExit always: a source distribution could not make the missing parts itself."""
    raise SystemExit(f"trackmycrime: there is no source distribution, {WAY}")


def get_requires_for_build_sdist(
    config_settings: dict[str, str | list[str] | None] | None = None,
) -> list[str]:
    return []


def unmade(root: Path) -> list[str]:
    """What the set-up makes and is not there, or is older than what it is made from."""
    static = root / "core" / "web" / "static"
    found = [f"core/web/static/{name}" for name in STATIC if not (static / name).is_file()]
    for source in sorted((root / "translations").glob("*/LC_MESSAGES/*.po")):
        made = source.with_suffix(".mo")
        if not made.is_file() or made.stat().st_mtime < source.stat().st_mtime:
            found.append(str(made.relative_to(root)))
    return found
