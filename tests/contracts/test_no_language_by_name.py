"""A language is one folder and one line of settings: no code of ours knows one by its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.base.languages import SOURCE_LANGUAGE, installed
from tools.logical_css import logical, physical

ROOT = Path(__file__).resolve().parents[2]
# The one place of the source's code; the setting's default; and people made up, who speak a language.
ALLOWED = {
    ("core/base/languages.py", SOURCE_LANGUAGE), ("core/base/settings.py", SOURCE_LANGUAGE),
    ("core/base/settings.py", "cy"),
    ("plugins/demo/samples.py", SOURCE_LANGUAGE), ("plugins/demo/samples.py", "cy"),
    ("plugins/police_uk/people.py", SOURCE_LANGUAGE), ("plugins/police_uk/people.py", "cy"),
    ("plugins/police_uk/simulate_svg.py", SOURCE_LANGUAGE),  # a picture for who plans, in English only
    ("plugins/victims_code/__init__.py", "cy"),  # a rule of a nation
}
IN_TEMPLATES = re.compile(rf"""["']({'|'.join(installed())})["']|\w_({'|'.join(installed())})\b""")


def in_python(source: str) -> Iterator[str]:
    """Codes of languages that stand as a text, or at the end of a name, in Python."""
    ends = tuple(f"_{code}" for code in installed())
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value in installed():
            yield str(node.value)
        name = getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "arg", None)
        if isinstance(name, str) and name.endswith(ends):
            yield name


def in_template(source: str) -> Iterator[str]:
    yield from (found[1] or found[2] for found in IN_TEMPLATES.finditer(source))


def test_no_language_is_known_by_its_name() -> None:
    found = {
        (str(path.relative_to(ROOT)), code)
        for folder in ("core", "plugins")
        for ending, read in ((".py", in_python), (".html", in_template))
        for path in sorted((ROOT / folder).rglob(f"*{ending}"))
        for code in read(path.read_text())
    }
    assert found == ALLOWED


@pytest.mark.parametrize(("read", "planted"), [
    (in_python, 'if language() == "cy": pass'), (in_python, "one.name_cy"), (in_python, "f(name_cy=1)"),
    (in_python, 'Language = Literal["en", "fr"]'), (in_template, "{% set welsh = lang == 'cy' %}"),
    (in_template, '<p lang="en">'), (in_template, "{{ one.name_cy }}"),
])
def test_a_language_by_its_name_is_found(read: object, planted: str) -> None:
    assert list(read(planted))  # type: ignore[operator]


# --- directions ------------------------------------------------------------------------------------

SHEETS = sorted((*ROOT.glob("core/**/*.scss"), *ROOT.glob("plugins/*/static/*.css"),
                 *ROOT.glob("core/web/static/*.css")))
# Letters keep to what mail programs know: of CSS by the direction of a line most know nothing. So theirs
# say no side at all, or both alike.
TEMPLATES = sorted((*ROOT.glob("core/**/*.html"), *ROOT.glob("plugins/**/*.html")))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_sheet_says_left_or_right(sheet: Path) -> None:
    said = physical(sheet.read_text())
    if "core" in sheet.parts and "static" in sheet.parts:  # what is built says a float both ways, and draws
        said = [one for one in said if not one.startswith(("float", "clear", "border"))]
    assert said == []


def test_no_style_of_an_element_says_left_or_right() -> None:
    styles = [(path.name, said) for path in TEMPLATES
              for style in re.findall(r'\sstyle="([^"]*)"', path.read_text()) for said in physical(style)]
    assert styles == []


@pytest.mark.parametrize(("said", "instead"), [
    ("a{margin-left:1px}", "a{margin-inline-start:1px}"), ("a{left:0}", "a{inset-inline-start:0}"),
    ("a{text-align:right}", "a{text-align:end}"),
    ("a{border-left-width:2px}", "a{border-inline-start-width:2px}"),
    ("a{padding:1px 2px 3px 4px}", "a{padding-block:1px 3px;padding-inline:4px 2px}"),
    ("a{border-width:0 0 0 4px}", "a{border-block-width:0 0;border-inline-width:4px 0}"),
    ("a{margin:0 calc(1px + 2px) 0 max(1px, 3%)}",
     "a{margin-block:0 0;margin-inline:max(1px, 3%) calc(1px + 2px)}"),
    ("a{border-top-left-radius:4px}", "a{border-start-start-radius:4px}"),
    ("a{border-radius:1px 2px}", "a{border-start-start-radius:1px;border-start-end-radius:2px;"
     "border-end-end-radius:1px;border-end-start-radius:2px}"),
    ("a{float:left}", "a{float:left;float:inline-start}"),
    ("a{left:1px;border-left:2px solid;rotate:0}b{left:1px;border-width:1px 1px 0 0;transform:rotate(9deg)}",
     "a{inset-inline-start:1px;border-inline-start:2px solid;rotate:0}"
     "b{inset-inline-start:1px;border-width:1px 1px 0 0;transform:rotate(9deg)}"),
    ("a{left:1px}a::after{left:1px;border-width:0 0 3px 3px}",
     "a{inset-inline-start:1px}a::after{inset-inline-start:1px;border-width:0 0 3px 3px}"),
])
def test_a_side_is_found_and_said_by_the_direction_of_the_text(said: str, instead: str) -> None:
    assert physical(said)
    assert logical(said) == instead


@pytest.mark.parametrize("sheet", [
    "a{margin:0 4px;padding:1px 2px 3px 2px}", "a{text-align:center}", "a{justify-content:center}",
    "a{background:url(left.png)}", ".left{color:red}", "a{border-radius:4px}",
    "/* left: 0; */ a{inset:0 2px 0 2px}",
])
def test_what_has_no_side_stays(sheet: str) -> None:
    assert physical(sheet) == []
    assert logical(sheet) == sheet or sheet.startswith("/*")
