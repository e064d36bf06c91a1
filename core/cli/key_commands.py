"""``trackmycrime keys master|rotate|check``: the installation's own keys."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from core import audit
from core.plugin_host.commands import Problem, WrongCall, group
from core.storage.db import db, force_scope
from core.storage.keys import master_key, resealing, rotation
from core.storage.keys.check import check_files, check_force
from core.storage.keys.keyring import forces_with_keys, masters
from core.storage.keys.master_key import SECRET_KEY, KeyFile
from core.storage.keys.purposes import GROUPS
from core.storage.keys.rotation import Rotated, purposes_of

FILES = ("master", "session")
Show = Callable[[str, int | None, int], None]

keys = group("keys", "Keys of the installation and of the record feed.")


@keys.command("master", with_appcontext=False)
@click.argument("path", type=click.Path(path_type=Path))
def keys_master(path: Path) -> None:
    """Make a new random key (master or secret) in the file PATH, which must not exist."""
    try:
        master_key.write_key_file(path)
    except FileExistsError as error:
        raise Problem(f"{error.filename} exists already; it is left as it is. Choose another name") from None
    except OSError as error:
        raise Problem(f"{path}: the key cannot be written: {error.strerror}. Choose a folder that you "
                      "may write") from None
    click.echo(f"made {path}; keep a copy in a safe place. As TMC_MASTER_KEY_FILE it opens what is stored, "
               "which nobody can read without it; as TMC_SECRET_KEY_FILE it signs visits, and without it "
               "people sign in again")


@keys.command("rotate")
@click.option("--only", "only", multiple=True, type=click.Choice((*GROUPS, *FILES)),
              help="Only these keys (may be given again); by default all.")
@click.option("--force", "forces", multiple=True, metavar="ID",
              help="Keys of these forces only; by default of all.")
@click.option("--again", is_flag=True, help="Also where the newest key is less than an hour old.")
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
def keys_rotate(
    only: tuple[str, ...], forces: tuple[str, ...], again: bool, quiet: bool
) -> None:
    """Change keys while everything serves. If it was cut off, run it again."""
    what = only or ((*GROUPS,) if forces else (*FILES, *GROUPS))
    if forces and set(what) & set(FILES):
        raise WrongCall("the master and session keys are of all forces: leave --force out")
    found = _chosen(forces)
    paths = [path for name in FILES if name in what and (path := _file(name).path)]
    with master_key.changed_by_one(paths), _progress(quiet) as show:
        try:
            said, rotated = _rotate(what, found, again, show)
        except KeyboardInterrupt:
            raise Problem("stopped; nothing is lost. Run it again: it goes on where it stopped") from None
    if not quiet:
        for line in said:
            click.echo(line)
    lost = {f"{force} {place}": many for force, one in rotated.items()
            for place, many in one.unreadable.items()}
    if lost:
        raise Problem("the new keys are in use; values that do not open were left: " + ", ".join(
            f"{many} in {place}" for place, many in lost.items()))


def _chosen(forces: tuple[str, ...]) -> list[str]:
    there = forces_with_keys()
    if unknown := set(forces) - set(there):
        raise Problem(f"{', '.join(sorted(unknown))}: no such force with keys here; there are: "
                      f"{', '.join(there) or 'none'}")
    return [one for one in there if not forces or one in forces]


def _rotate(
    what: tuple[str, ...], forces: list[str], again: bool, show: Show
) -> tuple[list[str], dict[str, Rotated]]:
    """The three steps of :mod:`core.storage.keys.rotation`; lines to say, and what was done by force."""
    purposes = purposes_of(what)
    before = {name: _file(name).newest() for name in FILES if name in what}
    said = [_new_in_file(name, again) for name in before]
    new = [name for name, key in before.items() if _file(name).newest() != key]
    rotated = {force: Rotated() for force in forces}
    for force in forces:
        with force_scope(force):
            rotated[force].made = rotation.make_keys(purposes, note=audit.write, again=again, files=new)
            db.session.commit()
    _settle(forces, purposes, what, show)
    for force in forces:
        with force_scope(force):
            total = resealing.waiting()
            show(force, total, 0)
            rotation.finish(purposes, rotated[force], partial(_part_done, show, force), audit.write)
        said.append(_summary(force, rotated[force]))
    if "master" in what:
        said.append(_wrap_all())
    return said, rotated


def _part_done(show: Show, force: str, many: int) -> None:
    db.session.commit()
    show(force, None, many)


def _new_in_file(name: str, again: bool) -> str:
    file = _file(name)
    if file.path is None:
        return f"{name}: there is no key file; a new key is made at each start"
    lasts = rotation.SIGNED_FOR if name == "session" else None
    if rotation.add_key_to_file(file, lasts=lasts, again=again):
        return f"{name}: a new key in {file.path}"
    return f"{name}: the newest key in {file.path} is less than an hour old; it stays"


def _file(name: str) -> KeyFile:
    return masters() if name == "master" else SECRET_KEY.get()


def _settle(
    forces: list[str], purposes: list[str], what: tuple[str, ...], show: Show
) -> None:
    """Wait until every process uses the new keys."""
    moments = [
        _file(name).newest().starts_at + rotation.CLOCKS_DIFFER for name in FILES if name in what
    ]
    for force in forces if purposes else ():
        with force_scope(force):
            moments.append(rotation.used_by_all_from(purposes))
    left = rotation.seconds_until(max(moments, default=master_key.ALWAYS))
    show("until every process knows the new keys", round(left * 10), 0)
    end = time.monotonic() + left
    while time.monotonic() < end:
        time.sleep(0.1)
        show("until every process knows the new keys", None, 1)


def _wrap_all() -> str:
    """Of all forces, whatever was chosen: the former master key goes when nothing needs it."""
    count = 0
    for force in forces_with_keys(erased=True):
        with force_scope(force):
            count += rotation.wrap_anew()
            db.session.commit()
    former = rotation.put_former_aside(masters())
    kept = f"; {former} former in {masters().path}.former, for older backups" if former else ""
    return f"master: {count} keys wrapped anew{kept}"


def _summary(force: str, rotated: Rotated) -> str:
    parts = [f"{len(rotated.made)} new keys" if rotated.made else "no new key is due"]
    if rotated.sealed or rotated.hashed:
        parts.append(f"{rotated.sealed:,} values sealed anew, {rotated.hashed:,} digests")
    if rotated.ended:
        parts.append(f"{rotated.ended.total()} former keys ended")
    if kept := {purpose: many for purpose, many in rotated.kept.items() if many}:
        parts.append("former keys kept: " + ", ".join(f"{p} {many}" for p, many in kept.items()))
    return f"{force}: {'; '.join(parts)}"


@keys.command("check")
@click.option("--quick", is_flag=True, help="Count values by key; do not open them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
def keys_check(quick: bool, as_json: bool, quiet: bool) -> None:
    """Every key: its age, what is sealed with it, and whether that opens. Shows no content."""
    problems = check_files(FILES, _file)
    forces: dict[str, Any] = {}
    with _progress(quiet or as_json) as show:
        for force in forces_with_keys():
            with force_scope(force):
                show(force, None, 0)
                forces[force], found = check_force(
                    opening=not quick, done=lambda n, f=force: show(f, None, n))  # type: ignore[misc]
            problems += [f"{force}: {one}" for one in found]
    if as_json:
        click.echo(json.dumps({"forces": forces, "problems": problems}, indent=1))
    else:
        for force, purposes in forces.items() if not quiet else ():
            for one in purposes:
                since = f"{datetime.fromisoformat(one['starts']):%Y-%m-%d %H:%M} UTC"
                click.echo("{force:24} {purpose:11} {key} {state:8} from {since}  {values:,} values"
                           .format(force=force, since=since, **one))
        for line in problems:
            click.echo(f"trackmycrime: {line}", err=True)
    if problems:
        raise click.exceptions.Exit(1)


@contextmanager
def _progress(quiet: bool) -> Iterator[Show]:
    """On a terminal one bar for each part of the work; elsewhere nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda name, total, done: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}"),
               TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, Any] = {}

        def show(name: str, total: int | None, done: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=total)
            bar.update(tasks[name], advance=done)

        yield show


__all__ = ["keys"]
