"""What of a force's ``force.toml`` the commands cannot do without; told before any file is read."""

from __future__ import annotations

from pathlib import Path

from core.force import Force
from core.plugin_host import WrongCall, lacks

from .settings import PoliceUkSettings

NAME = "police_uk"
TABLE = f"[plugins.{NAME}.crime_types]"


def crime_types_of(force: Force, file: Path, instead: str = "") -> dict[str, str]:
    """Category of data.police.uk -> the force's crime type that stands for it.

    *file* is the force's; *instead* says what else could be done. Raises :class:`WrongCall`.
    """
    given = force.plugin_settings.get(NAME, {})
    crime_types = dict(PoliceUkSettings.model_validate(dict(given)).crime_types)
    if not crime_types:
        raise WrongCall(lacks(
            force.id, file, TABLE, "by which categories of data.police.uk become crime types of this force",
            f'a heading {TABLE} and lines like bicycle-theft = "bicycle-theft" below it{instead}',
        ))
    if not force.districts:
        raise WrongCall(lacks(
            force.id, file, "[[districts]]", "and a crime is taken only where it lies in one",
            '[[districts]] with id = "…" and name = "…" for each, named as the Office for National '
            "Statistics does",
        ))
    return crime_types


def refuse_without_template(force: Force, file: Path) -> None:
    """Raises :class:`WrongCall` where the force cannot make references for crimes that have none."""
    if force.references.template is None:
        raise WrongCall(lacks(
            force.id, file, "references.template", "by which each replayed crime gets a reference",
            'template = "41/{number}/{yy}" under [references], in the shape of this force\'s own',
        ))
