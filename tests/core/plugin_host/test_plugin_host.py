"""Plugins: found, checked, asked; one that fails is left out, and the page is still served."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
import pytest
import structlog
from flask import Flask
from pydantic import BaseModel

from core import hookspecs
from core.hookspecs import Action, Channel, Panel, hookimpl
from core.plugin_host.always_on import always_on
from core.plugin_host.checks import PluginError, check_hooks, check_identity
from core.plugin_host.host import PluginHost, UnknownForce, host
from core.testing import allocated, recorded
from tests.conftest import AVON, HERTS
from tests.forces import live_force
from tests.people import meet, person_browser, take

module = import_module("core.plugin_host.host")
finding = import_module("core.plugin_host.finding")


def plugin(name: str = "greeting", **members: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(NAME=name, VERSION="1", SETTINGS=None, __file__=__file__, **members)
    return made


@pytest.fixture
def with_plugin(app: Flask) -> Iterator[Any]:
    """Registers a plugin at Hertfordshire only, for one test."""
    registered: list[ModuleType] = []
    manager = host(app).get(HERTS).manager

    def add(made: ModuleType) -> None:
        manager.register(made, made.NAME)
        registered.append(made)

    yield add
    for made in registered:
        manager.unregister(made)


def test_a_panel_of_a_plugin_is_shown_at_the_force_that_has_it(
    app: Flask, with_plugin: Any
) -> None:
    @hookimpl
    def case_actions(viewing: Any) -> list[Action]:
        return [Action(5, "Write", "messages.thread", {"case_id": viewing.case_id})]

    with_plugin(plugin(case_actions=case_actions))
    take(app, recorded(), allocated())
    assert person_browser(app, meet(app)).get(f"/case/{meet(app).case}").status_code == 200


@pytest.mark.parametrize(
    "fault", ["raises", "answers markup", "answers other things", "changes its arguments"]
)
def test_a_failing_plugin_is_left_out_by_name_and_the_page_is_served(
    app: Flask, with_plugin: Any, fault: str
) -> None:
    @hookimpl
    def case_panels(viewing: Any) -> Any:
        if fault == "raises":
            raise RuntimeError("the secret of 41/1/24")
        if fault == "changes its arguments":
            viewing.case_id = None
        return "<b>hello</b>" if fault == "answers markup" else [Panel]

    with_plugin(plugin("noisy", case_panels=case_panels))
    take(app, recorded(), allocated())
    with structlog.testing.capture_logs() as logged:
        answer = person_browser(app, meet(app)).get(f"/case/{meet(app).case}")
    assert answer.status_code == 200
    assert "<b>hello</b>" not in answer.text
    assert ("noisy", "plugin_left_out") in [(line.get("plugin"), line["event"]) for line in logged]
    assert "the secret" not in str(logged)


def test_a_misspelt_hook_stops_the_start(app: Flask) -> None:
    @hookimpl
    def case_panel(viewing: Any) -> None:
        """No such hook."""

    manager = module.pluggy.PluginManager(module.hookspecs.PROJECT)
    manager.add_hookspecs(module.hookspecs)
    manager.register(plugin(case_panel=case_panel), "misspelt")
    with pytest.raises(PluginError, match="plugin misspelt: there is no hook case_panel"):
        check_hooks(manager)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (plugin("a"), "calls itself a"),
        (ModuleType("b"), "lacks NAME"),
    ],
)
def test_a_plugin_must_say_who_it_is(made: ModuleType, said: str) -> None:
    with pytest.raises(PluginError, match=said):
        check_identity("c", made)


@pytest.mark.parametrize(("declared", "said"), [
    ({"PROVIDES": "letters"}, r'PROVIDES is a tuple .* like \("letters",\)'),
    ({"PROVIDES": ("Staff sign-in",)}, "PROVIDES"),
    ({"PROVIDES": {"letters": "x"}}, "PROVIDES"),
    ({"NEEDS": ("letters",)}, "NEEDS says of each capability what people miss"),
    ({"NEEDS": {"letters": ""}}, "NEEDS"),
    ({"NEEDS": {"the letters": "x"}}, "NEEDS"),
])
def test_a_plugin_that_says_wrongly_what_it_provides_or_needs_is_refused(
    declared: dict[str, object], said: str
) -> None:
    made = ModuleType("c")
    vars(made).update(NAME="c", VERSION="1", SETTINGS=None, **declared)
    with pytest.raises(PluginError, match=f"plugin c: {said}"):
        check_identity("c", made)


@pytest.mark.parametrize(("declared", "said"), [
    ({"CHANNELS": Channel.EMAIL}, r"CHANNELS is a tuple of channels, like \(Channel.EMAIL,\)"),
    ({"CHANNELS": ("email",), "deliver": lambda notice: None}, "CHANNELS is a tuple of channels"),
    ({"CHANNELS": (Channel.TEXT,)}, "by which channels does it deliver?"),
    ({"deliver": lambda notice: None}, "by which channels does it deliver?"),
    ({"CHANNELS": (), "deliver": lambda notice: None}, "by which channels does it deliver?"),
])
def test_a_plugin_that_delivers_says_by_which_channels(declared: dict[str, Any], said: str) -> None:
    made = ModuleType("c")
    hooks = {name: hookimpl(one) for name, one in declared.items() if name == "deliver"}
    vars(made).update(NAME="c", VERSION="1", SETTINGS=None, **{**declared, **hooks})
    with pytest.raises(PluginError, match=f"plugin c: .*{said}"):
        check_identity("c", made)
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(made, "force:c")  # a force's own hooks.py
    with pytest.raises(PluginError, match=said):
        check_hooks(manager)


@pytest.mark.parametrize(("declared", "said"), [
    ({"ALWAYS_ON": "yes"}, "ALWAYS_ON is True, or is not there"),
    ({"ALWAYS_ON": True, "SETTINGS": BaseModel}, "no force lists it, so none can give it settings"),
    ({"ALWAYS_ON": True, "DEMO_ONLY": True}, "it cannot be both"),
])
def test_a_plugin_that_no_force_can_leave_out_is_nothing_that_a_force_would_have_to_choose(
    declared: dict[str, object], said: str
) -> None:
    made = ModuleType("c")
    vars(made).update({"NAME": "c", "VERSION": "1", "SETTINGS": None, **declared})
    with pytest.raises(PluginError, match=f"plugin c: .*{said}"):
        check_identity("c", made)


def test_an_installed_package_brings_a_plugin_and_a_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_force(tmp_path, plugins=["sign_in"])
    (tmp_path / "midshire" / "__init__.py").write_text("")
    (tmp_path / "tmc_bell.py").write_text("NAME, VERSION, SETTINGS = 'bell', '1', None\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    points = {
        finding.PLUGIN_GROUP: [EntryPoint("bell", "tmc_bell", finding.PLUGIN_GROUP)],
        finding.FORCE_GROUP: [EntryPoint("midshire", "midshire", finding.FORCE_GROUP)],
    }
    monkeypatch.setattr(finding, "entry_points", lambda group: points[group])
    found = PluginHost()
    assert "bell" in found.plugins
    assert found.get("midshire").force.name == "Midshire Police"
    assert "bell" not in found.get("midshire").force.plugins
    sys.modules.pop("tmc_bell", None)


def test_a_plugin_that_is_not_listed_was_never_registered(app: Flask, tmp_path: Path) -> None:
    installed = PluginHost(live_force(tmp_path, plugins=["support"])).get("midshire")
    names = {name for name, _ in installed.manager.list_name_plugin()}
    assert names == {"core", "support", *always_on(host(app).plugins)}
    assert {"sign_in", "messages"} <= {
        name for name, _ in host(app).get(HERTS).manager.list_name_plugin()
    }


def test_a_force_that_lists_a_plugin_that_is_not_there_is_named_with_its_file(
    tmp_path: Path,
) -> None:
    broken = PluginHost(live_force(tmp_path, plugins=["sign_on"]))
    problem = broken.faulty["midshire"].problems[0]
    assert (problem.key, "sign_on" in problem.wrong) == ("plugins.sign_on", True)
    assert "sign_in" in problem.right


def test_a_plugin_that_puts_itself_on_works_for_a_force_whose_file_does_not_list_it() -> None:
    found, other = PluginHost(), plugin("greeting", PUTS_ITSELF_ON=True)
    found.plugins["greeting"] = other
    force, before = found.get(HERTS).force, found.get(AVON)
    found.put_on("greeting", force.model_copy(update={"plugins": (*force.plugins, "greeting")}))
    assert found.get(HERTS).manager.has_plugin("greeting")
    assert "greeting" in found.get(HERTS).force.plugins
    assert found.get(HERTS).settings["greeting"] is None
    assert found.get(AVON) is before


def test_a_plugin_that_a_force_lists_is_not_put_on_without_its_file() -> None:
    found = PluginHost()
    found.plugins["greeting"] = plugin("greeting")
    before = found.get(HERTS)
    with pytest.raises(PluginError, match="greeting does not put itself on: a force lists it"):
        found.put_on("greeting", before.force)
    assert found.get(HERTS) is before
    assert not before.manager.has_plugin("greeting")


def test_an_unknown_force_is_answered_with_those_there_are(app: Flask) -> None:
    with pytest.raises(UnknownForce, match=f"{AVON}, .*{HERTS}"):
        host(app).get("atlantis")


def test_a_force_answers_a_hook_before_its_plugins(tmp_path: Path) -> None:
    folder = live_force(tmp_path, plugins=["sign_in"])
    (folder / "midshire" / "hooks.py").write_text(
        "from core.hookspecs import hookimpl\n\n\n"
        "@hookimpl\ndef sign_in_at(who):\n    return 'pages.safety'\n"
    )
    installed = PluginHost(folder).get("midshire")
    assert installed.hook.sign_in_at(force=installed.force, who="person") == "pages.safety"
