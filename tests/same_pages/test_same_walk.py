"""Two walks through the same portal write the same, and a word that changed shows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from flask import Flask

from tests.live import ROOT
from tests.same_pages.compare import Allowed, differences, read_pages
from tests.same_pages.portal import address
from tests.same_pages.walk import named, rules_of


def walked(folder: Path, *change: str) -> dict[str, str]:
    """Saved by a process of its own, as from the command line: it has its own database and clock."""
    done = subprocess.run([sys.executable, "-m", "tests.same_pages.one_walk", folder, *change], cwd=ROOT,
                          capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return read_pages(folder)


def test_two_walks_write_the_same_and_a_changed_word_shows_on_its_pages_only(tmp_path: Path) -> None:
    before, again = walked(tmp_path / "before"), walked(tmp_path / "again")
    assert len(before) > 40
    assert differences(before, again, Allowed()) == {}
    found = differences(before, walked(tmp_path / "changed", "Enter your code", "Type your code"), Allowed())
    assert set(found) == {state for state, text in before.items() if "Enter your code" in text}
    assert found
    assert all("Type your code" in difference for difference in found.values())


def test_every_address_of_the_portal_is_walked_and_has_a_file_of_its_own(portal: Flask) -> None:
    for method in ("GET", "POST"):
        listed = rules_of(portal, method)
        assert {rule.rule for rule in portal.url_map.iter_rules() if method in (rule.methods or ())} \
            - set(listed) <= {"/static/<path:filename>"}
        assert len({named(rule) for rule in listed}) == len(listed) > 20
        assert not [rule for rule in listed if "<" in address(rule, None)]
