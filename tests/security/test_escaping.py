"""Every template escapes, whatever it is called; texts of a force are data and never templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template
from flask_babel.speaklater import LazyString
from jinja2 import DictLoader, nodes
from jinja2.environment import Environment
from markupsafe import escape

from core.base.settings import Settings
from core.force.fault import ForceFileError
from core.force.file.reading import build_force
from core.force.parts import Words
from core.hookspecs import NoticeKind
from core.notices.letter_words import PLAIN_TEXT, letter_words
from core.plugin_host.host import the_force
from core.storage.db import close_connections, force_scope
from tests.contracts.test_layers import ROOT, python
from tests.core.force.force_texts import GOOD
from tests.pages import Browser
from tests.security.checklist import protection, requirement
from tests.security.hostile_world import make_portal

# Where text becomes HTML unescaped, and why that is right; nothing else may.
REVIEWED = {
    "core/web/frame.py": "parts of pages, rendered by templates that escape",
    "core/web/forms.py": "labels and hints, as a class of ours has them; what a page gives is escaped",
    "plugins/onboarding/new_text.py": "a new force's file, which is TOML; its wordmark, an SVG, escapes",
    "core/force/file/logo.py": "names of tags in what is said of a logo on a terminal",
    "core/base/i18n.py": "sentences of the catalogues; what is filled in is escaped",
    "core/web/pages.py": "a panel, rendered by a template that escapes",
    "plugins/demo/routes.py": "a line of our own in the frame of a demo's letter",
    "plugins/preview/portal.py": "the script of the preview; a number is filled in",
}
BREAKS_OUT = {"safe", "xmlattr"}  # filters
ENDINGS = ("html", "htm", "txt", "css", "js", "svg", "xml", "json", "eml", "j2", "HTML", "")
MARKUP = "<b>&\"'"
ESCAPED = "&lt;b&gt;&amp;&#34;&#39;"


def templates() -> list[Path]:
    folders = [*(ROOT / "core").glob("*/templates"), *(ROOT / "plugins").glob("*/templates")]
    return [file for folder in folders for file in folder.rglob("*") if file.is_file()]


# --- the rule, walked over the code -----------------------------------------------------------


def unescaped_in(path: Path) -> Iterator[str]:
    """Lines that make Markup, turn escaping off, or build HTML out of strings."""
    for node in ast.walk(ast.parse(path.read_text())):
        called = getattr(node, "func", None)
        name = getattr(called, "id", getattr(called, "attr", ""))
        if name in ("Markup", "from_string", "render_template_string", "HTMLString"):
            yield f"{node.lineno}: {name}"  # type: ignore[attr-defined]
        if name in ("Environment", "SandboxedEnvironment") and not _escapes(node):
            yield f"{node.lineno}: an environment that does not escape"  # type: ignore[attr-defined]
        if isinstance(node, ast.JoinedStr) and re.search(r"(?<!\?P)<[a-z!/]", ast.unparse(node)):
            yield f"{node.lineno}: HTML out of strings"
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            parts = [part.value for part in (node.left, node.right) if isinstance(part, ast.Constant)]
            if any(re.search(r"<[a-z]+[ >]", part) for part in parts if isinstance(part, str)):
                yield f"{node.lineno}: HTML out of strings"


def _escapes(call: Any) -> bool:
    given = {word.arg: word.value for word in call.keywords}
    return isinstance(given.get("autoescape"), ast.Constant) and given["autoescape"].value is True


def unescaped_in_template(text: str) -> Iterator[str]:
    parsed = Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(text)
    for found in parsed.find_all(nodes.Filter):
        if found.name in BREAKS_OUT:
            yield f"{found.lineno}: |{found.name}"
    for scope in parsed.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)):
        yield f"{scope.lineno}: autoescape is changed"
    yield from (f"{found.lineno}: Markup" for found in parsed.find_all(nodes.Name)
                if found.name == "Markup")


@requirement("E1")
def test_no_code_makes_html_but_the_templates() -> None:
    found = {
        str(path.relative_to(ROOT)): list(unescaped_in(path))
        for folder in ("core", "plugins", "forces") for path in python(folder)
        if "testing" not in path.parts and "migrations" not in path.parts
    }
    assert {path for path, lines in found.items() if lines} == set(REVIEWED), found
    assert all(len(found[path]) <= 3 for path in REVIEWED), "look at the new ones"


@requirement("E1")
def test_no_template_breaks_out_of_escaping() -> None:
    found = {str(file): list(unescaped_in_template(file.read_text())) for file in templates()}
    assert len(found) > 30
    assert {file: lines for file, lines in found.items() if lines} == {}


@requirement("E1")
@pytest.mark.parametrize("text", [
    "{{ x | safe }}", "{{ x | upper | safe }}", "{% autoescape false %}{{ x }}{% endautoescape %}",
    "{{ Markup(x) }}", "<a {{ x | xmlattr }}>",
])
def test_the_rule_sees_a_template_that_does(text: str) -> None:
    assert list(unescaped_in_template(text))


@requirement("E1")
@pytest.mark.parametrize("text", [
    "Markup(x)", "markupsafe.Markup(f'{x}')", "f'<b>{x}</b>'", "'<p>' + x", "'<a href=%s>' % x",
    "Environment()", "Environment(autoescape=False)", "env.from_string(x)",
])
def test_the_rule_sees_code_that_does(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text(text)
    assert list(unescaped_in(tmp_path / "x.py"))


# --- rendering --------------------------------------------------------------------------------


@pytest.fixture
def odd_templates(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One template for each ending, in the portal's own environment."""
    names = [f"odd/page.{ending}" for ending in ENDINGS] + ["odd/page", *PLAIN_TEXT]
    monkeypatch.setattr(app.jinja_env, "loader", DictLoader(dict.fromkeys(names, "{{ text }}")))
    for name, value in {"cache": {}, "bytecode_cache": None, "of_languages": {}}.items():
        monkeypatch.setattr(app.jinja_env, name, value)
    return names


