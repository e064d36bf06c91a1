"""What an operator is told by the commands, as a terminal or a script runs them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.commands import run_portal
from tests.forces import live_force


@pytest.fixture
def force_file(tmp_path: Path) -> Path:
    live_force(tmp_path, plugins=["sign_in", "support"], host="track.midshire.police.uk")
    file = tmp_path / "midshire" / "force.toml"
    file.write_text(file.read_text().replace('status = "live"', 'status = "draft"'))
    return file


def check(file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run_portal("forces", "check", "midshire", *options, TMC_FORCES_DIR=str(file.parents[1]))


def test_a_clerk_is_told_of_a_misspelt_plugin_and_setting_by_line(force_file: Path) -> None:
    assert check(force_file, "--quiet").stdout == ""
    text = force_file.read_text()
    force_file.write_text(
        f'{text}\n[plugins.mesages]\n[plugins.record_feed]\ntolerence = 1\n'
    )
    last = force_file.read_text().count("\n")
    told = check(force_file)
    assert told.returncode == 1
    plugin, setting, *_ = told.stdout.splitlines()
    assert f"force.toml:{last - 2}: plugins.mesages" in plugin
    assert "“messages”" in plugin
    assert f"force.toml:{last}: plugins.record_feed.tolerence" in setting


def test_a_plugin_says_itself_what_its_settings_lack(force_file: Path) -> None:
    text = force_file.read_text()
    force_file.write_text(text.replace(
        "[plugins.sign_in]", '[plugins.sign_in]\ndetails = ["surname", "postcode"]'
    ))
    told = check(force_file)
    assert told.returncode == 1
    assert "must hold crime_reference and at least two more" in told.stdout


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_an_output_that_is_full_is_one_line_not_a_traceback() -> None:
    with open("/dev/full", "w") as full:
        told = run_portal("forces", "list", "--json", stdout=full)
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "cannot be written" in told.stderr


@pytest.mark.parametrize("port", ["70000", "-1", "0", "eight"])
def test_a_port_that_cannot_be_is_refused_by_name(port: str, tmp_path: Path) -> None:
    told = run_portal("demo", PORT=port, TMC_DATA_DIR=str(tmp_path))
    assert told.returncode == 2
    assert "--port" in told.stderr
