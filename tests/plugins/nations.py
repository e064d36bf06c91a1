"""The plugins that have a nation's words of law, and all that each of them can tell."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from core.cases import general_words, tellings
from core.force import vocabulary
from plugins import victim_charter_ni, victims_code_scotland

NATIONS: dict[str, ModuleType] = {
    "victims_code_scotland": victims_code_scotland, "victim_charter_ni": victim_charter_ni}

# What each calls the text that has the rights of victims.
RIGHTS_ARE_IN = {"victims_code_scotland": "Victims' Code for Scotland", "victim_charter_ni": "Victim Charter"}


def codes(plugin: ModuleType) -> dict[str, tellings.SchemeCode]:
    """Those of its one scheme."""
    (scheme,) = plugin.SCHEMES.values()
    return dict(scheme)


def tell_code(plugin: ModuleType, code: str) -> tellings.Telling:
    (scheme,) = plugin.SCHEMES
    telling: tellings.Telling = plugin.tell("outcome", outcome=code, scheme=scheme)
    return telling


def every_telling(plugin: ModuleType) -> Iterator[tellings.Telling]:
    """All that may be told, and what is written down for codes that nobody has confirmed."""
    yield from (plugin.tell("progress", stage=stage) for stage in (*vocabulary.STAGES, None, "lost"))
    yield from (plugin.tell(kind) for kind in (*plugin.WORDS.entries, "teleported"))
    yield from (plugin.tell("released", release_kind=kind) for kind in (*plugin.WORDS.released, "by balloon"))
    yield from (plugin.tell("court_result", outcome=each) for each in vocabulary.COURT_RESULTS)
    yield from (code.telling for code in codes(plugin).values())
    yield general_words.DECISION_RECORDED


def texts(telling: tellings.Telling) -> tuple[str, ...]:
    parts = (telling.title, telling.meaning, telling.next_step, telling.rights, telling.unexplained)
    return tuple(str(part) for part in parts if part is not None)


def every_text(plugin: ModuleType) -> set[str]:
    now = {str(text) for stage in (*vocabulary.STAGES, None) for text in plugin.stage_now(stage)}
    return now | {text for telling in every_telling(plugin) for text in texts(telling)}
