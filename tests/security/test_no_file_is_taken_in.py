"""The portal takes files from nobody. The one picture it shows, a force's logo, is looked at first."""

from __future__ import annotations

import ast
import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from core.base.installation import installation
from core.force.fault import ForceFileError
from core.force.file.logo import logo_faults
from core.force.file.reading import build_force
from tests.conftest import HERTS
from tests.live import ROOT
from tests.security.checklist import requirement
from tests.security.store import everything, secrets_of
from tests.security.table import Line, lines, table
from tests.security.world import World, csrf_token

POISON = b"poisonedfile"
TAKES_FILES = re.compile(r"""multipart/|type=["']?file\b|\benctype\b""")
FORMS = [line for line in lines() if line.unsafe and line.allow
         and line.path not in table()["forms_without_token"]]
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)


# --- people -----------------------------------------------------------------------------------


def readers(folders: tuple[Path, ...]) -> Iterator[str]:
    """Where code or a template would take a file from a form."""
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.suffix == ".py" and "__pycache__" not in file.parts:
                nodes = ast.walk(ast.parse(file.read_text()))
                yield from (f"{file.name}:{node.lineno}" for node in nodes if _takes_file(node))
            elif file.suffix == ".html" and TAKES_FILES.search(file.read_text()):
                yield file.name


def _takes_file(node: Any) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "files" and ast.unparse(node.value).endswith("request")
    return isinstance(node, ast.Name) and node.id == "FileField"


@requirement("E13")
def test_nothing_asks_for_a_file(tmp_path: Path) -> None:
    assert list(readers((ROOT / "core", ROOT / "plugins", ROOT / "forces"))) == []
    (tmp_path / "a.py").write_text("def view(request):\n    return request.files['x']\n")
    (tmp_path / "b.html").write_text('<form enctype="multipart/form-data"><input type="file">')
    assert list(readers((tmp_path,))) == ["a.py:2", "b.html"]


def with_files(world: World, line: Line) -> int:
    """The form of this line with a file for each of its fields and some more; the status."""
    names = (*line.form, *line.fields, "file", "upload", "attachment", "logo")
    files = {name: (io.BytesIO(POISON + PNG), f"../../{name}.svg", "image/svg+xml") for name in names}
    client = world.app.test_client()
    client.set_cookie(f"tmc-{HERTS}", world.tokens[HERTS][line.anybody])
    answer = client.post(
        f"/{HERTS}{world.path(line.path, line.anybody)}", content_type="multipart/form-data",
        data={"csrf_token": csrf_token(world.app), **files})
    return answer.status_code


@requirement("E13")
def test_a_file_in_a_form_is_as_if_it_were_not_there(world: World, settings: Any) -> None:
    kept = sorted(settings.data_dir.rglob("*"))
    for line in sorted(FORMS, key=lambda line: line.path == "/sign-out"):
        assert with_files(world, line) < 500, line
    told = str(everything(world.app)) + secrets_of(world.app)
    assert POISON.decode() not in told and ".svg" not in told
    assert sorted(settings.data_dir.rglob("*")) == kept


@requirement("E13")
def test_a_large_file_and_one_for_the_record_feed_are_refused(world: World) -> None:
    for path, status in ((f"/{HERTS}/sign-in", 413), (f"/{HERTS}/feed/v1/niche/events", 401)):
        large = {"file": (io.BytesIO(b"x" * 70_000), "evidence.zip", "application/zip")}
        answer = world.app.test_client().post(path, data=large, content_type="multipart/form-data")
        assert answer.status_code == status, path


# --- the logo of a force ----------------------------------------------------------------------


