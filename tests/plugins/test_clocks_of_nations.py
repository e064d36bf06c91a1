"""Of the nations' clocks that an installation has, only that of a force's own nation promises."""

from __future__ import annotations

import pluggy
import pytest

from core import hookspecs
from core.hookspecs import EntryCodes
from plugins import victim_charter_ni, victims_code, victims_code_scotland
from tests.plugins.clocks import because_of, force_in


@pytest.mark.parametrize(("nation", "rule"), [
    ("England", "2021/arrested"), ("Wales", "2021/arrested"), ("Scotland", "2015/suspect_news"),
    ("Northern Ireland", "2015/suspect_news"), ("Elsewhere", None),
])
def test_an_arrest_is_promised_once_by_the_law_of_the_forces_nation(nation: str, rule: str | None) -> None:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    for plugin in (victims_code, victims_code_scotland, victim_charter_ni):
        manager.register(plugin)
    cause = because_of(EntryCodes("arrested"), "2026-06-02")
    answers = manager.hook.commitments_from(force=force_in(nation), cause=cause)
    assert [one.rule for answer in answers for one in answer] == ([rule] if rule else [])
