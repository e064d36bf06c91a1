"""What tools/house.py says is counted as it says: functions, comments, modules, and the walks of requests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.base import language
from core.plugin_host import the_force
from core.storage import force_scope
from tests.contracts.small_house import SOUND, write
from tools import house
from tools.rooms import House
from tools.walks import LOOK_UPS, Walk, there, walk, walks

CODE = '''"""What is in it."""

# why it is so


def one():
    """One."""


@mark
async def two():
    def three():  # noqa: E731
        return "# no comment"

    return three
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "core").mkdir()
    path = tmp_path / "core/code.py"
    path.write_text(CODE)
    return path


def test_functions_are_as_long_as_they_are_read_and_those_inside_count_too(file: Path) -> None:
    assert house.function_lengths([file]) == [2, 2, 5]


@pytest.mark.parametrize(("lengths", "most"), [
    ([7], 7), ([1, 2], 2), ([*range(1, 11)], 9), ([*range(1, 21)], 18)])
def test_nine_in_ten_are_no_longer_than(lengths: list[int], most: int) -> None:
    assert house.nine_in_ten(lengths) == most


def test_a_comment_is_said_to_people(file: Path) -> None:
    assert house.comments_in_100([file]) == 100 / 9


def test_what_cannot_be_imported_is_said(tmp_path: Path) -> None:
    write(tmp_path, {**SOUND, "core/base/__init__.py": "raise ValueError('a fault of its own')\n"})
    with pytest.raises(LookupError, match=r"core\.base cannot be imported.*a fault of its own"):
        house.loaded_by(tmp_path, "core.base")
    assert house.loaded_by(tmp_path, "core") == {"core": ["core"]}


def test_the_figures_of_a_house_are_told_with_what_is_wrong(tmp_path: Path) -> None:
    told = "\n".join(house.figures(House(write(tmp_path, SOUND))))
    assert "arrows between rooms 5, made of 5 places; for types alone 0" in told
    assert "arrows up 0" in told
    write(tmp_path, {"core/base/clock.py": "if TYPE_CHECKING:\n    from core.web import pages\n"})
    told = "\n".join(house.figures(House(tmp_path)))
    assert "arrows up 0\narrows up for types alone 1\n  core.base.clock:7 -> core.web.pages\n" in told
    write(tmp_path, {"core/base/clock.py": "def late():\n    import core.force\n"})
    told = "\n".join(house.figures(House(tmp_path)))
    assert "arrows up 1\n  core.base.clock:9 -> core.force (inside)" in told
    assert "circles of rooms 1\n  base force" in told
    write(tmp_path, {"core/attic.py": "import core.base\n"})
    told = "\n".join(house.figures(House(tmp_path)))
    assert "rooms that the staircase does not have 1: attic" in told
    assert "arrows up 1\n" in told


MOST_CHANGES = {"charged: POST": 300, "case page": 145, "code: POST": 290, "officer's update": 310}


# --- walks --------------------------------------------------------------------------------------------


def test_a_walk_changes_rooms_where_a_call_follows_a_call_in_another() -> None:
    way = ["core/app.py", "core/web/pages.py", "core/web/access.py", "plugins/one/a.py", "plugins/two/b.py"]
    found = Walk("a page", {1: [Path(one) for one in way], 2: [Path("core/app.py"), Path("core/app.py")]})
    assert (len(found.files), found.rooms, found.changes) == (5, {"app", "web", "plugins"}, 2)


def test_every_start_of_a_function_of_the_portal_is_heard_in_every_thread_and_none_of_the_kit() -> None:
    def here() -> Iterator[str]:
        yield language()

    with walk("two threads") as found:
        list(here())
        other = threading.Thread(target=language)
        other.start()
        other.join()
    language()
    assert sorted(len(one) > 0 for one in found.heard.values()) == [True, True]
    assert {one.name for one in found.files} >= {Path(language.__code__.co_filename).name}
    assert not any("tests" in one.parts for one in found.files)
    assert found.looked_up == {"language": 2}


def test_a_question_that_asks_another_is_asked_once(app: Flask) -> None:
    with app.app_context(), force_scope("hertfordshire"), walk("asked") as found:
        the_force()
    assert found.looked_up["force"] == 1


def test_what_is_asked_no_longer_is_said() -> None:
    for named in LOOK_UPS.values():
        assert all(there(name, modules) for name, modules in named.items())
    with pytest.raises(LookupError, match=r"no_such is in none of core\.nowhere, core\.app"):
        there("no_such", ("core.nowhere", "core.app"))


def test_four_requests_are_followed_through_the_code() -> None:
    found = walks()
    assert [one.name for one in found] == ["charged: POST", "case page", "code: POST", "officer's update"]
    for one in found:
        assert len(one.files) > len(one.rooms) > 4, str(one)
        assert one.changes > len(one.rooms), str(one)
        assert "plugins" in one.rooms, str(one)
        assert one.looked_up.total() <= 5, f"{one}: what the door found out is handed on, not asked anew"
        assert one.changes <= MOST_CHANGES[one.name], str(one)
    assert {"take_in.py", "intake.py"} & {one.name for one in found[0].files}
