"""A force from its ``force.toml``: read, checked, with every fault told at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import ValidationError

from core.force.fault import ForceFileError, Problem
from core.force.file.checks import check_together
from core.force.file.lacks import lacking
from core.force.file.report import Report
from core.force.file.toml_text import NotText, not_toml, read_text
from core.force.model import Force

COMPLETE = "complete it, or set status to “draft”"


def read_force(path: Path, *, by_folder: bool = True) -> Force:
    """The force of a ``force.toml``. Raises :class:`ForceFileError` with every fault in it.

    The id must be the name of the folder, unless *by_folder* is False (a changed copy elsewhere).
    """
    file = str(path)
    try:
        text = read_text(path)
    except OSError as error:
        raise ForceFileError([Problem(
            file, "", None, f"the file cannot be read: {error.strerror}", "a file you may read"
        )]) from None
    except NotText as error:
        raise ForceFileError([Problem(file, "", error.line, str(error), error.right)]) from None
    folder = path.absolute().parent.name if by_folder else None
    return build_force(text, file=file, folder=folder)


def build_force(text: str, *, file: str = "force.toml", folder: str | None = None) -> Force:
    """The force of the text of a ``force.toml``; *file* is its name in problems.

    With *folder*, the id must be its name. Raises :class:`ForceFileError` with every fault.
    """
    try:
        data = tomllib.loads(text)
    except ValueError as error:  # most often TOMLDecodeError
        raise ForceFileError([not_toml(file, text, error)]) from None
    except RecursionError:
        raise ForceFileError([Problem(file, "", None, "lists or tables are nested too deep",
                                      "the shapes of the other force files")]) from None
    if not data:
        raise ForceFileError([Problem(file, "", None, "the file is empty",
                                      "a first one, as trackmycrime forces new writes it")])
    report = Report(file, lambda: text)
    check_together(data, folder, report)
    force = None
    try:
        force = Force.model_validate(data)
    except ValidationError as error:
        report.take_shape(error, Force)
    if force is not None and not report.problems and force.status in ("ready", "live"):
        for place, said in lacking(force):
            report.add(place, said, COMPLETE, also=True)
    if report.problems or force is None:
        raise ForceFileError(report.sorted())
    return force
