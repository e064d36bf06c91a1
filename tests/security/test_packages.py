"""What the portal is made of is locked, listed, and looked up for known weaknesses."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.security.checklist import requirement
from tools import advisories
from tools.advisories import Answers, NotChecked, ask, judge, over_the_network
from tools.packages import ROOT, Package, packages
from tools.sbom import sbom

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
FOUND = [Package("PyPI", "flask", "3.1.3"), Package("npm", "@axe/core", "4.1.0", serves=False)]


# --- locked by hash -----------------------------------------------------------------------------


def wheel(folder: Path) -> tuple[Path, str]:
    """A package that does nothing, and its hash."""
    path = folder / "harmless-1.0-py3-none-any.whl"
    info = "harmless-1.0.dist-info"
    files = {
        "harmless.py": "", f"{info}/METADATA": "Metadata-Version: 2.1\nName: harmless\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},"
        f"{len(text)}\n" for name, text in files.items())
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(name, text)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


def install(folder: Path, digest: str | None) -> subprocess.CompletedProcess[str]:
    """With the options of the Makefile, from a folder in place of an index."""
    line = f"harmless==1.0 --hash=sha256:{digest}" if digest else "harmless==1.0"
    (folder / "requirements.txt").write_text(line + "\n")
    return subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq", "install",
         "--require-hashes", "-r", "requirements.txt", "--no-index", "--find-links", ".",
         "--target", "there", "--no-cache-dir"],
        cwd=folder, capture_output=True, text=True, check=False)


@requirement("G12")
def test_a_package_with_another_hash_is_not_installed(tmp_path: Path) -> None:
    path, digest = wheel(tmp_path)
    assert install(tmp_path, digest).returncode == 0
    assert (tmp_path / "there" / "harmless.py").exists()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("harmful.py", "")
    refused = install(tmp_path, digest)
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert not (tmp_path / "there" / "harmful.py").exists()
    assert install(tmp_path, None).returncode != 0


@requirement("G12")
def test_everything_is_installed_by_hash_and_nothing_is_unlocked() -> None:
    found = packages()
    assert {one.ecosystem for one in found} == {"PyPI", "npm"}
    assert all(one.hashes for one in found) and len(found) > 80
    recipes = re.findall(r"\$\(PIP\) install (.*)", (ROOT / "Makefile").read_text())
    assert len(recipes) >= 3
    assert [r for r in recipes if "--require-hashes" not in r and "--no-index" not in r] == []
    assert 'run(node / "npm", "ci"' in (ROOT / "tools/build_static.py").read_text()


def test_a_package_without_its_hash_is_told(tmp_path: Path) -> None:
    for name in ("requirements.txt", "requirements-node.txt", "requirements-test.txt"):
        (tmp_path / name).write_text("flask==3.1.3\n")
    with pytest.raises(ValueError, match=r"requirements\.txt: not locked by version and hash: flask"):
        packages(tmp_path)


# --- listed -------------------------------------------------------------------------------------


@requirement("G12")
def test_the_list_has_every_package_once_with_its_version_and_hash() -> None:
    made = sbom(packages(), "0.1.0", NOW)
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    refs = [one["bom-ref"] for one in made["components"]]
    assert len(refs) == len(set(refs)) == len(packages())
    flask = next(one for one in made["components"] if one["name"] == "flask")
    assert flask["scope"] == "required" and flask["purl"] == f"pkg:pypi/flask@{flask['version']}"
    assert all(one["properties"] for one in made["components"])
    assert "pytest" not in str(made["dependencies"])
    assert json.loads(json.dumps(made)) == made


# --- looked up ----------------------------------------------------------------------------------


def answered(*results: dict[str, Any], date: datetime = NOW) -> Any:
    """Recorded answers, one after the other."""
    pages = iter(results)
    return lambda body: (next(pages), date)


@requirement("G12")
def test_what_is_known_of_a_package_is_told_with_the_date_of_the_data() -> None:
    answers = ask(FOUND, answered({"results": [{"vulns": [{"id": "PYSEC-1"}]}, {}]}))
    assert answers.asked_at == NOW
    assert judge(FOUND, answers, NOW + timedelta(days=7)) == {"flask 3.1.3": ["PYSEC-1"]}


def test_a_long_answer_is_read_to_its_end() -> None:
    answers = ask(FOUND, answered(
        {"results": [{"vulns": [{"id": "A"}], "next_page_token": "more"}, {}]},
        {"results": [{"vulns": [{"id": "B"}]}]},
    ))
    assert answers.known["PyPI", "flask", "3.1.3"] == ["A", "B"]


@requirement("G12")
@pytest.mark.parametrize(("results", "age", "said"), [
    ([{}], 0, "2 packages were asked for, 1 answers came"),
    ([], 0, "2 packages were asked for, 0 answers came"),
    ([{}, {}], 8, "8 days old; 7 are allowed"),
    ([{}, {}], -3, "which is to come"),
])
def test_skipped_missing_and_old_answers_are_failures(
    results: list[dict[str, Any]], age: int, said: str
) -> None:
    with pytest.raises(NotChecked, match=said):
        judge(FOUND, ask(FOUND, answered({"results": results}, date=NOW - timedelta(days=age))), NOW)


@requirement("G12")
def test_a_package_that_the_kept_answers_lack_is_a_failure(tmp_path: Path) -> None:
    ask(FOUND[:1], answered({"results": [{}]})).write(tmp_path / "answers")
    kept = Answers.read(tmp_path / "answers")
    assert judge(FOUND[:1], kept, NOW) == {}
    with pytest.raises(NotChecked, match=r"1 packages were skipped: @axe/core 4\.1\.0"):
        judge(FOUND, kept, NOW)
    (tmp_path / "answers").write_text("{}")
    with pytest.raises(NotChecked, match="not answers that can be read"):
        Answers.read(tmp_path / "answers")


@requirement("G12")
def test_the_command_ends_as_it_should(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def status(known: dict[tuple[str, str, str], list[str]], days: int = 0) -> int:
        Answers(datetime.now(UTC) - timedelta(days=days), known).write(tmp_path / "answers")
        return advisories.main(["--answers", str(tmp_path / "answers")])

    monkeypatch.setattr(advisories, "packages", lambda: FOUND)
    fine: dict[tuple[str, str, str], list[str]] = {
        (one.ecosystem, one.name, one.version): [] for one in FOUND}
    assert status(fine) == 0
    assert f"data of {datetime.now(UTC):%d %B %Y}" in capsys.readouterr().out
    assert status({**fine, ("PyPI", "flask", "3.1.3"): ["X"]}) == 1
    assert "flask 3.1.3: X" in capsys.readouterr().out
    assert status(fine, days=9) == 2
    assert status({}) == 2
    assert advisories.main(["--answers", str(tmp_path / "nowhere")]) == 2


class _Osv(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"results": [{} for _ in asked["queries"]]}).encode()
        self.send_response_only(200)
        self.send_header("Date", format_datetime(NOW, usegmt=True))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *anything: Any) -> None:
        pass


@requirement("G12")
def test_without_a_network_nothing_was_checked_and_with_one_the_date_is_the_servers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Osv)
    monkeypatch.setattr(advisories, "URL", f"http://127.0.0.1:{server.server_port}/")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        assert ask(FOUND, over_the_network).asked_at == NOW
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    with pytest.raises(NotChecked, match=r"cannot be asked .*: nothing was checked"):
        ask(FOUND, over_the_network)
