"""The rules of names: what the core does not know, and plugins not of each other. As in house_rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.contracts.house_rules import assigned, where
from tools.rooms import python, templates, texts, views

# Plugins whose names are also words of the core; alone they say nothing of the plugin.
WORDS_OF_THE_CORE = {
    "demo": "a mode of an installation", "sign_in": "what the audit tells of",
    "support": "who helps, in a force.toml", "oversight": "a table of force.toml",
    "retention": "a table of force.toml", "staff_sign_in": "a capability, of whichever plugin has it",
}
RECORD_SYSTEM = re.compile(r"niche|athena|police[._]uk|red ?sigma|crimefile", re.IGNORECASE)
ALSO_A_WORD = frozenset({"connect"})  # a record system only where it is all of a text
NATION = re.compile(r"\b(England|Wales|Scotland|Northern Ireland|Great Britain)\b")
MADE = frozenset({"__pycache__", "static", "static.new", "node_modules"})  # and not written
LISTED_IN_TEMPLATE = re.compile(r"""["'](\w+)["']\s+(?:not\s+)?in\s+[\w.()]*\bplugins\b""")
NAMED_IN_TEMPLATE = re.compile(r"""["']([a-z_]\w*[./][\w./]+)["']""")


def names_of(root: Path, folder: str) -> list[str]:
    """The folders in a folder of the project."""
    found = (root / folder).glob("*/") if (root / folder).is_dir() else ()
    return sorted(path.name for path in found if path.is_dir() and path.name not in MADE)


def endpoints(root: Path) -> dict[str, str]:
    """The plugin of every page of a plugin, by its endpoint."""
    return {
        f"{plugin}.{view}": plugin for plugin in names_of(root, "plugins")
        for path in python(root / "plugins" / plugin) for view in views(ast.parse(path.read_text()))
    }


def plugins_asked(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, plugin) where code asks whether a plugin is listed, or for what it has."""
    for node in ast.walk(tree):
        asked: ast.AST | None = None
        if isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]).endswith(".plugins"):
            asked = node.left
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith((".plugins", ".settings")):
            asked = node.slice
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("plugin_settings") and node.args:
            asked = node.args[0]
        if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
            yield node.lineno, asked.value


def named_to_use(
    pages: Mapping[str, str], folder: Path, plugins: Iterable[str]
) -> Iterator[tuple[Path, int, str]]:
    """(file, line, what) wherever code or a template below *folder* asks for one of *plugins*, or names a
    page or a template of one; *pages* are the :func:`endpoints`."""
    plugins = frozenset(plugins)

    def theirs(text: str) -> bool:
        return pages.get(text) in plugins or (text.endswith(".html") and text.split("/")[0] in plugins)

    for path in python(folder):
        tree = ast.parse(path.read_text())
        yield from ((path, line, text) for line, text in texts(tree) if theirs(text))
        yield from ((path, line, name) for line, name in plugins_asked(tree) if name in plugins)
    for path in templates(folder).values():
        for number, text in enumerate(path.read_text(errors="ignore").splitlines(), 1):
            found = {name for name in LISTED_IN_TEMPLATE.findall(text) if name in plugins}
            found |= {name for name in NAMED_IN_TEMPLATE.findall(text) if theirs(name)}
            yield from ((path, number, name) for name in sorted(found))


def plugins_named_in_core(root: Path) -> list[str]:
    """Where the core asks for a plugin, names its pages and templates, or says its name as a text."""
    plugins = names_of(root, "plugins")
    found = {*named_to_use(endpoints(root), root / "core", plugins)}
    for path in python(root / "core"):
        tree = ast.parse(path.read_text())
        faces = [one for one in tree.body if isinstance(one, ast.Assign) and assigned(one) == {"__all__"}]
        offered = {line for face in faces for line, _ in texts(face)}  # a room may have a name like that too
        found |= {(path, line, text) for line, text in texts(tree)
                  if text in plugins and text not in WORDS_OF_THE_CORE and line not in offered}
    return [f"{where(root, path, line)} names {what}" for path, line, what in sorted(found)]


def plugins_named_by_others(root: Path) -> list[str]:
    """Where a plugin names the page or template of another, or asks for it."""
    plugins, pages = names_of(root, "plugins"), endpoints(root)
    found = {
        one for own in plugins for one in named_to_use(pages, root / "plugins" / own, {*plugins} - {own})
    }
    return [f"{where(root, path, line)} names {what}" for path, line, what in sorted(found)]


def forces_named(root: Path) -> list[str]:
    """Where shared code names a force, but for the address of a page in which a plugin's fact was read."""
    forces = [path.parent.name for path in root.glob("forces/*/force.toml")]
    names = re.compile(rf"\b({'|'.join(map(re.escape, sorted(forces)))})\b")
    files = [path for place in ("core", "plugins", "tools") for path in sorted((root / place).rglob("*"))]
    return _lines_with(root, [*files, root / "wsgi.py"], names) if forces else []


def _own_words(root: Path, path: Path, line: str) -> str:
    """*line* without the web addresses of a plugin's sources: /news/kent/ names no force."""
    is_source = path.name == "sources.py" and path.relative_to(root).parts[0] == "plugins"
    return re.sub(r'"https?://[^"\s]+"', "", line) if is_source else line


def record_systems_named(root: Path) -> list[str]:
    """Where the core names a record system: in code, in words about it, and in templates."""
    found = _lines_with(root, sorted((root / "core").rglob("*")), RECORD_SYSTEM)
    found += [f"{where(root, path, line)} names {text}" for path in python(root / "core")
              for line, text in texts(ast.parse(path.read_text())) if text.lower() in ALSO_A_WORD]
    return found


def _lines_with(root: Path, files: Iterable[Path], names: re.Pattern[str]) -> list[str]:
    return [
        f"{where(root, path, number)} names {found[0]}"
        for path in files if path.is_file() and not MADE & {*path.relative_to(root).parts}
        for number, line in enumerate(path.read_text(errors="ignore").splitlines(), 1)
        if (found := names.search(_own_words(root, path, line)))
    ]


def nations_named(root: Path) -> list[str]:
    """Where texts and templates of the core name a nation, but for the one list of what ``nation`` may be,
    and by whose bank holidays each counts its days."""
    found, lists = [], []
    for path in python(root / "core"):
        tree = ast.parse(path.read_text())
        allowed = {n for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)
                   and assigned(node) <= {"Nation", "BANK_HOLIDAYS"}
                   for n in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
        lists += [where(root, path, min(allowed))] if allowed else []
        found += [f"{where(root, path, line)} names {named[0]}" for line, text in texts(tree)
                  if line not in allowed and (named := NATION.search(text))]
    found += _lines_with(root, templates(root / "core").values(), NATION)
    return found + (lists if len(lists) > 1 else [])
