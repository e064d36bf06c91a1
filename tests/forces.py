"""Folders of forces for tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tests.core.force.force_texts import GOOD

finding = import_module("core.plugin_host.finding")

# Every plugin that a live force needs; its staff sign in by a plugin of others, which asks no provider.
LASTING = ("record_feed", "sign_in", "your_account", "messages", "officer_desk", "email_notices", "support",
           "eligibility", "victims_code")
ALL = (*LASTING, "staff_door")


@contextmanager
def staff_door() -> Iterator[None]:
    """Within, the plugin of others by which staff sign in is installed."""
    found = finding.entry_points

    def with_door(group: str) -> Sequence[EntryPoint]:
        door = EntryPoint("staff_door", "tests.staff_door", finding.PLUGIN_GROUP)
        return [*found(group=group), *([door] if group == finding.PLUGIN_GROUP else ())]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finding, "entry_points", with_door)
        yield


def live_force(folder: Path, *, plugins: Sequence[str], host: str | None = None) -> Path:
    """A folder for TMC_FORCES_DIR with one live force, midshire, that lists *plugins*."""
    head, rest = GOOD.split("[plugins.messages]")
    tables = "\n".join(f"[plugins.{name}]" for name in plugins)
    tables += '\n[oversight]\nreviewer_email = "reviews@midshire.police.uk"\n'
    text = head + tables + "\n[[phases]]" + rest.split("[[phases]]", 1)[1]
    text = (
        text.replace('status = "draft"', 'status = "live"')
        .replace("letterbox.example", "letterbox.org.uk")
        .replace(".example", ".police.uk")
        .replace('hosts = ["track.midshire.police.uk"]', "hosts = []")
    )
    text = text.replace(
        "[[references.patterns]]",
        '[references.help]\nen = "On your letter."\n\n[[references.patterns]]',
        1,
    )
    if host:
        text = text.replace("hosts = []", f'hosts = ["{host}"]')
    (folder / "midshire").mkdir(parents=True)
    (folder / "midshire" / "force.toml").write_text(text)
    return folder
