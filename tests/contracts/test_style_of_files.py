"""What editors, hooks and `make lint` are told is one thing, and every file here keeps to it."""

from __future__ import annotations

import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from configparser import ConfigParser
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.security.test_repository import tracked

ROOT = Path(__file__).resolve().parents[2]
HELD = (".cfg", ".css", ".html", ".js", ".json", ".py", ".scss", ".svg", ".toml", ".yaml", ".yml", "Makefile")
COMMENT = re.compile(r"\{#.*?#\}|/\*.*?\*/", re.DOTALL)


def editorconfig() -> ConfigParser:
    parser = ConfigParser(default_section="before", interpolation=None)
    parser.read_string("[before]\n" + (ROOT / ".editorconfig").read_text())
    return parser


def asked_of(name: str) -> dict[str, str]:
    """What .editorconfig asks of the file *name*: a later section goes before an earlier one."""
    parser, asked = editorconfig(), {}
    for section in parser.sections():
        head, brace, end = section.partition("{")
        patterns = [head + one for one in end.rstrip("}").split(",")] if brace else [section]
        if any(fnmatchcase(Path(name).name, pattern) for pattern in patterns):
            asked.update({key: value for key, value in parser.items(section) if key != "root"})
    return asked


def offences(name: str, content: bytes) -> Iterator[str]:
    """Where *content* is not as .editorconfig asks of a file *name*. Files that are no text are left out."""
    asked = asked_of(name)
    try:
        text = content.decode("utf-8" if asked["charset"] == "utf-8" else "ascii")
    except UnicodeDecodeError:
        if not name.endswith(".png"):
            yield f"{name}: is not {asked['charset']}"
        return
    if text.startswith("\ufeff") or "\r" in text:
        yield f"{name}: a byte order mark, or a line that ends with more than LF"
    if text and not text.endswith("\n"):
        yield f"{name}: no line break at the end"
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip(" \t"):
            yield f"{name}:{number}: spaces at the end of the line"
    if name.endswith(HELD):
        yield from (f"{name}:{line}: indented otherwise" for line in _indented_otherwise(name, text, asked))


def _indented_otherwise(name: str, text: str, asked: dict[str, str]) -> list[int]:
    if name.endswith(".py"):
        return _blocks_indented_otherwise(text, int(asked["indent_size"]))
    # a comment of several lines is set under its own beginning
    text = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    before = {number: line[:len(line) - len(line.lstrip(" \t"))]
              for number, line in enumerate(text.split("\n"), 1)}
    if asked["indent_style"] == "tab":
        return [number for number, space in before.items() if space.startswith(" ")]
    size = int(asked["indent_size"])
    return [number for number, space in before.items() if "\t" in space or len(space) % size]


def _blocks_indented_otherwise(text: str, size: int) -> list[int]:
    """Lines of Python that begin a block; a call that goes on is set under its bracket."""
    wrong, before = [], [""]
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.INDENT:
            if token.string != before[-1] + " " * size:
                wrong.append(token.start[0])
            before.append(token.string)
        elif token.type == tokenize.DEDENT:
            before.pop()
    return wrong


def test_every_file_is_as_editors_are_told() -> None:
    names = tracked()
    assert len(names) > 300
    assert [found for name in names for found in offences(name, (ROOT / name).read_bytes())] == []


