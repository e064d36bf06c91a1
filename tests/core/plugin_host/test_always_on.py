"""A plugin that is always on: every force has it, and none can leave it out, list it or give it settings.

Each test is asked twice: of such a plugin, and of the same one without the mark, which nobody lists.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import structlog
from click.testing import CliRunner

from core.app import create_app
from core.base.settings import Settings
from core.cli.main import add_plugin_commands, root
from core.force.file.reading import read_force
from core.plugin_host import jobs
from core.plugin_host.host import PluginHost
from core.plugin_host.jobs import registry, with_work
from core.plugin_host.promises import unkept
from core.plugin_host.settings import settings_of
from core.storage.db import close_connections
from plugins.onboarding.new_text import _plugins_for
from tests.core.plugin_host.hostile import installed, write

TEXT = """
PROVIDES = ("letters",)
ALWAYS_ON = WHETHER
RANG = []

@allow(anyone)
def hello():
    return "hello"

bp.add_url_rule("/noisy/hello", "hello", hello)

@hookimpl
def routes():
    return bp

@hookimpl
def jobs(registry):
    registry.task("noisy_ring", cron="1 2 * * *")(lambda: RANG.append(1))

@hookimpl
def sign_in_at(who):
    return "noisy.hello"
"""
always = pytest.mark.parametrize("always", [True, False], ids=["always on", "not listed"])


@pytest.fixture
def folder(tmp_path: Path, always: bool, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The plugin ``noisy`` is installed, and the live force midshire does not list it."""
    write(tmp_path, TEXT.replace("WHETHER", str(always)))
    with installed(tmp_path, monkeypatch) as forces:
        file = forces / "midshire/force.toml"
        file.write_text(file.read_text().replace("[plugins.noisy]\n", ""))
        monkeypatch.setenv("TMC_FORCES_DIR", str(forces))
        add_plugin_commands()
        yield forces


@pytest.fixture
def portal(folder: Path, settings: Settings) -> Iterator[Any]:
    app = create_app(settings.model_copy(update={"forces_dir": folder}))
    yield app
    with app.app_context():
        close_connections()


@always
def test_every_force_has_it_and_is_asked_before_it(folder: Path, always: bool) -> None:
    host = PluginHost(folder)
    assert len(host.installed) > 2
    for found in host.installed.values():
        assert found.has("noisy") is always
        assert found.manager.has_plugin("noisy") is always
        assert ("noisy" in found.settings) is always
        assert "noisy" not in found.force.plugins
    midshire = host.get("midshire")
    assert midshire.hook.sign_in_at(force=midshire.force, who="person") == "sign_in.start"


@always
def test_its_pages_answer_at_a_force_that_lists_nothing(portal: Any, always: bool) -> None:
    answer = portal.test_client().get("/midshire/noisy/hello")
    assert (answer.status_code, answer.text == "hello") == ((200, True) if always else (404, False))


@always
def test_its_jobs_run_for_every_force(portal: Any, always: bool) -> None:
    if not always:
        assert "noisy_ring" not in registry(portal).tasks, "no force lists it"
        return
    assert with_work(portal, "noisy_ring", ["midshire"]) == ["midshire"]
    with structlog.testing.capture_logs() as logged:
        jobs.run(portal, "noisy_ring", "midshire")
    assert "job_left_out" not in [line["event"] for line in logged]
    assert __import__("noisy").RANG == [1]


@always
def test_it_is_there_where_no_force_is_live(folder: Path, settings: Settings, always: bool) -> None:
    file = folder / "midshire/force.toml"
    file.write_text(file.read_text().replace('status = "live"', 'status = "draft"'))
    host, production = PluginHost(folder), settings.model_copy(update={"mode": "production"})
    assert host.served(production) == frozenset()
    assert ("noisy" in host.active(production)) is always


@always
def test_what_it_provides_is_promised_to_people_of_every_force(folder: Path, always: bool) -> None:
    plugins = {name: one for name, one in PluginHost(folder).plugins.items() if name in ("noisy", "sign_in")}
    missing = [said for _, said in unkept(read_force(folder / "midshire/force.toml"), plugins)]
    assert any("nobody gets an email" in said for said in missing) is not always


@always
def test_a_force_that_lists_it_is_told_that_it_is_always_on(folder: Path, always: bool) -> None:
    file = folder / "midshire/force.toml"
    file.write_text(file.read_text().replace("[plugins.sign_in]", "[plugins.noisy]\n[plugins.sign_in]"))
    host = PluginHost(folder)
    told = CliRunner().invoke(root, ["forces", "check", "midshire", "--json"])
    faults = {one["key"]: one["wrong"] for one in json.loads(told.output)["problems"]}
    if always:
        (problem,) = host.faulty["midshire"].problems
        assert problem.key == "plugins.noisy"
        assert problem.wrong == "the plugin noisy is always on: no force lists it"
        assert problem.line == file.read_text().split("\n").index("[plugins.noisy]") + 1
        assert faults["plugins.noisy"] == problem.wrong
    else:
        assert host.get("midshire").has("noisy")
        assert "plugins.noisy" not in faults


@always
def test_who_misspells_a_plugin_is_not_led_to_it(folder: Path, always: bool) -> None:
    file = folder / "midshire/force.toml"
    file.write_text(file.read_text().replace("[plugins.sign_in]", "[plugins.noisi]"))
    (problem,) = PluginHost(folder).faulty["midshire"].problems
    assert ("noisy" in problem.right) is not always


@always
def test_show_says_that_it_is_on_and_that_no_file_says_so(folder: Path, always: bool) -> None:
    told = CliRunner().invoke(root, ["forces", "show", "midshire", "--json"])
    shown = {one["key"]: one for one in json.loads(told.output)}
    expected = {"key": "plugins.noisy", "value": "on", "from": "always on", "line": None}
    assert shown.get("plugins.noisy") == (expected if always else None)


@always
def test_two_forces_do_not_differ_in_it(folder: Path, always: bool) -> None:
    told = CliRunner().invoke(root, ["forces", "diff", "midshire", "hertfordshire"])
    assert told.exit_code == 0
    assert "noisy" not in told.output


@always
def test_its_settings_are_asked_of_nobody(folder: Path, always: bool) -> None:
    host = PluginHost(folder)
    force = host.get("midshire").force
    found = settings_of(force, folder / "midshire", host.plugins)
    assert found.get("noisy", "not there") == (None if always else "not there")


@pytest.mark.parametrize("always", [True, False])
def test_a_new_force_is_written_without_it(always: bool) -> None:
    made = ModuleType("plugins.bell", "Rings.")
    vars(made).update(NAME="bell", **({"ALWAYS_ON": True} if always else {}))
    expected = [] if always else [("bell", "Rings.", [])]
    assert [*_plugins_for({"bell": made}, "England", demo=False)] == expected