def rendered(app: Flask, name: str) -> str:
    with app.test_request_context("/"):
        return render_template(name, text=MARKUP)


@requirement("E1")
def test_a_template_of_any_name_escapes(app: Flask, odd_templates: list[str]) -> None:
    plain = [name for name in odd_templates if rendered(app, name) != ESCAPED]
    assert "letters/letter.txt" in plain
    assert sorted(plain) == sorted(PLAIN_TEXT)
    assert all(re.fullmatch(r"letters/[\w/]+\.txt", name) for name in plain)


@protection("E1")
def test_without_it_other_endings_would_not(
    app: Flask, odd_templates: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ordinary = Flask("ordinary").select_jinja_autoescape
    monkeypatch.setattr(app.jinja_env, "autoescape", ordinary)
    assert rendered(app, "odd/page.css") == rendered(app, "odd/page.j2") == MARKUP
    assert rendered(app, "odd/page.html") == ESCAPED


@requirement("E1")
def test_a_lazy_text_escapes_however_it_is_put_together(app: Flask) -> None:
    for template in ("{{ x }}", "{{ x ~ '' }}", "{{ [x] | join }}", "{{ x | replace('a', 'b') }}",
                     "{{ _('%(x)s', x=x) }}", "{{ x | trim }}", "{{ '%s' | format(x) }}"):
        with app.test_request_context("/"):
            made = app.jinja_env.from_string(template).render(x=LazyString(lambda: MARKUP))
        assert made == ESCAPED, template


@requirement("E1")
def test_the_html_of_a_letter_escapes_and_its_text_is_text(app: Flask) -> None:
    words = SimpleNamespace(subject=MARKUP, opening=MARKUP, steps=(MARKUP,), closing=(MARKUP,),
                            code=MARKUP, link=MARKUP)
    values = {"words": words, "discreet": False, "language": "en", "sender": MARKUP,
              "brand": SimpleNamespace(colour=MARKUP)}
    html = app.jinja_env.get_template("letters/letter.html").render(values)
    assert "<b>" not in html and html.count(ESCAPED) >= 9
    assert MARKUP in app.jinja_env.get_template("letters/letter.txt").render(values)


# --- texts of a force --------------------------------------------------------------------------

HOSTILE = (
    "{{7*191}}", "{{config}}", "{{force.__class__.__mro__}}", "{%print(7*191)%}", "%(x)s", "%s",
    "{0.__class__}", "{number}", "${7*191}", "#{7*191}",
)
ALL = " ".join(HOSTILE)
GIVEN_AWAY = ("1337", "&lt;Config", "<Config", "&lt;class")


@pytest.fixture
def templating_force(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """A portal with a draft whose every text is template syntax of some kind."""
    made = make_portal(settings, tmp_path, midshire=lambda most: [ALL])
    yield made
    with made.app_context():
        close_connections()


def shown_by(app: Flask) -> str:
    browser = Browser(app, "midshire")
    pages = ("/", "/sign-in", "/can-i-track", "/?lang=cy", "/can-i-track?kind=other&district=other",
             "/privacy", "/safety")
    return "".join(browser.client.get(browser.path(page)).text for page in pages)


@requirement("E3")
def test_template_syntax_of_a_force_is_shown_as_it_stands(templating_force: Flask) -> None:
    seen = shown_by(templating_force)
    assert [text for text in HOSTILE if str(escape(text)) not in seen] == []
    assert [sign for sign in GIVEN_AWAY if sign in seen] == []


@requirement("E3")
def test_it_is_shown_as_it_stands_in_letters_too(templating_force: Flask) -> None:
    with templating_force.app_context(), force_scope("midshire"):
        words = letter_words(NoticeKind.ENTRY, "named", {
            "sender": the_force().name, "phone": the_force().non_emergency,
            "portal": "https://portal.test/"})
        html = templating_force.jinja_env.get_template("letters/letter.html").render(
            words=words, discreet=False, language="en", sender=the_force().name,
            brand=the_force().brand)
    assert str(escape(ALL)) in html and ALL in words.subject
    assert [sign for sign in GIVEN_AWAY if sign in html] == []


@requirement("E3")
@pytest.mark.parametrize("template", [
    "{0.__class__}/{number}/{yy}", "{number.__class__}/{yy}", "{number!r}/{yy}", "{{number}}/{yy}/{",
    "{number:>999999999}/{yy}", "{number}/{yy}/{force}", "{number}/{yy}/%(x)s{config}",
])
def test_a_template_of_references_has_its_named_parts_only(template: str) -> None:
    with pytest.raises(ForceFileError, match="template"):
        build_force(GOOD.replace("41/{number}/{yy}", template))
    assert build_force(GOOD).make_reference(7, 2024) == "41/7/24"


@protection("E3")
def test_a_text_taken_for_a_template_would_be_run(
    templating_force: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rendered_text(text: Words, language: str) -> tuple[str, str]:
        return templating_force.jinja_env.from_string(str(text)).render(config="<Config>"), "en"

    monkeypatch.setattr(Words, "in_language", rendered_text)
    assert "1337" in shown_by(templating_force)
