"""What the plugin's commands share: options, and refusals in one line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from core.force import Force, parts
from core.plugin_host import WrongCall, host, lacks

PLUGIN = "record_feed"


def visible(text: str) -> str:
    """*text* with what a terminal would obey written out: control signs, marks of direction."""
    return "".join(s if s.isprintable() else s.encode("unicode_escape").decode() for s in text)


def source_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--source", required=True, metavar="NAME", help="The sender, as force.toml names it."
    )(function)


def json_option(text: str) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help=text)


quiet_option = click.option("--quiet", is_flag=True, help="Say nothing but what is asked for.")


def check_force(force: Force, source: str | None = None) -> None:
    """Raises :class:`WrongCall` unless the force uses the feed and lists *source*."""
    file = host().get(force.id).file
    if PLUGIN not in force.plugins:
        raise WrongCall(lacks(
            force.id, file, f"[plugins.{PLUGIN}]", "with which a force takes in news of record systems",
            f"a line [plugins.{PLUGIN}]",
        ))
    if source == parts.OWN_SOURCE:
        raise WrongCall(
            f"--source {source} is the portal's own source, of what officers write at their desk: no key "
            "opens it, and no file is taken in for it. Say which record system sends; nothing was changed")
    if source is not None and source not in force.feed_sources:
        known = ", ".join(sorted(force.feed_sources)) or "none yet"
        raise WrongCall(lacks(
            force.id, file, f"[feed.sources.{source}]", f"as each sender has one (there are: {known})",
            f"a line [feed.sources.{source}], if it is a new sender",
        ))


@contextmanager
def progress_bar(total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Tells how many bytes are done; on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda done: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("taking in", total=total)
        yield lambda done: bar.update(task, completed=done)
