"""Folders of forces for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.unit.force_texts import GOOD


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