@pytest.mark.parametrize(("name", "content", "told"), [
    ("a.py", "if 1:\n    print(1,\n          2)\n", None),
    ("a.py", "if 1:\n  print(1)\n", "a.py:2: indented otherwise"),
    ("a.py", "if 1:\n\tprint(1)\n", "a.py:2: indented otherwise"),
    ("a.py", "print(1)", "a.py: no line break at the end"),
    ("a.py", "print(1) \n", "a.py:1: spaces at the end of the line"),
    ("a.html", "<p>\n  a {# b\n     c #}\n</p>\n", None),
    ("a.html", "<p>\n   a\n</p>\n", "a.html:2: indented otherwise"),
    ("a.toml", "a = [\n\t1,\n]\n", "a.toml:2: indented otherwise"),
    ("a.css", "a {\n   b: c\n}\n", "a.css:2: indented otherwise"),
    ("a.cfg", "[a]\nb =\n  c\n", "a.cfg:3: indented otherwise"),
    ("a.yml", "a:\n   - b\n", "a.yml:2: indented otherwise"),
    ("Makefile", "a:\n\tb \\\n\t  c\n", None),
    ("Makefile", "a:\n    b\n", "Makefile:2: indented otherwise"),
    ("a.md", "1. a\n\n       b\n", None),
    ("a.md", "a\r\n", "a.md: a byte order mark, or a line that ends with more than LF"),
    ("a.md", b"\xe9\n", "a.md: is not utf-8"),
])
def test_a_file_that_is_otherwise_is_found(name: str, content: str | bytes, told: str | None) -> None:
    raw = content if isinstance(content, bytes) else content.encode()
    assert [*offences(name, raw)] == ([told] if told else [])


def test_editors_are_told_the_width_that_lint_asks() -> None:
    ruff = tomllib.loads((ROOT / "ruff.toml").read_text())
    python = asked_of("a.py")
    assert int(python["max_line_length"]) == ruff["line-length"]
    assert int(python["indent_size"]) == ruff.get("indent-width", 4)


# --- what runs before a commit ------------------------------------------------------------------


def of_make_lint(makefile: str) -> list[str]:
    """The commands of the task `lint`."""
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe, "there is no task `lint`"
    return [line.strip("\t@").replace("$(VENV)", ".venv") for line in recipe[1].splitlines()]


def of_hooks(config: str) -> list[str]:
    """The commands of the hooks. Raises ValueError where one is fetched, or is given some files only."""
    if re.findall(r"^\s*- repo: (.*)$", config, re.MULTILINE) != ["local"]:
        raise ValueError("a hook is fetched from elsewhere")
    entries = re.findall(r"^\s*entry: (.*)$", config, re.MULTILINE)
    if re.findall(r"^\s*pass_filenames: (.*)$", config, re.MULTILINE) != ["false"] * len(entries):
        raise ValueError("a hook looks at some files only")
    return entries


def test_before_a_commit_runs_what_make_lint_runs() -> None:
    lint = of_make_lint((ROOT / "Makefile").read_text())
    assert lint and of_hooks((ROOT / ".pre-commit-config.yaml").read_text()) == lint


def test_a_hook_that_does_less_or_is_fetched_is_found() -> None:
    config = (ROOT / ".pre-commit-config.yaml").read_text()
    more = of_make_lint("lint: x ## y\n\t$(VENV)/bin/ruff check\n\t@$(VENV)/bin/more\n\nnext:\n\tno\n")
    assert more == [".venv/bin/ruff check", ".venv/bin/more"] != of_hooks(config)
    with pytest.raises(ValueError, match="from elsewhere"):
        of_hooks(config.replace("repo: local", "repo: https://hooks.example/ruff"))
    with pytest.raises(ValueError, match="some files only"):
        of_hooks(config.replace("pass_filenames: false", "pass_filenames: true"))


# --- what people are asked before they write in public ------------------------------------------

FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml"))
WARNING = "Never write anything about a real case or a real person here"


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_whoever_opens_an_issue_is_warned_first_and_says_that_nobody_real_is_in_it(form: Path) -> None:
    first, *_, last = re.split(r"^  - type: ", form.read_text(), flags=re.MULTILINE)[1:]
    assert first.startswith("markdown") and WARNING in first and "`SECURITY.md`" in first
    assert last.startswith("checkboxes") and "required: true" in last and "nothing about a real case" in last


def test_no_issue_is_written_past_the_forms_and_a_flaw_has_no_room_in_one() -> None:
    assert {form.stem for form in FORMS} == {"fault", "flaw", "force", "idea"}
    assert "blank_issues_enabled: false" in (ROOT / ".github/ISSUE_TEMPLATE/config.yml").read_text()
    flaw = (ROOT / ".github/ISSUE_TEMPLATE/flaw.yml").read_text()
    assert set(re.findall(r"^  - type: (\w+)$", flaw, re.MULTILINE)) == {"markdown", "checkboxes"}
