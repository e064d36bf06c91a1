"""Whoever calls a command wrongly reads one line that says what, where, and what to do."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask

from core.cli import main
from core.cli.main import root
from core.plugin_host.host import PluginHost
from tests.conftest import HERTS

# What they begin goes on; of these only what is refused before.
GO_ON = {"web", "worker", "demo", "forces preview"}
FORCES = {"force", "force_id", "name", "one", "other", "old", "new"}
LONG = "x" * 300
NAMES = ("", "nobody", "../..", HERTS.upper(), LONG, "-", "\u202e")
NUMBERS = ("", "x", "-1", "0", "1.5", "9" * 30)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Paths that are no file that any command is for."""
    folder = tmp_path_factory.mktemp("files")
    found = {
        "noise": bytes(range(256)), "utf16.csv": "district,crime_type\r\n".encode("utf-16"),
        "latin.csv": "district,crime_type,reported_on\nS\xe9,x,2026-01\n".encode("latin-1"),
        "empty": b"", "noise.jsonl": b"\xff\xfe\x00", "cut.jsonl.gz": b"\x1f\x8b\x08",
        "noise.toml": b"\x80=\n", "blank.toml": b"\n", "force.csv": b"a;b\n1;2;3\n",
    }
    for name, content in found.items():
        (folder / name).write_bytes(content)
    inside = str(folder / "noise" / "below")
    return [*(str(folder / name) for name in found), str(folder), str(folder / "none"), inside,
            str(folder / LONG), "", "/dev/null/none"]


def commands() -> Iterator[tuple[str, click.Command]]:
    main.add_plugin_commands()
    below: list[tuple[str, click.Command]] = list(root.commands.items())
    for name, command in below:
        if isinstance(command, click.Group):
            below += [(f"{name} {part}", one) for part, one in command.commands.items()]
        else:
            yield name, command


COMMANDS = dict(commands())


def plausible(parameter: click.Parameter) -> str:
    if isinstance(parameter.type, click.Choice):
        return str(next(iter(parameter.type.choices)))
    return {"source": "niche"}.get(str(parameter.name), HERTS if parameter.name in FORCES else "1")


def wrong(parameter: click.Parameter, files: list[str]) -> tuple[str, ...]:
    """Values of the kind that the parameter takes, and that are none."""
    kind: Any = parameter.type
    if isinstance(kind, click.Path) or parameter.name in ("compare", "name", "one"):
        return (*files, *NAMES)
    return NUMBERS if isinstance(kind, click.types.IntParamType | click.types.FloatParamType) else NAMES


def call(name: str, given: Mapping[str, str]) -> list[str]:
    """The words of a call with values by the names of parameters."""
    options, arguments = list[str](), list[str]()
    for one in COMMANDS[name].params:
        if isinstance(one, click.Argument):
            arguments += [given[str(one.name)]] if one.name in given else []
        elif one.name in given:
            options.append(f"{one.opts[0]}={given[one.name]}")
    return [*name.split(), *options, "--", *arguments]


def calls(name: str, files: list[str]) -> Iterator[list[str]]:
    takes = [one for one in COMMANDS[name].params if not getattr(one, "is_flag", False)]
    required = {str(one.name): plausible(one) for one in takes if one.required}
    for parameter in takes:
        for value in wrong(parameter, files):
            yield call(name, {**required, str(parameter.name): value})
    yield [*name.split(), "--nonsense"]
    yield [*call(name, required), *["more"] * 9]


@pytest.mark.parametrize("name", sorted(GO_ON))
def test_a_number_that_none_can_be_starts_nothing(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    required = {str(one.name): plausible(one) for one in COMMANDS[name].params if one.required}
    numbers = [one for one in COMMANDS[name].params if isinstance(one.type, click.types.IntParamType)]
    assert numbers
    for parameter in numbers:
        for value in NUMBERS:
            with pytest.raises(SystemExit) as ended:
                main.main(call(name, {**required, str(parameter.name): value}))
            said = capsys.readouterr().err
            assert ended.value.code == 2 and said.count("\n") == 1 and parameter.opts[0] in said


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - GO_ON))
def test_a_command_that_is_called_wrongly_says_so_in_one_line(
    name: str, app: Flask, files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(main, "create_app", lambda: app)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    # So that ../.. is a folder of this test: some commands read all that is below it.
    within = tmp_path / "two" / "below"
    within.mkdir(parents=True)
    monkeypatch.chdir(within)
    # Every force is read to say that there is no such owner: the same ones each time.
    monkeypatch.setattr("core.cli.schema_draft.PluginHost", cache(PluginHost))
    refused = 0
    for words in calls(name, files):
        with pytest.raises(SystemExit) as ended:
            main.main(words)
        said = capsys.readouterr().err
        assert ended.value.code in (0, 1, 2), (words, said)
        if ended.value.code == 2:
            refused += 1
            assert said.startswith("trackmycrime: ") and said.count("\n") == 1, (words, said)
            assert len(said) > len("trackmycrime: ....."), words
    assert refused
