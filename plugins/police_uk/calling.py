"""What the plugin's commands share: how a wrong call is said, months, and files they write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from core.plugin_host import Problem, WrongCall

from .files import MONTH, Months


def months_of_call(first: str | None, last: str | None) -> Months:
    """The months of ``--from`` and ``--to``. Raises :class:`WrongCall`."""
    for option, given in (("--from", first), ("--to", last)):
        if given is not None and not MONTH.fullmatch(given):
            raise WrongCall(f"{option} {given}: not a month; write it like 2021-01")
    if first and last and first > last:
        raise WrongCall(f"--from {first} is after --to {last}: swap them")
    return Months(first, last)


def check_outputs(*files: Path | None) -> None:
    """Before anything is read. Raises :class:`WrongCall`."""
    for file in files:
        if file is not None and not (file.parent.is_dir() and os.access(file.parent, os.W_OK)):
            raise WrongCall(f"{file}: its folder is not there or cannot be written to")


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """A file that appears when it is complete; what is no file (a pipe, say) is written as it is."""
    if path.exists() and not path.is_file():
        with _writing(path), path.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    part = path.with_name(f"{path.name}.part")
    try:
        with _writing(path):
            with part.open("w", encoding="utf-8", newline="") as file:
                yield file
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Problem(f"{path}: cannot be written: {error.strerror}") from None
