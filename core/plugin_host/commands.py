"""What commands are made with: the group they hang in, ``--force``, and how a problem is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from core.plugin_host.host import host
from core.storage.db import force_scope


class Problem(click.ClickException):
    """Something was wrong: one line that says what, where, and what to do. Exit status 1."""

    def show(self, file: Any = None) -> None:
        click.echo(f"trackmycrime: {self.message}", err=True)


class WrongCall(Problem):
    """The command was called wrongly: one line, without the usage. Exit status 2."""

    exit_code = 2


def misused(error: click.UsageError) -> str:
    """What click itself refuses of a call, in one line, with where to read on."""
    said = error.format_message().removesuffix(".")
    return f"{said}; see {error.ctx.command_path} --help" if error.ctx else said


def lacks(force_id: str, file: Path, key: str, why: str, write: str) -> str:
    """One sentence on an optional key of a ``force.toml`` that a command cannot do without.

    *why* goes on after the key: “has no references.template, by which …”; *write* is what to write.
    """
    return f"{force_id}: {file} has no {key}, {why}; write there: {write}"


root = AppGroup("trackmycrime", help="The portal in which victims of crime follow their case.")


def group(name: str, about: str) -> AppGroup:
    """The command group of this name under ``trackmycrime``; made when it is not there yet."""
    found = root.commands.get(name)
    if found is None:
        found = AppGroup(name, help=about)
        root.add_command(found)
    assert isinstance(found, AppGroup)
    return found


def force_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--force ID``: the command runs in that force's scope, and gets it as ``force``."""

    def run(*args: Any, force: str, **kwargs: Any) -> Any:
        installed = host().get(force)
        with force_scope(force):
            return function(*args, force=installed.force, **kwargs)

    run.__name__, run.__doc__ = function.__name__, function.__doc__
    run.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    option = click.option("--force", required=True, metavar="ID", help="Id of the force.")
    return option(run)
