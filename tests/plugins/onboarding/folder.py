"""A folder of forces as a clerk has it, and what the commands answered about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result

from tests.core.force.force_texts import GOOD
from tests.forces import ALL

Run = Callable[..., Result]

READY = (
    GOOD.replace("letterbox.example", "letterbox.org.uk").replace(".example", ".police.uk")
    .replace("[[references.patterns]]",
             '[references.help]\nen = "On your letter."\n\n[[references.patterns]]')
    .replace('[plugins.support]\ngreeting = "Hello"', "[plugins.support]")
)
LIVE = READY.replace("[plugins.messages]\n\n[plugins.support]\n",
                     "".join(f"[plugins.{name}]\n" for name in ALL))
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


def put(folder: Path, text: str, force_id: str = "midshire", logo: str | None = LOGO) -> Path:
    file = folder / force_id / "force.toml"
    (file.parent / "static").mkdir(parents=True, exist_ok=True)
    file.write_text(text.replace('id = "midshire"', f'id = "{force_id}"', 1))
    if logo is not None:
        (file.parent / "static" / "logo.svg").write_text(logo)
    return file


def line_of(text: str, words: str) -> int:
    return next(n for n, line in enumerate(text.split("\n"), 1) if words in line)


def faults(result: Result) -> dict[str, dict[str, Any]]:
    return {fault["key"]: fault for fault in json.loads(result.output)["problems"]}
