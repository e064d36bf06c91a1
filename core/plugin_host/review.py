"""All that ``forces check`` finds in the forces of an installation, beside one another."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from core.base import clock
from core.force.fault import ForceFileError, Problem, one_of
from core.force.file.checks import texts
from core.force.file.far_days import far_days
from core.force.file.lacks import lacking
from core.force.file.logo import logo_faults
from core.force.file.reading import read_force
from core.force.file.report import key_of
from core.force.file.toml_lines import Place, lines_of, nearest_line
from core.force.file.toml_text import read_text
from core.force.model import Force
from core.plugin_host.finding import find_forces
from core.plugin_host.promises import refuse_unkept, unkept
from core.plugin_host.settings import settings_of

HERE = Path("forces")
Tables = Mapping[str, Mapping[str, Any]]


@dataclass
class Review:
    """What was found of one force. ``lacks``: key and sentence, of what it needs to go live."""

    id: str
    force: Force | None = None
    status: str = "faulty"
    faults: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    lacks: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Finding:
    place: Place
    wrong: str
    right: str
    warning: bool = False


def forces_dir() -> Path | None:
    """The further folder of forces, for whoever writes one: as ``TMC_FORCES_DIR`` names it, else
    ``forces`` in the present folder, where ``forces new`` writes, unless its forces are here anyway."""
    if named := os.environ.get("TMC_FORCES_DIR"):
        return Path(named)
    here = {file.parent.name for file in HERE.glob("*/force.toml")}
    return HERE if here and not here & find_forces(None).keys() else None


def review(
    ids: Iterable[str], folders: Mapping[str, Path], plugins: Mapping[str, ModuleType]
) -> list[Review]:
    """The forces of *ids* checked, each by itself and against all others of *folders*."""
    found = {force_id: _read(force_id, folders[force_id], plugins) for force_id in ids}
    written = {force_id: _written(folder / "force.toml", found.get(force_id))
               for force_id, folder in folders.items()}
    for force_id, made in found.items():
        _compare(made, folders[force_id], written)
    return list(found.values())


def _written(file: Path, made: Review | None) -> Mapping[str, Any]:
    """What other forces ask of a file, as it was read; of a faulty one as much as can be read."""
    if made and made.force:
        force = made.force
        return {"hosts": list(force.hosts), "absorbed": list(force.absorbed),
                "successor": force.successor}
    try:
        return tomllib.loads(read_text(file))
    except (OSError, ValueError, RecursionError):  # told where the file itself is checked
        return {}


def _read(force_id: str, folder: Path, plugins: Mapping[str, ModuleType]) -> Review:
    made, file = Review(force_id), folder / "force.toml"
    try:
        made.force = read_force(file)
        settings_of(made.force, file, plugins)
        made.status = made.force.status
    except ForceFileError as error:
        made.faults += error.problems
    if made.force:
        made.lacks = [*((key_of(place), said) for place, said in lacking(made.force)),
                      *((key_of(place), said) for place, said in unkept(made.force, plugins)),
                      *_demo_only(made.force, plugins)]
        made.faults += _promised_in_vain(made.force, file, plugins)
    return made


def _promised_in_vain(
    force: Force, file: Path, plugins: Mapping[str, ModuleType]
) -> Sequence[Problem]:
    """Of a force that is to be served already."""
    try:
        if force.status in ("ready", "live"):
            refuse_unkept(force, file, plugins)
    except ForceFileError as error:
        return error.problems
    return ()


def _compare(made: Review, folder: Path, written: Tables) -> None:
    """Adds what is wrong beside the other forces and beside the folder."""
    file, told = folder / "force.toml", {problem.key for problem in made.faults}
    found = [*_hosts(made.id, written), *_family(made.id, written)]
    found += [*_logo(made.force, folder), *_far(made.force)] if made.force else []
    lines = lines_of(read_text(file)) if found else {}
    for one in found:
        if key_of(one.place) not in told:
            problem = Problem(str(file), key_of(one.place), nearest_line(lines, one.place),
                              one.wrong, one.right, one.warning)
            (made.warnings if one.warning else made.faults).append(problem)
    made.faults.sort(key=lambda problem: (problem.line or 0, problem.key))


def _demo_only(force: Force, plugins: Mapping[str, ModuleType]) -> Iterator[tuple[str, str]]:
    for name in force.plugins:
        if getattr(plugins.get(name), "DEMO_ONLY", False):
            yield f"plugins.{name}", f"the plugin {name} is for demo only: take it out"


def _hosts(own: str, written: Tables) -> Iterator[_Finding]:
    claimed = {name.lower(): other for other, data in written.items() if other != own
               for _, name in texts(data, "hosts")}
    for place, name in texts(written[own], "hosts"):
        if other := claimed.get(name.lower()):
            yield _Finding(place, f"the force {other} claims the host “{name}” too",
                           "a host in one force's file only")


def _family(own: str, written: Tables) -> Iterator[_Finding]:
    data, others = written[own], set(written) - {own}
    heir = data.get("successor")
    if isinstance(heir, str) and heir != own:
        if heir not in written:
            yield _Finding(("successor",), f"there is no force “{heir}”", one_of(heir, others))
        elif own not in _list(written[heir], "absorbed"):
            yield _Finding(("successor",), f"the file of {heir} does not say that it absorbed {own}",
                           f'absorbed = ["{own}"] there', warning=True)
    for place, name in texts(data, "absorbed"):
        if name not in written:
            yield _Finding(place, f"there is no force “{name}”", one_of(name, others))
        elif name != own and own not in _heirs(name, written):
            yield _Finding(place, f"the file of {name} does not name {own} as its successor",
                           f'successor = "{own}" there', warning=True)


def _far(force: Force) -> Iterator[_Finding]:
    for place, odd, meant in far_days(force, clock.today()):
        yield _Finding(place, odd, meant, warning=True)


def _heirs(name: str, written: Tables) -> Collection[str]:
    """Who took over from this force, and from those in turn."""
    found: list[str] = []
    while isinstance(heir := written.get(name, {}).get("successor"), str) and heir not in found:
        found.append(heir)
        name = heir
    return found


def _list(data: Mapping[str, Any], key: str) -> Collection[str]:
    return [name for _, name in texts(data, key)]


def _logo(force: Force, folder: Path) -> Iterator[_Finding]:
    path = folder / "static" / force.brand.logo
    place: Place = ("brand", "logo")
    if not path.is_file():
        yield _Finding(place, f"there is no {path.name} in the folder {path.parent}",
                       "the force's logo or wordmark; until then pages show the name alone",
                       warning=True)
        return
    try:
        for wrong, right in logo_faults(path):
            yield _Finding(place, wrong, right)
    except OSError as error:
        yield _Finding(place, f"{path.name} cannot be read: {error.strerror}", "a file to read")
