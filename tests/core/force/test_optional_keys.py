"""What an operator reads of a key that a force's file may leave out and a command cannot do without."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from core.cli import main
from core.cli.main import root
from core.force.file.reading import read_force
from core.force.file.toml_text import read_text
from core.force.model import Force
from core.plugin_host.finding import find_forces, find_plugins
from core.plugin_host.host import InstalledForce, host
from core.plugin_host.settings import settings_of
from core.storage.db import db, force_scope
from plugins.demo import samples as demo_samples
from tests.conftest import HERTS

Run = Callable[..., Result]
REAL = sorted(find_forces(None))
# Read only, so that the forces of one table can share a database; the rest ask for no key of the file.
ASKING = (
    "police-uk replay {folder} --json --write-events {out}", "forces simulate {file} --from-replay {folder}",
    "forces simulate {file} --from-csv {table}", "feed import {csv} --source {source}", "feed parked",
    "feed digest", "feed left-out", "keys list", "keys new --source nobody",
    "keys end --source {source} --made never", "demand", "staff list", "notices list", "cases overdue",
    "cases erase --reference X1 --confirm no", "forces show {file}", "forces erase {force} --confirm no",
    "commitments check", "commitments export --format csv", "commitments remind", "commitments sweep",
)
OF_ALL = ("audit verify", "audit head", "keys check")
NO_FORCE = {
    "settings", "routes", "web", "worker", "schema upgrade", "schema check", "schema draft", "forces list",
    "forces check", "forces new", "forces diff", "keys master", "keys rotate", "notices retry",
    "notices release", "staff set-role", "feed retry", "forces merge", "demo", "forces preview",
    "staff client-secret", "staff setup-code", "staff end-access", "staff give-access",
}


@pytest.fixture(scope="module")
def commands() -> None:
    main.add_plugin_commands()


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    """Files that no command comes to read: the key that is missing is told before."""
    for name in ("folder", "table.csv", "old.csv"):
        (tmp_path / name).mkdir() if name == "folder" else (tmp_path / name).write_text("no,table\n")
    return {"folder": str(tmp_path / "folder"), "table": str(tmp_path / "table.csv"),
            "csv": str(tmp_path / "old.csv"), "out": str(tmp_path / "out.jsonl")}


def asked(app: Flask, line: str, force: str, places: Mapping[str, str]) -> Result:
    installed = host(app).get(force)
    source = next(iter(installed.force.feed_sources), "niche")
    given = {**places, "file": installed.file, "force": force, "source": source}
    words = [word.format(**given) for word in line.split()]
    command: Any = root
    for word in words[:2]:
        command = command.commands.get(word, command) if isinstance(command, click.Group) else command
    takes_force = any("--force" in parameter.opts for parameter in command.params)
    with app.app_context():
        return CliRunner().invoke(
            root, [*words, *(["--force", force] if takes_force else [])],
            obj=ScriptInfo(create_app=lambda: app),
        )


def is_one_sentence(result: Result, *words: str) -> None:
    said = result.output.strip()
    assert "\n" not in said, said
    for word in words:
        assert word in said, said


def is_clean(result: Result) -> None:
    """Done, or refused for what a person can put right, which ``main`` says in its lines."""
    expected = (SystemExit, click.ClickException)
    assert result.exception is None or isinstance(result.exception, expected), repr(result.exception)
    assert result.exit_code in (0, 1, 2)


# --- the forces of the portal ---------------------------------------------------------------------


def street_file(folder: Path, force: Force) -> None:
    """A file that cannot be read, so that a command that opens it before it looks at keys is seen."""
    folder.mkdir(exist_ok=True)
    (folder / f"2026-02-{force.id}-street.csv").write_bytes(b"\xff\xff")


@pytest.mark.usefixtures("commands")
def test_an_operator_replays_every_force_or_reads_what_to_write_in_its_file(
    app: Flask, places: dict[str, str]
) -> None:
    for force_id in REAL:
        installed = host(app).get(force_id)
        street_file(Path(places["folder"]), installed.force)
        template = installed.force.references.template
        categories = "police_uk" in installed.force.plugins
        for line, missing in (
            (ASKING[0], "references.template" if categories and not template else
             "" if categories else "[plugins.police_uk.crime_types]"),
            (ASKING[1], "" if categories else "[plugins.police_uk.crime_types]"),
        ):
            result = asked(app, line, force_id, places)
            if missing:
                assert result.exit_code == 2
                is_one_sentence(result, f"{force_id}: {installed.file} has no {missing}, ", "write there: ")
            else:
                assert result.exit_code == 1
                is_one_sentence(result, "is not UTF-8 text")


@pytest.mark.usefixtures("commands")
def test_no_command_shows_a_mistake_of_ours_at_any_force(app: Flask, places: dict[str, str]) -> None:
    some = [HERTS, *(one for one in REAL if not host(app).get(one).force.references.template), REAL[-1]]
    for line in ASKING[2:]:
        for force_id in some:
            result = asked(app, line, force_id, places)
            is_clean(result)
            if result.exit_code:
                is_one_sentence(result)


def test_every_force_can_be_tried_out_with_sample_people() -> None:
    for folder in find_forces(None).values():
        force = read_force(folder / "force.toml")
        made = [demo_samples.reference(force, number) for number in range(3)]
        assert len(set(made)) == 3
        assert all(map(force.looks_like_reference, made)), force.id


# --- each optional key taken away -----------------------------------------------------------------

OPTIONAL = (
    "hosts", "website", "ons_code", "governed_by", "notes", "to_confirm", "texts", "visits",
    "references", "references.template", "references.help", "references.patterns", "districts",
    "crime_types", "support", "feed", "feed.sources", "oversight", "retention", "plugins", "phases",
    "plugins.police_uk", "plugins.police_uk.crime_types", "plugins.record_feed", "plugins.eligibility",
    "brand.accent", "brand.logo",
)


def without(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """*data* without the key, and without what can only be there with it."""
    left: dict[str, Any] = copy.deepcopy(dict(data))
    *tables, last = key.split(".")
    table = left
    for name in tables:
        table = table.get(name, {})
    table.pop(last, None)
    if key in ("districts", "crime_types"):
        left["phases"], left["support"] = [], []
        if key == "crime_types":
            left["plugins"]["police_uk"].pop("crime_types")
        for source in left["feed"]["sources"].values():
            source.pop("map", None)
    return left


@pytest.fixture
def lessened(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[[str], InstalledForce]]:
    """Hertfordshire without a key of its file."""
    whole, left_out = host(app).get(HERTS), list[tuple[Any, str]]()
    data = tomllib.loads(read_text(whole.file))

    def lessen(key: str) -> InstalledForce:
        left = without(data, key)
        force = Force.model_validate(left)
        folder = tmp_path / HERTS
        folder.mkdir(exist_ok=True)
        (folder / "force.toml").write_text("\n".join(toml_of(left)))
        settings = settings_of(force, folder, find_plugins())
        made = replace(whole, force=force, folder=folder, settings=settings)
        for name in {*whole.force.plugins} - {*force.plugins}:  # what is not listed is not asked
            if plugin := whole.manager.unregister(name=name):
                left_out.append((plugin, name))
        monkeypatch.setitem(host(app).installed, HERTS, made)
        return made

    yield lessen
    for plugin, name in left_out:
        whole.manager.register(plugin, name)


def toml_of(table: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Lines of a TOML file; enough for a ``force.toml``."""
    for name, value in table.items():
        if not isinstance(value, dict):
            yield f'"{name}" = {inline(value)}'
    for name, value in table.items():
        if isinstance(value, dict):
            yield f'[{above}"{name}"]'
            yield from toml_of(value, f'{above}"{name}".')


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{name}" = {inline(one)}' for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.usefixtures("commands")
@pytest.mark.parametrize("key", OPTIONAL)
def test_no_command_shows_a_mistake_of_ours_without_an_optional_key(
    key: str, app: Flask, places: dict[str, str], lessened: Callable[[str], InstalledForce]
) -> None:
    made = lessened(key)
    street_file(Path(places["folder"]), made.force)
    for line in ASKING:
        result = asked(app, line, HERTS, places)
        is_clean(result)
        if "write there" in result.output:
            is_one_sentence(result, f"{HERTS}: {made.file} has no ", "write there: ")
    with app.app_context(), force_scope(HERTS):
        demo_samples.load(made.force)
        db.session.rollback()


