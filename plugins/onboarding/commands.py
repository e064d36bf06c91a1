"""``trackmycrime forces``: list, check, show and diff; none needs an app or a database."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from core.force import FileProblem, ForceFileError, one_of, read_force
from core.plugin_host import WrongCall, find_forces, find_plugins, force_file, group, review
from plugins.onboarding.values import as_written, differences, effective

forces = group("forces", "The forces of this installation.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")
QUIET = click.option("--quiet", is_flag=True, help="Say nothing when all is well.")


@forces.command("list", with_appcontext=False)
@AS_JSON
def forces_list(as_json: bool) -> None:
    """Every force, its status and its name."""
    rows = []
    for force_id, folder in find_forces(review.forces_dir()).items():
        try:
            force = read_force(folder / "force.toml")
            rows.append({"id": force_id, "status": force.status, "name": force.name})
        except ForceFileError:
            told = f"run: trackmycrime forces check {force_id}"
            rows.append({"id": force_id, "status": "faulty", "name": told})
    if as_json:
        _json(rows)
        return
    for row in rows:
        click.echo(f"{row['id']:24} {row['status']:8} {row['name']}")


# --- check --------------------------------------------------------------------------------------


@forces.command("check", with_appcontext=False)
@click.argument("ids", nargs=-1)
@click.option("--for-live", metavar="ID", multiple=True,
              help="Fail as well if this force lacks anything to go live.")
@AS_JSON
@QUIET
def forces_check(
    ids: tuple[str, ...], for_live: tuple[str, ...], as_json: bool, quiet: bool
) -> None:
    """Check force.toml files: all problems at once, with file, key and line.

    Without ID all forces. What a draft lacks to go live is listed and is no problem; a warning is
    none either.
    """
    known = find_forces(review.forces_dir())
    wanted = list(dict.fromkeys((*for_live, *ids))) or list(known)
    _refuse_unknown(wanted, known)
    found = review.review(wanted, known, find_plugins())
    faults = [fault for one in found for fault in one.faults]
    unready = [one for one in found if one.id in for_live and one.lacks]
    if as_json:
        _json({
            "problems": [_as_table(fault) for fault in faults],
            "warnings": [_as_table(warning) for one in found for warning in one.warnings],
            "missing_to_go_live": {one.id: [f"{key}: {said}" for key, said in one.lacks]
                                   for one in found if one.status != "faulty"},
        })
    else:
        warnings = [] if quiet else [warning for one in found for warning in one.warnings]
        for problem in (*faults, *warnings):
            click.echo(str(problem))
        for line in _in_words(unready if quiet else found, at_length=bool(for_live or ids)):
            click.echo(line)
    sys.exit(1 if faults or unready else 0)


def _refuse_unknown(ids: Iterable[str], known: Iterable[str]) -> None:
    for one in ids:
        if one not in known:
            raise WrongCall(f"there is no force “{one}”. Right would be: "
                            f"{one_of(one, known)}. See: trackmycrime forces list")


def _as_table(problem: FileProblem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in ("file", "key", "line", "wrong", "right")}


def _in_words(found: Sequence[review.Review], *, at_length: bool) -> list[str]:
    if at_length:
        return [line for one in found for line in _at_length(one)]
    return [*_table(found), *_sum(found)] if found else []


def _at_length(one: review.Review) -> list[str]:
    if one.faults:
        return [f"{one.id}: {_count(len(one.faults), 'fault')}, see above"]
    if not one.lacks:
        return [f"{one.id} ({one.status}): no faults, and nothing is missing to go live"]
    head = f"{one.id} ({one.status}): no faults. To go live it lacks:"
    return [head, *(f"  {key}: {said}" for key, said in one.lacks)]


def _table(found: Sequence[review.Review]) -> list[str]:
    width = max(len(one.id) for one in found)
    room = max(shutil.get_terminal_size((110, 24)).columns, 60) - 1
    lines = [f"{'force':{width}}  status  lacks  the first of what it lacks to go live"]
    for one in found:
        said = "; ".join(said for _, said in one.lacks) or "nothing"
        if one.faults:
            said = f"{_count(len(one.faults), 'fault')}, see above"
        lacks = "-" if one.status == "faulty" else str(len(one.lacks))
        lines.append(_cut(f"{one.id:{width}}  {one.status:6}  {lacks:>5}  {said}", room))
    return lines


def _sum(found: Sequence[review.Review]) -> list[str]:
    faults, warnings = (sum(len(getattr(one, what)) for one in found)
                        for what in ("faults", "warnings"))
    return ["", f"{_count(len(found), 'force')}: {_count(faults, 'fault')}, "
                f"{_count(warnings, 'warning')}. All that one lacks: trackmycrime forces check ID"]


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _cut(line: str, room: int) -> str:
    return line if len(line) <= room else f"{line[:room - 2]} …"


# --- show, diff ---------------------------------------------------------------------------------


@forces.command("show", with_appcontext=False)
@click.argument("name", metavar="ID")
@AS_JSON
def forces_show(name: str, as_json: bool) -> None:
    """What is in effect for the force ID, each value with where it comes from.

    ID may also be the path of a force.toml.
    """
    values = effective(force_file(name))
    if as_json:
        _json([{"key": one.key, "value": as_written(one.value), "from": one.origin,
                "line": one.line} for one in values])
        return
    width = max(len(one.place) for one in values)
    for one in values:
        _line(f"{one.place:{width}}  {one.key} = ", one.value)


@forces.command("diff", with_appcontext=False)
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@AS_JSON
def forces_diff(one: str, other: str, as_json: bool) -> None:
    """What differs between two forces, by key; A and B are ids or paths of a force.toml."""
    found = differences(force_file(one).force, force_file(other).force)
    if as_json:
        _json([{"key": d.key, "a": as_written(d.one), "b": as_written(d.other)} for d in found])
        return
    for difference in found:
        click.echo(difference.key)
        for mark, name, said in (("-", one, difference.one), ("+", other, difference.other)):
            if said != []:  # of two lists, what only one of them holds
                _line(f"  {mark} {name}: ", said)
    if not found:
        click.echo("no difference")


def _line(start: str, value: Any) -> None:
    said = "not set" if value is None else json.dumps(as_written(value), ensure_ascii=False)
    if sys.stdout.isatty():
        said = _cut(said, max(shutil.get_terminal_size().columns - len(start) - 1, 20))
    click.echo(start + said)


def _json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