def zipped(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("inner.zip", content)
    return made.getvalue()


def drawn(inside: str) -> bytes:
    return LOGO.replace("<path", f"{inside}<path").encode()


NO_LOGOS: dict[str, bytes] = {
    "a picture of another kind": PNG,
    "a picture with a page behind it": PNG + b"<html><script>alert(1)</script></html>",
    "a logo with a page behind it": LOGO.encode() + b"<html><script>alert(1)</script></html>",
    "a logo with an archive behind it": LOGO.encode() + zipped(b"x"),
    "a page with a logo in it": b"<html><body>" + LOGO.encode() + b"</body></html>",
    "a comment that is a page, and a script": drawn("<!-- <html> --><script>alert(1)</script>"),
    "a script of another name": drawn('<x:script xmlns:x="http://www.w3.org/2000/svg">1</x:script>'),
    "a script of a page": drawn('<script xmlns="http://www.w3.org/1999/xhtml">1</script>'),
    "a picture of a page": drawn('<i:img xmlns:i="http://www.w3.org/1999/xhtml" src="x"/>'),
    "a link that runs": drawn('<a href="javascript:alert(1)"><path d="M0 0"/></a>'),
    "a link that is changed to run": drawn('<animate attributeName="href" to="javascript:alert(1)"/>'),
    "a page in an address": drawn('<image href="data:text/html,&lt;script&gt;"/>'),
    "a handler": drawn('<path onload="alert(1)" d="M0 0"/>'),
    "entities that grow": b'<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>' + LOGO.encode(),
    "a file of the computer": b'<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + LOGO.encode(),
    "packed": gzip.compress(LOGO.encode()),
    "packed twice": gzip.compress(gzip.compress(LOGO.encode())),
    "archives in an archive": zipped(zipped(LOGO.encode())),
    "a GIF and a script": b"GIF89a/*<svg xmlns='http://www.w3.org/2000/svg'/>*/=1;alert(1)",
    "a PDF": b"%PDF-1.4\n" + LOGO.encode(),
    "another sign set": ("\ufeff" + LOGO.replace("<path", "<script/><path")).encode("utf-16"),
    "far too large": drawn(" " * 60_000),
    "nothing": b"",
}


@pytest.fixture
def static(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the logo of the force is read from."""
    (tmp_path / "force" / "static").mkdir(parents=True)
    installed = installation(world.app).host.installed
    mine = replace(installed[HERTS], folder=tmp_path / "force")
    monkeypatch.setattr(installation(world.app).host, "installed",
                        MappingProxyType({**installed, HERTS: mine}))
    return tmp_path / "force" / "static"


def shown(world: World) -> tuple[int, bytes]:
    answer = world.ask("visitor", "GET", "/logo.svg")
    if answer.status_code == 200:
        assert answer.mimetype == "image/svg+xml"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    return answer.status_code, answer.data


@requirement("E13")
def test_what_is_no_logo_by_its_content_is_found_and_never_shown(world: World, static: Path) -> None:
    file = static / "logo.svg"
    for name, content in NO_LOGOS.items():
        file.write_bytes(content)
        assert logo_faults(file), name
        assert shown(world)[0] == 404, name
    file.write_text(LOGO)
    assert logo_faults(file) == []
    assert shown(world) == (200, LOGO.encode())


@requirement("E13")
def test_a_logo_is_a_file_of_its_own_folder(world: World, static: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.svg"
    outside.write_text(LOGO)
    for target in (outside, Path("../../outside.svg"), Path("/etc/passwd"), Path("/dev/zero")):
        (static / "logo.svg").symlink_to(target)
        assert shown(world)[0] == 404, target
        (static / "logo.svg").unlink()
    (static / "new.svg").write_text(LOGO)
    (static / "logo.svg").symlink_to("new.svg")
    assert shown(world)[0] == 200


@requirement("E13")
@pytest.mark.parametrize("name", [
    "../logo.svg", "/etc/passwd", "..", "a/b.svg", "a\\\\b.svg", "logo.svg.html", "logo.png", "logo", ".svg",
    "logo.svg\\u0000.png", "logo.SVG", "lo go.svg", "logo.svg\\n", "%2e%2e/logo.svg", "\\u202egvs.svg",
])
def test_a_name_that_is_a_path_or_of_another_kind_is_no_logo(name: str) -> None:
    text = (ROOT / "forces" / HERTS / "force.toml").read_text()
    named = re.sub(r"(?m)^logo = .*\n", "", text).replace("[brand]\n", f'[brand]\nlogo = "{name}"\n', 1)
    with pytest.raises(ForceFileError) as found:
        build_force(named)
    assert "brand.logo" in {problem.key for problem in found.value.problems}
