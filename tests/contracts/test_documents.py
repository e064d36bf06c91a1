"""What the documents say is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from core import hookspecs
from core.cli.main import add_plugin_commands, root
from tests.contracts.leads import absent_documents, absent_files, broken_links
from tests.security.test_repository import tracked

ROOT = Path(__file__).resolve().parents[2]
NOT_CODE = {"assets", "static", "templates"}
FIRST = ("README.md", "CONTRIBUTING.md", "SECURITY.md")  # which somebody new opens before docs/
DOCS = [*(ROOT / name for name in FIRST), *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_table_of_settings_is_the_real_one() -> None:
    text = (ROOT / "docs/operating.md").read_text()
    shown = re.search(r"<!-- settings:.*?-->\n(.*?)<!-- /settings -->", text, re.DOTALL)
    made = CliRunner().invoke(root, ["settings", "--markdown"]).output
    assert shown and shown[1] == made


def test_the_table_of_capabilities_is_the_real_one() -> None:
    from core.plugin_host.promises import PROMISED, STAFF_SIGN_IN

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


@pytest.mark.parametrize("document", [*DOCS, ROOT / "CHANGELOG.md"], ids=lambda path: path.name)
def test_whatever_a_document_links_to_or_names_is_there(document: Path) -> None:
    assert [*broken_links(document)] == []
    assert [*absent_files(document, ROOT)] == []


def test_whoever_reads_code_or_an_error_is_sent_to_a_document_that_is_there() -> None:
    lost = {
        name: found
        for name in tracked() if not name.endswith((".md", ".png")) and ROOT / name != Path(__file__)
        if (found := [*absent_documents((ROOT / name).read_text(), ROOT)])
    }
    assert lost == {}


@pytest.mark.parametrize(("written", "told"), [
    ("[a](there.md) [b](there.md#one--two-words) [c](#here) [d](https://x.example/y.md) `docs/there.md`", []),
    ("`docs/*.md` `forces/<id>/force.toml` `/desk/` `docs/` `plugins.demo`", []),
    ("```\n[a](gone.md)\n```", []),
    ("[a](gone.md)", ["gone.md"]),
    ("[a](there.md#gone)", ["there.md#gone"]),
    ("[a](#gone)", ["#gone"]),
    ("`docs/gone.md`", ["docs/gone.md"]),
    ("`core/gone.py`", ["core/gone.py"]),
    ("`docs/*.rst`", ["docs/*.rst"]),
    ("Superseded by [b](there.md).\n\n`core/gone.py`", []),
    ("Superseded by [b](gone.md).\n\n`core/gone.py`", ["gone.md"]),
    ("`core/gone.py` Superseded by [b](there.md).", ["core/gone.py"]),
])
def test_a_link_or_a_file_that_leads_nowhere_is_found(written: str, told: list[str], tmp_path: Path) -> None:
    document = tmp_path / "docs/this.md"
    document.parent.mkdir()
    (document.parent / "there.md").write_text("# There\n\n## One – two `words`\n")
    document.write_text(f"# Here\n\n{written}\n")
    assert [*broken_links(document), *absent_files(document, tmp_path)] == told


def test_a_document_that_code_names_and_nobody_wrote_is_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/there.md").touch()
    gone = "docs/" + "gone.md"
    assert [*absent_documents(f"see docs/there.md, and {gone}.", tmp_path)] == [gone]


def test_the_list_by_reader_has_every_document() -> None:
    listed = (ROOT / "docs/README.md").read_text()
    written = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert len(written) > 15
    assert {name for name in written if f"]({name})" not in listed} == set()


def test_the_architecture_names_every_file_and_folder_of_the_core_and_no_other() -> None:
    rooms = (ROOT / "docs/architecture.md").read_text()
    table = rooms.partition("| room |")[2].partition("\n\n")[0]
    named = {name.rstrip("/") for cell in re.findall(r"^\| (.*?) \|", table, re.M)
             for name in re.findall(r"`(\w+(?:\.py|/))`", cell)}
    there = {path.relative_to(ROOT / "core").parts[0] for path in (ROOT / "core").rglob("*.py")}
    there = {name for name in there if name[0] not in "._"}
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
