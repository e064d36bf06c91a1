"""Which plugins tell the law of a force's nation, and the codes that its record systems may send by them.

A plugin says so itself, in ``NATIONS``, ``SCHEMES``, ``RELEASE_KINDS``, ``LANGUAGES`` and ``EDITION``; see
``tell_entry``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from core.base.languages import english_name
from core.force.file.toml_lines import Place
from core.force.model import Force
from core.force.vocabulary.nation import RELEASE_KINDS, NationCodes
from core.force.vocabulary.outcomes import OutcomeCode


@dataclass(frozen=True)
class Law:
    """The law of one force's nation: the plugins that tell it, and the codes that may be sent for them.

    ``kept`` holds what they answered to ``tell_entry``, by language and :attr:`editions`.
    """

    telling: tuple[Any, ...]
    codes: NationCodes
    kept: dict[tuple[str, tuple[str, ...]], dict[Any, Any]] = field(default_factory=dict, compare=False)

    @property
    def editions(self) -> tuple[str, ...]:
        """Which edition each of the plugins tells; its version, where it names none."""
        return tuple(str(getattr(one, "EDITION", getattr(one, "VERSION", ""))) for one in self.telling)


def law_of(force: Force, plugins: Iterable[Any]) -> Law:
    """What those of *plugins* tell that are for the force's nation; of two that know a scheme, the first."""
    telling = _telling_for(force, plugins)
    schemes: dict[str, Mapping[str, OutcomeCode]] = {}
    kinds = dict.fromkeys(RELEASE_KINDS)
    for one in telling:
        for scheme, codes in getattr(one, "SCHEMES", {}).items():
            schemes.setdefault(scheme, codes)
        kinds.update(dict.fromkeys(getattr(one, "RELEASE_KINDS", ())))
    return Law(telling, NationCodes(schemes, tuple(kinds)) if schemes else NationCodes(
        release_kinds=tuple(kinds)))


def untold(force: Force, plugins: Mapping[str, ModuleType]) -> Iterator[tuple[Place, str]]:
    """Place in ``force.toml`` and sentence, if none of the force's plugins tells the law of its nation.

    *plugins* are those of this installation.
    """
    if _telling_for(force, (plugins[name] for name in force.plugins if name in plugins)):
        return
    makers = [name for name, one in plugins.items() if _telling_for(force, [one])]
    remedy = "add " + " or ".join(f"[plugins.{name}]" for name in makers) if makers else (
        "no plugin that is installed here tells them; install one that does")
    yield ("plugins", *makers[:1]), (
        f"no plugin tells the words of stages and outcomes for the law of {force.nation}: {remedy}")


def untranslated(force: Force, plugins: Mapping[str, ModuleType]) -> Iterator[tuple[Place, str]]:
    """The same for each language that the nation's law asks of a force's own texts, and that it lacks."""
    for code in languages_of(force.nation, plugins):
        if code not in force.languages:
            yield ("languages",), f"a force in {force.nation} has its own texts in {english_name(code)} too"


def languages_of(nation: str, plugins: Mapping[str, ModuleType]) -> list[str]:
    """Which languages, beside English, the law of *nation* asks of a force's own texts."""
    telling = [one for one in plugins.values() if nation in getattr(one, "NATIONS", ())]
    return [*dict.fromkeys(code for one in telling for code in getattr(one, "LANGUAGES", {}).get(nation, ()))]


def _telling_for(force: Force, plugins: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(one for one in plugins if force.nation in getattr(one, "NATIONS", ()))
