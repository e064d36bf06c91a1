"""The house holds: floors, faces, names and hooks. Each rule finds what is made to offend against it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts import house_names as names
from tests.contracts import house_rules as rules
from tests.contracts.small_house import write
from tools.house import loaded_by
from tools.rooms import FLOORS, ROOT, floor_of

Rule = Callable[[Path], list[str]]


def circles(root: Path) -> list[str]:
    return [" ".join(one) for one in rules.circles(root)]


def loads_above(root: Path) -> list[str]:
    """Modules of higher rooms that a process has after it imported one room."""
    house = rules.house_of(root)
    rooms = [f"core.{room}" for room in house.rooms if room in FLOORS and f"core.{room}" in house.modules]
    return [
        f"{room} loads {name}"
        for room, loaded in loaded_by(root, *rooms).items() for name in loaded
        if name not in house.modules
        or (floor_of(house.room(name)) or 0) > (floor_of(house.room(room)) or 0)
    ]


def too_many_hooks(root: Path) -> list[str]:
    return rules.hooks(root)[rules.MOST_HOOKS:]


ALL: tuple[Rule, ...] = (
    rules.arrows_up, circles, loads_above, rules.plugins_imported, rules.commands_loaded_with_pages,
    rules.reached_behind_faces, rules.poor_faces, names.plugins_named_in_core, names.plugins_named_by_others,
    names.forces_named, names.record_systems_named, names.nations_named, rules.forms_read_by_hand,
    too_many_hooks, rules.hooks_without_a_test,
)


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.__name__)
def test_the_portal_keeps_the_rule(rule: Rule) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.__name__)
def test_a_sound_house_keeps_the_rule(sound: Path, rule: Rule) -> None:
    assert rule(sound) == []


def test_every_room_has_a_floor_and_there_is_code_to_walk() -> None:
    house = rules.CHECKOUT
    assert {room for room in house.rooms if floor_of(room) is None} == set()
    assert {*FLOORS} - {*house.rooms} <= {"commitments"}
    assert len(house.modules) > 100
    assert len(house.templates) > 15
    assert len(house.arrows) > 300
    assert len(names.names_of(ROOT, "plugins")) > 10
    assert len(names.names_of(ROOT, "forces")) >= 2
    assert len(names.endpoints(ROOT)) > 50
    assert len(rules.hooks(ROOT)) > 5


def test_the_lowest_room_loads_little() -> None:
    assert 1 < len(loaded_by(ROOT, "core.base")["core.base"]) < 60


# --- what each rule finds ---------------------------------------------------------------------------

TWENTY_MORE = "".join(f'@hookspec\ndef hook_{n}():\n    """One."""\n' for n in range(20))
SCAN = '@hookspec\ndef scan():\n    """Looks."""\n'
MANY = "".join(f"name_{n} = {n}  # one\n" for n in range(31))
OFFENCES: dict[str, tuple[Rule, dict[str, str], str]] = {
    "an import up": (
        rules.arrows_up, {"core/base/clock.py": "from core.force import Force\n"},
        "core.base.clock:6 -> core.force"),
    "an import up inside a function": (
        rules.arrows_up, {"core/base/clock.py": "def late():\n    from core.force import model\n"},
        "core.base.clock:7 -> core.force.model"),
    "an import up by text": (
        rules.arrows_up, {"core/base/clock.py": "def late():\n    import_module('core.web')\n"},
        "core.base.clock:7 -> core.web"),
    "an import up for types": (
        rules.arrows_up, {"core/base/clock.py": "if TYPE_CHECKING:\n    from core.force import Force\n"},
        "core.base.clock:7 -> core.force"),
    "an import up by dots": (
        rules.arrows_up, {"core/base/clock.py": "from ..web import pages\n"},
        "core.base.clock:6 -> core.web.pages"),
    "a room without a floor": (
        rules.arrows_up, {"core/attic.py": "from core.base import now\n"}, "core.attic:1 -> core.base"),
    "an import of what starts the portal": (
        rules.arrows_up, {"core/cli/__init__.py": "import wsgi\n"}, "core.cli:6 -> wsgi"),
    "a template of a higher room, by a name in code": (
        rules.arrows_up, {"core/force/model.py": 'LETTER = "home.html"\n'},
        "core.force.model:9 -> core/web/templates/home.html"),
    "a template of a higher room, in a template": (
        rules.arrows_up, {"core/notices/templates/letter.html": '{% include "home.html" %}'},
        "core/notices/templates/letter.html:1 -> core/web/templates/home.html"),
    "a page of a higher room, in a template": (
        rules.arrows_up, {"core/notices/templates/letter.html": "\n{{ url_for('pages.home') }}"},
        "core/notices/templates/letter.html:2 -> core.web.pages"),
    "a page of a higher room, in code": (
        rules.arrows_up, {"core/force/model.py": 'def home():\n    return url_for("pages.home")\n'},
        "core.force.model:10 -> core.web.pages"),
    "two rooms in a circle": (
        circles, {"core/base/clock.py": "def late():\n    import core.force\n"}, "base force"),
    "two modules of a room in a circle": (
        circles, {"core/force/law.py": "from core.force.model import Force\n",
                  "core/force/model.py": "from core.force import law\n"}, "core.force.law core.force.model"),
    "a module that imports its own face": (
        circles, {"core/base/clock.py": "from core.base import now\n"}, "core.base core.base.clock"),
    "a room that loads a higher one": (
        loads_above, {"core/base/clock.py": "__import__('core.notices')\n", "core/notices/__init__.py": ""},
        "core.base loads core.notices"),
    "commands that come with their plugin": (
        rules.commands_loaded_with_pages,
        {"plugins/desk/by_hand.py": '@group.command("look")\ndef look():\n    """Looks."""\n',
         "plugins/desk/__init__.py": "from .by_hand import look\n"},
        "plugins.desk:5 loads plugins.desk.by_hand"),
    "a plugin that the core imports": (
        rules.plugins_imported, {"core/web/pages.py": "def late():\n    from plugins.desk import routes\n"},
        "core.web.pages:9 imports plugins.desk"),
    "the list of plugins, outside of the host": (
        rules.plugins_imported, {"core/cli/__init__.py": "def late():\n    import plugins\n"},
        "core.cli:7 imports plugins"),
    "the list of plugins, while the host is loaded": (
        rules.plugins_imported, {"core/plugin_host/__init__.py": "import forces\n"},
        "core.plugin_host:7 imports forces"),
    "a plugin that the host imports by its name": (
        rules.plugins_imported, {"core/plugin_host/__init__.py": "def late():\n    import plugins.desk\n"},
        "core.plugin_host:8 imports plugins.desk"),
    "a plugin that reaches behind a face": (
        rules.reached_behind_faces, {"plugins/desk/routes.py": "from core.force.model import Force\n"},
        "plugins/desk/routes.py:7 imports core.force.model: Force"),
    "a plugin that takes what a face does not offer": (
        rules.reached_behind_faces, {"plugins/desk/routes.py": "from core.force import model\n"},
        "plugins/desk/routes.py:7 imports core.force: model"),
    "a plugin that takes names from the core's docstring": (
        rules.reached_behind_faces, {"plugins/desk/routes.py": "from core import take_in\n"},
        "plugins/desk/routes.py:7 imports core: take_in"),
    "a plugin that imports another": (
        rules.reached_behind_faces, {"plugins/desk/routes.py": "import plugins.letters\n"},
        "plugins/desk/routes.py:7 imports plugins.letters"),
    "a plugin that imports another by dots": (
        rules.reached_behind_faces, {"plugins/desk/routes.py": "from ..letters import send\n"},
        "plugins/desk/routes.py:7 imports plugins.letters: send"),
    "a force that imports a plugin": (
        rules.reached_behind_faces, {"forces/midshire/hooks.py": "from plugins.desk import bp\n"},
        "forces/midshire/hooks.py:3 imports plugins.desk: bp"),
    "an example that reaches behind a face": (
        rules.reached_behind_faces, {"tests/examples/src/kit/rules.py": "from core.base.clock import now\n"},
        "tests/examples/src/kit/rules.py:1 imports core.base.clock: now"),
    "a step of the schema in a plugin's own code": (
        rules.reached_behind_faces, {"plugins/desk/routes.py": "from core.storage.migrations import op\n"},
        "plugins/desk/routes.py:7 imports core.storage.migrations: op"),
    "code in the core's own file": (
        rules.poor_faces, {"core/__init__.py": "import core.base\n"},
        "core/__init__.py is more than a docstring"),
    "a room without a face": (
        rules.poor_faces, {"core/cases/__init__.py": '"""Cases."""\n'}, "core.cases has no __all__"),
    "a face of too many names": (
        rules.poor_faces, {"core/cases/__init__.py": f"{MANY}__all__ = {[f'name_{n}' for n in range(31)]}\n"},
        "core.cases offers 31 names"),
    "a function that says nothing of itself": (
        rules.poor_faces, {"core/cases/__init__.py": "def take():\n    pass\n__all__ = ['take']\n"},
        "core.cases.take says nothing of itself"),
    "a value that says nothing of itself, two imports away": (
        rules.poor_faces, {"core/cases/__init__.py": "from core.force import LAW\n__all__ = ['LAW']\n",
                           "core/force/__init__.py": "from core.force.law import ACT as LAW\n",
                           "core/force/law.py": "import re\n\nACT = 1\n"},
        "core.cases.LAW says nothing of itself"),
    "a module that says nothing of itself": (
        rules.poor_faces, {"core/cases/__init__.py": "__all__ = ['law']\n", "core/cases/law.py": "ACT = 1\n"},
        "core.cases.law says nothing of itself"),
    "a name that a face does not have": (
        rules.poor_faces, {"core/cases/__init__.py": "__all__ = ['nowhere']\n"},
        "core.cases.nowhere says nothing of itself"),
    "a plugin's name as a text": (
        names.plugins_named_in_core, {"core/base/clock.py": 'NEEDED = ("desk",)\n'},
        "core/base/clock.py:6 names desk"),
    "a plugin's page": (
        names.plugins_named_in_core, {"core/web/pages.py": 'AT = "desk.start"\n'},
        "core/web/pages.py:8 names desk.start"),
    "a plugin's template": (
        names.plugins_named_in_core, {"core/web/pages.py": 'NAV = "desk/nav.html"\n'},
        "core/web/pages.py:8 names desk/nav.html"),
    "a plugin that a template asks for": (
        names.plugins_named_in_core, {"core/web/templates/home.html": '{% if "desk" in force.plugins %}'},
        "core/web/templates/home.html:2 names desk"),
    "a plugin's page in a template": (
        names.plugins_named_in_core, {"core/web/templates/home.html": "{{ url_for('desk.start') }}"},
        "core/web/templates/home.html:2 names desk.start"),
    "a plugin that has the name of a mode, and is asked for": (
        names.plugins_named_in_core, {"core/web/pages.py": 'SHOWN = "demo" in force.plugins\n',
                                      "plugins/demo/__init__.py": '"""Samples; the mode is "demo" too."""\n'},
        "core/web/pages.py:8 names demo"),
    "another plugin's settings": (
        names.plugins_named_in_core, {"core/web/pages.py": 'GIVEN = plugin_settings("demo")\n',
                                      "plugins/demo/__init__.py": '"""Samples."""\n'},
        "core/web/pages.py:8 names demo"),
    "another plugin's page": (
        names.plugins_named_by_others, {"plugins/letters/__init__.py": 'AT = url_for("desk.start")\n'},
        "plugins/letters/__init__.py:3 names desk.start"),
    "whether another plugin is listed": (
        names.plugins_named_by_others,
        {"plugins/letters/__init__.py": 'if "desk" not in the_force().plugins: x\n'},
        "plugins/letters/__init__.py:3 names desk"),
    "another plugin's template": (
        names.plugins_named_by_others,
        {"plugins/letters/templates/letters/one.html": '{% include "desk/nav.html" %}'},
        "plugins/letters/templates/letters/one.html:1 names desk/nav.html"),
    "whether another plugin is listed, in a template": (
        names.plugins_named_by_others,
        {"plugins/letters/templates/letters/one.html": '\n{% if x and "desk" not in force.plugins %}'},
        "plugins/letters/templates/letters/one.html:2 names desk"),
    "a force in shared code": (
        names.forces_named, {"plugins/desk/routes.py": "# as midshire does\n"},
        "plugins/desk/routes.py:7 names midshire"),
    "a force in a plugin's source, but not in its address": (
        names.forces_named,
        {"plugins/desk/sources.py": 'A = "https://news.example/midshire/1"\nB = "midshire"\n'},
        "plugins/desk/sources.py:2 names midshire"),
    "a force in an address of shared code": (
        names.forces_named, {"core/sources.py": '"https://www.midshire.police.uk"'},
        "core/sources.py:1 names midshire"),
    "a force in a tool": (
        names.forces_named, {"tools/shots.py": 'AT = "/midshire/"\n'}, "tools/shots.py:1 names midshire"),
    "a record system in a docstring": (
        names.record_systems_named, {"core/base/clock.py": '"""As Niche writes it."""\n'},
        "core/base/clock.py:6 names Niche"),
    "a record system in a name": (
        names.record_systems_named, {"core/base/clock.py": "POLICE_UK = 1\n"},
        "core/base/clock.py:6 names POLICE_UK"),
    "a record system whose name is a word too": (
        names.record_systems_named, {"core/base/clock.py": 'connect(\n    "connect")\n'},
        "core/base/clock.py:7 names connect"),
    "a record system in a template": (
        names.record_systems_named, {"core/web/templates/home.html": "data.police.uk"},
        "core/web/templates/home.html:2 names police.uk"),
    "a nation's law": (
        names.nations_named, {"core/web/pages.py": 'LAW = force.nation == "Scotland"\n'},
        "core/web/pages.py:8 names Scotland"),
    "a nation in a template": (
        names.nations_named, {"core/web/templates/home.html": "{% if force.nation == 'Northern Ireland' %}"},
        "core/web/templates/home.html:2 names Northern Ireland"),
    "a second list of nations": (
        names.nations_named, {"core/base/clock.py": 'Nation = Literal["England"]\n'}, "core/base/clock.py:6"),
    "a form that a view reads by hand": (
        rules.forms_read_by_hand, {"plugins/desk/routes.py": "TEXT = request.form.get('text', '')\n"},
        "plugins/desk/routes.py:7 reads request.form"),
    "a form that is read with the address": (
        rules.forms_read_by_hand, {"core/web/pages.py": "TO = flask.request.values['to']\n"},
        "core/web/pages.py:8 reads flask.request.values"),
    "a form of a request by another name": (
        rules.forms_read_by_hand,
        {"plugins/desk/routes.py": "from flask import request as asked\nFILE = asked.files\n"},
        "plugins/desk/routes.py:8 reads asked.files"),
    "a form that is taken by its name": (
        rules.forms_read_by_hand, {"forces/midshire/hooks.py": "TEXT = getattr(request, 'form')\n"},
        "forces/midshire/hooks.py:3 reads getattr(request, 'form')"),
    "too many hooks": (too_many_hooks, {"core/hookspecs.py": TWENTY_MORE}, "hook_19"),
    "a hook that no test calls": (
        rules.hooks_without_a_test, {"core/hookspecs.py": SCAN}, "scan"),
}


@pytest.mark.parametrize(("rule", "planted", "found"), OFFENCES.values(), ids=OFFENCES)
def test_a_rule_finds(sound: Path, rule: Rule, planted: dict[str, str], found: str) -> None:
    assert found in rule(write(sound, planted))


def test_an_address_of_others_names_no_force(sound: Path) -> None:
    write(sound, {"plugins/desk/sources.py": 'READ = "https://news.example/midshire/1"\n'})
    assert names.forces_named(sound) == []


def test_no_rule_is_without_something_that_it_finds() -> None:
    assert {rule for rule, _, _ in OFFENCES.values()} == {*ALL}


@pytest.mark.parametrize("test", [
    "hook.scan()", "force.one_by_one('scan')", "@hookimpl\ndef scan():\n    pass",
    "at(scan=hookimpl(lambda: 1))", "WRITTEN = '@hookimpl(tryfirst=True)\\ndef scan(): pass'",
])
def test_a_hook_is_called_by_a_test_that(sound: Path, test: str) -> None:
    write(sound, {"core/hookspecs.py": SCAN, "tests/test_scan.py": test})
    assert rules.hooks_without_a_test(sound) == []


def test_a_plugins_step_of_the_schema_imports_what_steps_are_made_of(sound: Path) -> None:
    write(sound, {"plugins/desk/migrations/one.py": "from core.storage.migrations import op\n"})
    assert rules.reached_behind_faces(sound) == []


def test_words_that_are_no_plugins_name_are_left_alone(sound: Path) -> None:
    write(sound, {
        "core/cases/__init__.py": '"""Cases."""\n__all__ = [\n    "desk",\n]\n',
        "core/base/clock.py": 'def desk():\n    """desk"""\nFILE = "demo.env"\nMODE = "demo"\n',
        "plugins/demo/__init__.py": '"""Samples."""\nSAID = "letters"\n',
    })
    assert names.plugins_named_in_core(sound) == names.plugins_named_by_others(sound) == []
