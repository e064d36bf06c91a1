"""One force read from its file by a command: by its id, or by the path of any ``force.toml``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from core.force.file.reading import read_force
from core.force.model import Force
from core.plugin_host.finding import find_forces, find_plugins
from core.plugin_host.host import UnknownForce, unknown
from core.plugin_host.review import forces_dir
from core.plugin_host.settings import settings_of


@dataclass(frozen=True)
class ForceFile:
    """A force, the file it was read from, and its plugins' settings."""

    force: Force
    file: Path
    settings: Mapping[str, BaseModel | None]


def force_file(name: str) -> ForceFile:
    """The force of an id, or of a file such as a changed copy of a ``force.toml``.

    Read afresh with its plugins' settings checked; needs no app and no database, and takes drafts.
    Raises :class:`UnknownForce`, or :class:`ForceFileError` with every fault of the file.
    """
    path = Path(name)
    if name.endswith(".toml") or path.is_file():
        force = read_force(path, by_folder=False)
    else:
        path = (path if os.sep in name else _folder(name)) / "force.toml"
        force = read_force(path, by_folder=os.sep not in name)
    return ForceFile(force, path, settings_of(force, path, find_plugins()))


def _folder(force_id: str) -> Path:
    known = find_forces(forces_dir())
    if force_id not in known:
        raise UnknownForce(f"{unknown(force_id, known)}; or give the path of a force.toml")
    return known[force_id]
