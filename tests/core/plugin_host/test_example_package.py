"""A package of somebody else, built, installed beside the portal's own wheel, and at work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.notices.letter_words import TEMPLATES

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "tests/examples"
PORTAL = ("core", "plugins", "forces", "translations", "setup.cfg", "pyproject.toml",
          "tools/build_backend.py", "README.md", "LICENSE", "wsgi.py")
LEAVE_OUT = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")


def run(*words: str | Path, cwd: Path) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TMC_", "PYTHON"))}
    done = subprocess.run(words, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def wheel(source: Path, into: Path) -> Path:
    """Built from the source alone, with what is installed here and nothing fetched."""
    into.mkdir()
    run(sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "wheel", "--no-deps",
        "--no-build-isolation", "--no-index", "-w", into, source, cwd=into)
    (made,) = into.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheels of the portal and of the example."""
    folder = tmp_path_factory.mktemp("wheels")
    portal = folder / "portal"
    portal.mkdir()
    for name in PORTAL:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, portal / name, ignore=LEAVE_OUT)
        else:
            (portal / name).parent.mkdir(exist_ok=True)
            shutil.copy(source, portal / name)
    example = shutil.copytree(EXAMPLE, folder / "example", ignore=LEAVE_OUT)
    with ThreadPoolExecutor() as both:
        made = both.map(wheel, (portal, example), (folder / "one", folder / "other"))
    return tuple(made)  # type: ignore[return-value]


@pytest.fixture(scope="module")
def clean(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with both wheels; what they depend on is lent from this one."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    python = folder / "env/bin/python"
    run(sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "--python", python,
        "install", "--no-deps", "--no-index", *built, cwd=folder)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))",
                    cwd=folder).strip())
    (site / "lent.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return python


def test_the_wheels_hold_all_that_people_see(built: tuple[Path, Path]) -> None:
    portal, example = (set(zipfile.ZipFile(one).namelist()) for one in built)
    assert {"core/testing/__init__.py", "core/web/templates/layout.html", "core/web/static/app.css",
            "translations/cy/LC_MESSAGES/messages.mo", "forces/hertfordshire/force.toml"} <= portal
    assert {f"core/notices/templates/{name}" for name in TEMPLATES.list_templates()} <= portal
    own = "trackmycrime_example"
    assert {f"{own}/exampleshire/force.toml", f"{own}/exampleshire/static/logo.svg",
            f"{own}/found_property/templates/found_property/collect.html",
            f"{own}/found_property/migrations/versions/found_property_0001_items.py",
            f"{own}/found_property/translations/cy/LC_MESSAGES/messages.mo"} <= example
    assert not any(name.startswith(("tests", "core/web/assets")) for name in portal | example)


def test_nothing_built_is_kept_with_the_example() -> None:
    kept = run("git", "ls-files", "tests/examples", cwd=ROOT).splitlines()
    assert len(kept) > 15
    assert [name for name in kept if name.endswith((".mo", ".whl", ".pyc")) or "egg-info" in name] == []


def test_the_force_is_found(clean: Path, tmp_path: Path) -> None:
    command = clean.parent / "trackmycrime"
    listed = json.loads(run(command, "forces", "list", "--json", cwd=tmp_path))
    assert "exampleshire" in [one["id"] for one in listed]
    assert "hertfordshire" in [one["id"] for one in listed]


def test_the_authors_own_tests_pass_where_both_are_installed(clean: Path, tmp_path: Path) -> None:
    """Migrations, the page, the panel, the job, the Welsh words; and other forces have none of it."""
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests", ignore=LEAVE_OUT)
    shutil.copy(EXAMPLE / "pyproject.toml", tmp_path)
    told = run(clean, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path)
    assert " passed" in told and "failed" not in told


def test_the_force_is_faultless_and_neither_pytest_nor_the_repository_is_needed(
    clean: Path, tmp_path: Path
) -> None:
    program = (
        "import sys; sys.modules['pytest'] = None; import core.app, core.testing; "
        "import trackmycrime_example as example; print(core.__file__, example.__file__, sep='\\n'); "
        "from core.cli.main import main; main(['forces', 'check', 'exampleshire', '--quiet'])"
    )
    where = run(clean, "-c", program, cwd=tmp_path).splitlines()
    assert len(where) == 2
    assert not any(one.startswith(str(ROOT)) for one in where)


FORGETS = """
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from core.cli import main as cli
from core.plugin_host.finding import find_forces
from core.storage import schema
from core.testing import portal
from core.testing.postgres import postgres
from plugins.preview.portal import Portal

def started():
    try:
        with portal():
            return "started"
    except schema.SchemaProblem as problem:
        return str(problem)

def command(*words):
    try:
        cli.main(words)
    except SystemExit as end:
        assert not end.code, end.code

print("START", started())
with TemporaryDirectory(prefix="tmc-test-") as folder, postgres(Path(folder)) as database:
    environment = {"TMC_MODE": "demo", "TMC_DATA_DIR": folder, "TMC_BASE_URL": "http://127.0.0.1"}
    place = find_forces(None)["exampleshire"]
    shown = Portal("exampleshire", place, database.server, environment)
    print("PREVIEW", *shown.load())
command("schema", "draft", "found_property", "--name", "kept until")
print("START", started())
command("schema", "draft", "found_property")
"""


def test_an_author_who_forgets_a_migration_is_told_by_every_start_and_a_command_writes_it(
    tmp_path: Path,
) -> None:
    """As docs/writing-a-plugin.md walks it, in a copy of the example."""
    package = shutil.copytree(EXAMPLE / "src/trackmycrime_example", tmp_path / "trackmycrime_example",
                              ignore=LEAVE_OUT)
    info = tmp_path / "trackmycrime_example-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: trackmycrime-example\nVersion: 1\n")
    points = (EXAMPLE / "pyproject.toml").read_text().split('[project.entry-points."')[1:]
    (info / "entry_points.txt").write_text("\n".join(
        "[{}]\n{}".format(*one.replace('"', "").split("]\n", 1)[:2]).split("\n\n")[0] for one in points))
    models = package / "found_property/models.py"
    models.write_text(models.read_text().replace(
        "    collect_by:", "    kept_until: Mapped[date | None] = mapped_column(sa.Date)\n    collect_by:"))
    paths = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(tmp_path)!r}]\n"
    told = run(sys.executable, "-c", paths + FORGETS, cwd=tmp_path).splitlines()

    def line(start: str) -> str:
        return next(one for one in told if one.startswith(start))

    for said in (line("START the migrations"), line("PREVIEW")):
        assert "the migrations of found_property do not make what its models say" in said
        assert "the table found_property_item has no column kept_until" in said
        assert "`trackmycrime schema draft found_property`" in said
    step = package / "found_property/migrations/versions/found_property_0002_kept_until.py"
    assert str(step) in line("made ")
    assert 'down_revision = "found_property_0001"' in step.read_text()
    assert line("START started")
    assert line("found_property: nothing to write")
