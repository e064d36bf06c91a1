"""What `make bare` carries from this machine into a root: its way to packages, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.bare import machine, root
from tools.bare.newcomer import Page, lines_to_copy


@pytest.mark.parametrize(("name", "carried"), [
    ("https_proxy", True), ("HTTP_PROXY", True), ("no_proxy", True), ("PIP_INDEX_URL", True),
    ("NPM_CONFIG_REGISTRY", True), ("npm_config_cafile", True), ("NODE_EXTRA_CA_CERTS", True),
    ("LANG", False), ("LC_ALL", False), ("CI", False), ("TMC_MODE", False), ("PATH", False), ("HOME", False),
    ("VIRTUAL_ENV", False), ("PYTHONPATH", False), ("SHELL", False),
])
def test_of_the_environment_only_what_packages_need_is_carried(
    monkeypatch: pytest.MonkeyPatch, name: str, carried: bool
) -> None:
    monkeypatch.setenv(name, "value")
    assert (name in machine.environment()) is carried


def test_a_folder_or_file_that_pip_is_told_of_is_seen_in_the_root_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("wheels", "index/simple", "index/files", "other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "constraints.txt").touch()
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nfind-links = {tmp_path}/wheels\nextra-index-url = file://{tmp_path}/index/simple"
                        f" https://elsewhere.example/simple\nconstraint = {tmp_path}/constraints.txt\n")
    monkeypatch.setattr(machine, "OF_PIP", ())
    monkeypatch.setattr(machine, "OF_NPM", ())
    monkeypatch.setattr(machine, "environment", dict)
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    assert machine.local_places() == [tmp_path / "index", tmp_path / "wheels"]
    assert machine.local_files() == [tmp_path / "constraints.txt"]


def test_whoever_may_make_no_root_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(root.NotHere, match="need root"):
        root.needs()
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(root.NotHere, match="there is no debootstrap"):
        root.needs()


def test_the_lines_to_copy_are_those_of_their_heading_without_their_comments(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("## One\n\n    not this\n\n## Two commands\n\nWords.\n\n    sudo do it\n\nMore.\n\n"
                      "    make run      # try it\n    make test\n\n## Next\n\n    nor this\n")
    assert lines_to_copy(readme) == ["sudo do it", "make run", "make test"]


def test_the_form_to_sign_in_is_found_among_others() -> None:
    page = Page('<form method="post" action="/leave"><input type="hidden" name="no" value="1"></form>'
                '<form method="post" action="/f/sign-in"><input type="hidden" name="csrf_token" value="t">'
                '<input name="surname" type="text"></form><input type="hidden" name="outside" value="x">')
    assert (page.action, page.fields) == ("/f/sign-in", {"csrf_token": "t"})
