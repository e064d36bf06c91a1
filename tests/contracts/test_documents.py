"""What the documents say is true."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from core import hookspecs
from core.cli import add_plugin_commands, root

ROOT = Path(__file__).resolve().parents[2]
NOT_CODE = {"assets", "static", "templates"}
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_table_of_settings_is_the_real_one() -> None:
    text = (ROOT / "docs/operating.md").read_text()
    shown = re.search(r"<!-- settings:.*?-->\n(.*?)<!-- /settings -->", text, re.DOTALL)
    made = CliRunner().invoke(root, ["settings", "--markdown"]).output
    assert shown and shown[1] == made


def test_the_table_of_capabilities_is_the_real_one() -> None:
    from core.hosting.promises import PROMISED, STAFF_SIGN_IN

    text = (ROOT / "docs/writing-a-plugin.md").read_text()
    table = text.split("<!-- capabilities -->")[1].split("<!-- /capabilities -->")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", table, re.MULTILINE))
    assert rows.pop(STAFF_SIGN_IN)
    assert rows == dict(PROMISED)


def test_every_command_that_a_document_names_exists() -> None:
    add_plugin_commands()
    named = {
        m
        for doc in DOCS
        for m in re.findall(r"trackmycrime ([a-z-]+(?: [a-z-]+)?)", doc.read_text())
    }
    unknown = []
    for line in sorted(named):
        first, _, second = line.partition(" ")
        command = root.commands.get(first)
        group = getattr(command, "commands", None)
        if command is None or (group is not None and second and second not in group):
            unknown.append(line)
    assert len(named) > 8
    assert unknown == []


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = []
    for doc in DOCS:
        for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", doc.read_text()):
            if not (doc.parent / target).exists():
                broken.append(f"{doc.relative_to(ROOT)} -> {target}")
    assert broken == []


def test_the_architecture_names_every_file_and_folder_of_the_core_and_no_other() -> None:
    rooms = (ROOT / "docs/architecture.md").read_text()
    named = {name.rstrip("/") for name in re.findall(r"`(\w+(?:\.py|/))`", rooms)} - {"core", "plugins"}
    there = {path.name for path in (ROOT / "core").iterdir() if path.name[0] not in "._"}
    assert named == there - NOT_CODE


def test_every_test_that_a_document_names_is_there() -> None:
    code = {p: p.read_text() for p in (ROOT / "tests").rglob("*.py")}
    functions = set(re.findall(r"^def (test_\w+)", "\n".join(code.values()), re.MULTILINE))
    named = [n for doc in DOCS for n in re.findall(r"`(?:tests/[\w/]+/)?(test_\w+)(\.py)?`", doc.read_text())]
    files = {p.name for p in code}
    missing = [name for name, end in named if (f"{name}.py" not in files if end else name not in functions)]
    folders = [n for doc in DOCS for n in re.findall(r"`(tests/[\w/.]+)`", doc.read_text())]
    assert len(named) > 40
    assert missing == []
    assert [name for name in folders if not (ROOT / name).exists()] == []


def test_every_hook_is_documented_called_and_answered() -> None:
    code = "\n".join(
        p.read_text() for folder in ("core", "plugins") for p in (ROOT / folder).rglob("*.py")
    )
    hooks = {
        name: f
        for name, f in vars(hookspecs).items()
        if getattr(f, "trackmycrime_spec", None) is not None
    }
    assert 5 < len(hooks) < 20
    for name, function in hooks.items():
        assert len(function.__doc__ or "") > 50, f"{name} is not documented"
        assert re.search(
            rf"hook\.{name}\(|one_by_one\(\s*\"{name}\"|at_start\(name, module, \"{name}\"", code
        ), f"{name} is never called"


def test_no_document_names_a_machine_path_or_a_registry() -> None:
    bad = re.compile(r"/work/|/root/|/tmp/(?!tmc)|pypi\.org|npmjs")
    assert [str(d) for d in DOCS if bad.search(d.read_text())] == []
