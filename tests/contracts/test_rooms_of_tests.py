"""Whoever looks for the tests of a file finds them: in its room, short, and with helpers of one home."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts import rules_of_tests as rules
from tests.contracts.small_house import write
from tools.rooms import FLOORS, ROOT

# Tests that import one room, or one plugin, and are about more than that.
ABOUT_MORE = {
    "tests/browser/test_letters_as_seen.py is about plugins/demo": "a browser opens the whole demo",
    "tests/browser/test_pseudo_languages.py is about core/force": "a browser opens the whole demo",
    "tests/contracts/test_hooks_document.py is about core/plugin_host": "it reads documents",
    "tests/contracts/test_no_language_by_name.py is about core/base": "it reads all code",
    "tests/contracts/test_set_up.py is about core/cli": "it sets up a clone",
    "tests/core/cli/test_too_large.py is about core/base": "the process that serves reads what is sent",
    "tests/core/intake/test_silence.py is about core/plugin_host": "it lets jobs run after news was taken in",
    "tests/core/notices/test_news_read.py is about core/intake": "what is read is a letter's and a message's",
    "tests/core/plugin_host/test_example_package.py is about core/notices": "a package of others is hosted",
    "tests/isolation/test_one_connection.py is about core/app": "forces are kept apart by all rooms",
    "tests/isolation/test_second_wall.py is about core/storage": "forces are kept apart by all rooms",
    "tests/journeys/test_the_whole_way.py is about core/web": "a datum goes through all processes",
    "tests/promises/test_journeys.py is about core/commitments": "a browser shows one promise to three people",
    "tests/security/test_odd_signs.py is about core/base": "it asks every address",
    "tests/security/test_scripts_stay_text.py is about core/base": "a browser reads every page",
    "tests/security/test_shadow.py is about core/base": "the shadow falls on every test",
    "tests/walls/test_gates.py is about core/app": "it is among those that must notice a missing wall",
}


def test_a_test_stands_in_the_room_that_it_is_about() -> None:
    assert {*rules.elsewhere(ROOT)} == {*ABOUT_MORE}


def test_every_room_has_tests_and_no_folder_of_them_is_of_a_room_that_is_gone() -> None:
    rooms = {path.name for path in (ROOT / "core").iterdir() if path.name in FLOORS and path.is_dir()}
    tested = {path.parent.name for path in (ROOT / "tests/core").glob("*/__init__.py")}
    assert tested - rooms == {"app"}, "core/app.py is a room of one file"
    assert rooms - tested == set()
    plugins = {path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py")}
    assert {path.parent.name for path in (ROOT / "tests/plugins").glob("*/__init__.py")} <= plugins


def test_no_helper_of_the_tests_is_written_twice() -> None:
    assert rules.written_twice(ROOT) == []


def test_no_file_of_the_tests_is_too_long_to_read() -> None:
    assert rules.too_long(ROOT) == []


# --- what each rule finds -------------------------------------------------------------------------

ROWS = "def rows(app):\n    return app.rows\n"
LETTERS = "def {name}(app):\n    {doc}first = app.letters\n    first.sort()\n    return first\n"


@pytest.mark.parametrize(("file", "text", "found"), [
    ("tests/test_due.py", "from core.audit import trail", "core/audit"),
    ("tests/core/web/test_due.py", "from core.audit import trail\nfrom core.base import clock", "core/audit"),
    ("tests/core/test_due.py", "from core.storage.db import db\nimport core.cases.people", "core/cases"),
    ("tests/security/test_due.py", "def test_it():\n    from core import notices", "core/notices"),
    ("tests/core/auditing/test_due.py", "from core.audit import chain", "core/audit"),
    ("tests/security/test_due.py", "from plugins.desk import forms", "plugins/desk"),
    ("tests/core/web/test_due.py", "import plugins.desk.forms", "plugins/desk"),
])
def test_a_test_of_one_room_that_stands_elsewhere_is_found(
    tmp_path: Path, file: str, text: str, found: str
) -> None:
    write(tmp_path, {file: text})
    assert rules.elsewhere(tmp_path) == [f"{file} is about {found}"]


@pytest.mark.parametrize(("file", "text"), [
    ("tests/core/audit/test_due.py", "from core.audit import trail"),
    ("tests/core/storage/keys/test_due.py", "from core.storage.keys import rotation"),
    ("tests/plugins/desk/test_due.py", "from plugins.desk import forms"),
    ("tests/plugins/desk/test_due.py", "from core.notices import letters"),
    ("tests/security/test_due.py", "from core.audit import trail\nfrom core.web import pages"),
    ("tests/security/test_due.py", "from core.cases.models import Case\nfrom core.testing.kit import Post"),
    ("tests/security/test_due.py", "from plugins.desk.models import Note"),
    ("tests/security/due.py", "from core.audit import trail"),
    ("tests/examples/tests/test_due.py", "from core.audit import trail"),
])
def test_a_test_that_stands_right_or_is_of_several_rooms_is_left_alone(
    tmp_path: Path, file: str, text: str
) -> None:
    write(tmp_path, {file: text})
    assert rules.elsewhere(tmp_path) == []


@pytest.mark.parametrize(("first", "second", "names"), [
    (ROWS, ROWS, "rows rows"),
    (ROWS, ROWS.replace("(app)", "(app: Flask)"), "rows rows"),
    (ROWS, f"import pytest\n\n\n@pytest.fixture\n{ROWS}", "rows rows"),
    (LETTERS.format(name="letters", doc='"""Sorted."""\n    '), LETTERS.format(name="post", doc=""),
     "letters post"),
])
def test_a_helper_that_is_written_twice_is_found(
    tmp_path: Path, first: str, second: str, names: str
) -> None:
    write(tmp_path, {"tests/core/a.py": first, "tests/plugins/test_b.py": second})
    one, other = names.split()
    assert rules.written_twice(tmp_path) == [f"tests/core/a.py::{one} = tests/plugins/test_b.py::{other}"]


@pytest.mark.parametrize(("first", "second"), [
    (ROWS, ROWS.replace("rows", "notices")),
    (ROWS, ROWS.replace("def rows", "def every_row")),
    ("def test_it():\n    assert 1\n", "def test_it():\n    assert 1\n"),
])
def test_what_only_looks_alike_is_left_alone(tmp_path: Path, first: str, second: str) -> None:
    write(tmp_path, {"tests/a.py": first, "tests/b.py": second})
    assert rules.written_twice(tmp_path) == []


def test_a_long_file_is_found(tmp_path: Path) -> None:
    write(tmp_path, {"tests/a.py": "a = 1\n" * 320, "tests/b.py": "a = 1\n" * 321})
    assert rules.too_long(tmp_path) == ["tests/b.py has 321 lines"]
