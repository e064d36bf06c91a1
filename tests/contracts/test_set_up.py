"""What somebody new types works, or says in a sentence what to do: the set-up and its one list."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.processes.supervisor import free_port
from tests.live import ROOT, need
from tools import browser_works, build_static, step, system_programs
from tools.bare.newcomer import PARTS, chosen, lines_to_copy
from tools.bare.root import mounted_below
from tools.packages import packages

sys.path.insert(0, str(ROOT / "tools"))
import build_backend

README = ROOT / "README.md"


def test_the_readme_s_first_line_installs_the_one_list_of_programs() -> None:
    assert lines_to_copy(README)[0] == system_programs.line()
    assert [line.split()[:2] for line in lines_to_copy(README)[1:]] == [["make", "run"], ["make", "test"]]


def test_ci_installs_from_the_same_list_and_tries_a_bare_machine() -> None:
    script = (ROOT / ".ci/run").read_text()
    assert "tools/system_programs.py lacking" in script and "make bare QUICK=1" in script
    assert not [one for one in ("curl", "openssl", "chromium", "libatomic1", "fonts") if one in script]


def test_without_a_program_a_test_is_skipped_by_name_and_never_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for name in ("CI", "BARE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"needs curl: sudo apt-get install .* curl$"):
        need("curl", "openssl")
    for name in ("CI", "BARE"):
        monkeypatch.setenv(name, "true")
        with pytest.raises(pytest.fail.Exception, match="needs curl"):
            need("curl")
        monkeypatch.delenv(name)


@pytest.mark.parametrize(("said", "told"), [
    ("node: error while loading shared libraries: libatomic.so.1: cannot open shared object file: No such "
     "file or directory", "it lacks libatomic.so.1. Install it: {line} libatomic1"),
    ("chromium: error while loading shared libraries: libodd.so.7: cannot open shared object file",
     "it lacks libodd.so.7. Install the package that has it"),
    ("FATAL:zygote_host_impl_linux.cc(128) No usable sandbox!",
     "it has no sandbox for an ordinary user. Install it: {line} chromium-sandbox"),
    ("\nAborted\n", "Aborted"), ("", "it says no reason"),
])
def test_a_browser_that_does_not_start_names_what_to_install(
    monkeypatch: pytest.MonkeyPatch, said: str, told: str
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert browser_works._why(said) == told.format(line=system_programs.INSTALL)


@pytest.mark.parametrize(("said", "told"), [
    ("OSError: [Errno 28] No space left on device: '/x'", "the disk is full"),
    ("npm error code ENOSPC", "the disk is full"),
    ("NewConnectionError: Failed to establish a new connection: [Errno -2] Name or service not known",
     "could not be fetched: nothing answers"),
    ("npm error network request to https://x failed, reason: getaddrinfo EAI_AGAIN x", "nothing answers"),
    ("ReadTimeoutError: Read timed out.", "nothing answers"),
    ("npm error code ETIMEDOUT", "nothing answers"),
    ("SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED", "certificate"),
    ("npm error code SELF_SIGNED_CERT_IN_CHAIN", "certificate"),
    ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that is locked"),
    ("npm error code EROFS", "may not be written"),
    ("PermissionError: [Errno 13] Permission denied: '/x'", "may not be written"),
    ("ERROR: No matching distribution found for x==1", "for this Python or machine"),
    ("a\nb\nc\nd\ne\nf\nsomething else", "it ended with:\nc\nd\ne\nf\nsomething else"),
])
def test_a_step_of_the_set_up_that_fails_says_what_to_do(said: str, told: str) -> None:
    assert told in step.explain(f"Traceback (most recent call last):\n  File x\n{said}\n" if "\n" not in said
                                else said)


def run_step(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(ROOT / "tools/step.py"), "Trying ...", *command],
                          capture_output=True, text=True, check=False)


def test_packages_without_a_network_are_one_sentence() -> None:
    nobody = f"http://127.0.0.1:{free_port()}/simple"
    told = run_step(sys.executable, "-m", "pip", "--isolated", "install", "--retries", "1",
                    "--index-url", nobody, "--dry-run", "trackmycrime-of-nowhere")
    assert told.returncode == 1 and told.stdout == "Trying ...\n"
    assert told.stderr.count("\n") == 1 and told.stderr.startswith("Trying: packages could not be fetched")


def test_a_step_that_works_says_only_what_it_does() -> None:
    told = run_step("sh", "-c", "echo words; echo more >&2")
    assert (told.returncode, told.stdout, told.stderr) == (0, "Trying ...\n", "")


def test_a_home_that_takes_nothing_does_not_stop_the_front_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert build_static._npm_cache() == {}
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert build_static._npm_cache() == {"npm_config_cache": f"{sys.prefix}/npm-cache"}


def test_nothing_that_a_package_of_npm_brings_runs_when_it_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    node, ran = build_static.node_folder(), tmp_path / "ran"
    assert node
    (tmp_path / "brought").mkdir()
    (tmp_path / "brought/package.json").write_text(json.dumps(
        {"name": "brought", "version": "1.0.0", "scripts": {"postinstall": f"echo here > {ran}"}}))
    (tmp_path / "package.json").write_text(json.dumps({"dependencies": {"brought": "file:brought"}}))
    monkeypatch.setattr(build_static, "ROOT", tmp_path)
    build_static.run(node / "npm", "install", "--package-lock-only", path=node)
    build_static.install(node)
    assert (tmp_path / "node_modules/brought/package.json").exists() and not ran.exists()
    build_static.run(node / "npm", "ci", path=node)
    assert ran.exists(), "without it the script runs"


def test_what_only_make_pages_asks_is_fetched_for_it_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = {"html_codesniffer", "vnu-jar"}
    assert set(json.loads((ROOT / "package.json").read_text())["devDependencies"]) == asked
    assert asked <= {one.name for one in packages() if one.hashes}
    node = build_static.node_folder()
    assert node
    for name in ("brought", "judge"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "package.json").write_text(json.dumps({"name": name, "version": "1.0.0"}))
    (tmp_path / "package.json").write_text(json.dumps({
        "dependencies": {"brought": "file:brought"}, "devDependencies": {"judge": "file:judge"}}))
    monkeypatch.setattr(build_static, "ROOT", tmp_path)
    build_static.run(node / "npm", "install", "--package-lock-only", path=node)
    for judges, there in ((False, ["brought"]), (True, ["brought", "judge"])):
        build_static.install(node, judges=judges)
        assert sorted(path.name for path in (tmp_path / "node_modules").glob("[!.]*")) == there


def test_clean_leaves_nothing_of_what_is_made_here_but_the_demo_s_data(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    kept, of_the_system = "/.data/", ".DS_Store"
    ignored = [line for line in (ROOT / ".gitignore").read_text().splitlines() if line[:1] not in ("", "#")]
    made = {line: tmp_path / line.strip("/").replace("*", "cy") for line in ignored}
    made["/core/static.new/"] = tmp_path / "core/web/static.new"
    for path in made.values():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if path.suffix != ".mo" else path.touch()
    subprocess.run(["make", "-s", "clean"], cwd=tmp_path, check=True, capture_output=True)
    assert [line for line, path in made.items() if path.exists()] == [
        line for line in made if line in (kept, of_the_system)]


# --- building -----------------------------------------------------------------------------------


def test_a_wheel_without_its_static_files_or_welsh_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = tmp_path / "translations/cy/LC_MESSAGES"
    words.mkdir(parents=True)
    (words / "messages.po").touch()
    assert build_backend.unmade(tmp_path) == [
        "core/web/static/app.css", "core/web/static/app.js", "core/web/static/passkeys.js",
        "translations/cy/LC_MESSAGES/messages.mo"]
    (tmp_path / "core/web/static").mkdir(parents=True)
    for name in build_backend.STATIC:
        (tmp_path / "core/web/static" / name).touch()
    (words / "messages.mo").touch()
    assert build_backend.unmade(tmp_path) == []
    monkeypatch.setattr(build_backend, "ROOT", tmp_path)
    (words / "messages.mo").unlink()
    with pytest.raises(SystemExit, match=r"messages.mo: not made yet.*run `make wheel`"):
        build_backend.build_wheel(str(tmp_path))


def test_there_is_no_source_distribution(tmp_path: Path) -> None:
    told = subprocess.run([sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", tmp_path],
                          cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 1 and "run `make wheel`" in told.stdout + told.stderr
    assert list(tmp_path.iterdir()) == []


# --- bare machines ------------------------------------------------------------------------------


def test_in_ten_days_every_test_has_had_its_turn_and_a_browser_each_day(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    parts = [chosen(part) for part in range(PARTS)]
    assert all(any(file.startswith("tests/browser/") for file in part) for part in parts)
    alone = {"examples", "faults"}  # not of `make test`
    every = {str(file.relative_to(ROOT)) for file in (ROOT / "tests").rglob("test_*.py")
             if file.relative_to(ROOT).parts[1] not in alone}
    assert set().union(*parts) == every and max(map(len, parts)) < len(every) / 4


@pytest.mark.parametrize(("point", "below"), [
    ("/", False), ("/srv", False), ("/srv/tmc-bare-x/proc", True), ("/srv/tmc-bare-x", True),
    ("/srv/tmc-bare-xy/proc", False), ("/srv/tmc-bare-x/a\\040b", True),
])
def test_a_root_with_something_mounted_in_it_is_known(point: str, below: bool) -> None:
    told = f"1 0 8:1 / / rw - ext4 /dev/x rw\n2 1 0:5 / {point} rw,nosuid shared:2 - proc proc rw\n"
    assert mounted_below(Path("/srv/tmc-bare-x"), told) is below
