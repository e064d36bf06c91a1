"""The breakages themselves: what of a program is broken, and what nobody could notice is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.breakages import Breakage, breakages_of
from tests.mutants.rooms import ROOMS, ROOT, files_of
from tests.mutants.who_runs_what import Map, merged
from tests.mutants.without_effect import WithoutEffect, compiles, entry

BROKEN: list[tuple[str, set[str]]] = [
    ("x = a < b", {"x = a <= b", "x = a > b"}), ("x = a is None", {"x = a is not None"}),
    ("x = a in b", {"x = a not in b"}),
    ("x = a and b", {"x = (a or b)", "x = (a)", "x = (b)"}), ("x = not a", {"x = (a)"}),
    ("x = True", {"x = False"}), ("x = 3", {"x = 4", "x = 2"}),
    ("x = f(a, b=c)", {"x = f(a)"}), ("x = min(a)", {"x = max(a)"}), ("x = any(a)", {"x = all(a)"}),
    ("x = s.where(a, b)", {"x = s.where(a)", "x = s.where(b)", "x = s"}),
    ("x = sa.and_(a, b)", {"x = sa.and_(a)", "x = sa.and_(b)", "x = sa.or_(a, b)"}),
    ("x = s.order_by(a)", {"x = s", "x = s.order_by(a.desc())"}), ("x = a.desc()", {"x = a"}),
    ("x = sorted(a)", {"x = sorted(a, reverse=True)", "x = list(a)"}),
    ("def f():\n    audit.write('a')\n    return b", {
        "def f():\n    pass\n    return b", "def f():\n    audit.write('a')\n    return None"}),
    ("a.b = c", {"pass"}), ("a += b", {"pass", "a -= b"}),
    ("if a:\n    b()\n    c()\nelse:\n    d = e", {
        "if a:\n    pass\nelse:\n    d = e", "if a:\n    b()\n    c()\nelse:\n    pass",
        "if a:\n    pass\n    c()\nelse:\n    d = e", "if a:\n    b()\n    pass\nelse:\n    d = e"}),
    ("x = a if b else c", {"x = (a)", "x = (c)"}),
    ("x = ('a', 'b')", {"x = ('a',)", "x = ('b',)"}), ("x = {'a': b}", {"x = {}"}),
    ("x = [a for a in b if c]", {"x = [a for a in b]"}), ("x = a[:n]", {"x = a"}),
    ("x = a + b", {"x = (a - b)"}),
    ("def f():\n    raise E(3, not a)", {"def f():\n    pass"}),
]


def changed(source: str) -> set[str]:
    whole = source.encode()
    return {one.applied_to(whole).decode() for one in breakages_of("x.py", source) if compiles(one, whole)}


@pytest.mark.parametrize(("source", "broken"), BROKEN, ids=[one for one, _ in BROKEN])
def test_each_kind_of_mistake_is_made(source: str, broken: set[str]) -> None:
    assert changed(source) == broken


@pytest.mark.parametrize("source", [
    '"""Words."""', "x: int | None", "def f(a: int | None) -> int | None: ...", "log.info('a', b=1)",
    "x = f'{a + 1}'", "assert a and b", "MANY = 50", "__all__ = ['a', 'b']", "db.session.flush()",
    "@cache(maxsize=3)\ndef f(): ...", "class A(Protocol):\n    a = 1", "def __repr__(self):\n    return 1",
    "x = zip(a, b, strict=True)", "import a", "x = cast(int, a)", "x = 'a' + b"])
def test_what_nobody_could_notice_is_left_alone(source: str) -> None:
    assert changed(source) == set()


def test_every_room_has_files_and_each_file_one_room() -> None:
    rooms = files_of(list(ROOMS))
    assert all(rooms.values())
    files = [file for many in rooms.values() for file in many]
    assert len(files) == len(set(files))
    assert rooms["limits"] and "plugins/sign_in/limits.py" in rooms["limits"]


def test_places_are_those_of_the_text_also_behind_other_letters() -> None:
    source = "a = 'Träume'; b = f(x, y=1)\n"
    found = [one for one in breakages_of("x.py", source) if one.kind == "a keyword left out"]
    assert [one.applied_to(source.encode()).decode() for one in found] == ["a = 'Träume'; b = f(x)\n"]


def test_what_is_without_effect_is_known_by_its_words_wherever_it_stands(tmp_path: Path) -> None:
    one = Breakage("core/x.py", 3, 4, "f", "a number", 0, 1, "a\n   + 1", "a - 1")
    file = tmp_path / "without.toml"
    file.write_text(entry(one, "it is only \"said\" twice"))
    listed = WithoutEffect.read(file)
    assert len(listed) == 1
    elsewhere = Breakage("core/x.py", 30, 30, "f", "a number", 5, 9, "a + 1", "a - 1")
    assert listed.reason(elsewhere) == 'it is only "said" twice'
    assert listed.reason(Breakage("core/x.py", 3, 3, "g", "a number", 0, 1, "a + 1", "a - 1")) is None
    file.write_text(file.read_text() * 2)
    with pytest.raises(ValueError, match="given twice"):
        WithoutEffect.read(file)


def test_what_is_listed_has_a_reason_and_is_still_there() -> None:
    assert WithoutEffect.read().stale() == []


def test_who_reads_a_name_that_a_module_makes_may_notice(tmp_path: Path) -> None:
    """Tests that run where it is used, also by another name, and those of files that name it."""
    for file, text in {
        "core/limits.py": "MOST = 5\nTWICE = 2 * MOST\n\ndef f():\n    return TWICE\n",
        "core/other.py": "def g():\n    return 1\n", "plugins/x.py": "def h():\n    return limits.MOST\n",
        "tests/test_table.py": "from core.limits import MOST\nassert MOST\n",
        "tests/test_other.py": "from core import other\n",
    }.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text)
    tests = {name: float(cost) for cost, name in enumerate((
        "tests/test_other.py::f", "tests/test_other.py::g", "tests/test_other.py::h",
        "tests/test_table.py::t"))}
    found = Map(tests, {
        "core/limits.py": {5: {"tests/test_other.py::f"}}, "core/other.py": {2: {"tests/test_other.py::g"}},
        "plugins/x.py": {2: {"tests/test_other.py::h"}}}, tmp_path)
    one = Breakage("core/limits.py", 1, 1, "module", "a number", 7, 8, "5", "6")
    assert found.tests_for(one) == [
        "tests/test_table.py::t", "tests/test_other.py::f", "tests/test_other.py::h"]
    inside = Breakage("core/other.py", 2, 2, "g", "a number", 0, 1, "1", "2")
    assert found.tests_for(inside) == ["tests/test_other.py::g"]


def test_who_runs_what_is_registered_may_notice_that_it_is_not(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core/app.py").write_text(
        "def look():\n    return 1\n\ndef start(app):\n    app.before(look)\n    app.use(look())\n")
    found = Map({"a": 1.0, "b": 2.0}, {"core/app.py": {2: {"b"}, 5: {"a"}, 6: {"a"}}}, tmp_path)
    for line, tests in ((5, ["a", "b"]), (6, ["a"])):
        one = Breakage("core/app.py", line, line, "start", "a call forgotten", 0, 1, "app", "pass")
        assert found.tests_for(one) == tests


def test_what_several_processes_saw_is_put_together() -> None:
    parts = [{"seconds": {"t1": 1.0}, "lines": {"a.py": {"3": ["t1"]}}},
             {"seconds": {"t2": 2.0}, "lines": {"a.py": {"3": ["t2", "gone"], "4": ["t2"]}}}]
    found = merged(parts)
    assert (found["tests"], found["lines"]) == (["t1", "t2"], {"a.py": {"3": [0, 1], "4": [1]}})


def test_every_name_of_a_room_leads_to_a_file() -> None:
    """Else a file that moves is broken no more, and nobody notices."""
    assert [name for names in ROOMS.values() for name in names if not [*ROOT.glob(name)]] == []