TOLD = {
    "references.template": ASKING[0], "references": ASKING[0], "plugins.police_uk.crime_types": ASKING[0],
    "plugins.police_uk": ASKING[1], "districts": ASKING[0], "feed.sources": ASKING[3],
    "plugins.record_feed": "feed parked", "plugins.eligibility": "demand",
}


@pytest.mark.usefixtures("commands")
@pytest.mark.parametrize("key", TOLD)
def test_the_command_that_needs_the_key_names_it_before_it_reads_a_file(
    key: str, app: Flask, places: dict[str, str], lessened: Callable[[str], InstalledForce]
) -> None:
    made = lessened(key)
    street_file(Path(places["folder"]), made.force)
    result = asked(app, TOLD[key], HERTS, places)
    assert result.exit_code == 2
    is_one_sentence(result, f"{HERTS}: {made.file} has no ", key.removesuffix("s").split(".")[-1])


@pytest.mark.usefixtures("commands")
def test_a_csv_without_its_mapping_says_which_table_to_write(
    app: Flask, places: dict[str, str]
) -> None:
    result = asked(app, "feed import {csv} --source niche", HERTS, places)
    assert result.exit_code == 1
    is_one_sentence(result, HERTS, "force.toml has no [plugins.record_feed.csv.niche.columns]", places["csv"])


@pytest.mark.usefixtures("commands")
def test_every_command_that_is_about_a_force_was_asked() -> None:
    def names(group: click.Group, above: str = "") -> Iterator[str]:
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                yield from names(command, f"{above}{name} ")
            else:
                yield f"{above}{name}"

    there = {*names(root)}
    told = {next(name for name in there if line == name or line.startswith(f"{name} ")) for line in ASKING}
    assert there == told | NO_FORCE | {*OF_ALL}
