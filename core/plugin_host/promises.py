"""What a live force's portal promises people, and which plugins keep the promises.

The core knows no plugin: each declares what it ``PROVIDES`` and what it ``NEEDS`` of others, by name of
a capability (docs/writing-a-plugin.md). What is for demo only keeps no promise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

from core.force.fault import ForceFileError, nearest
from core.force.file.reading import COMPLETE
from core.force.file.report import Report
from core.force.file.toml_lines import Place
from core.force.file.toml_text import read_text
from core.force.model import Force
from core.plugin_host.always_on import plugins_of
from core.plugin_host.nations import untold, untranslated

# Capability -> what is missing for people where no plugin of the force provides it.
PROMISED: Mapping[str, str] = {
    "person_sign_in": "people cannot sign in to follow their case",
    "record_news": "no record system can send news, so no case is ever shown",
    "letters": "nobody gets an email: no sign-in codes, no word that there is something new",
    "conversation": "people cannot write to their officer",
    "staff_desk": "officers have no desk: they cannot see, answer or update their cases",
    "own_access": "people cannot lock their access or choose how they are contacted safely",
    "support": "people are not told where they find support",
    "eligibility_check": "people cannot ask beforehand whether their crime can be followed",
}
STAFF_SIGN_IN = "staff_sign_in"  # asked for by what staff use, so that a force without it needs none


def unkept(force: Force, plugins: Mapping[str, ModuleType]) -> Iterator[tuple[Place, str]]:
    """Place in ``force.toml`` and sentence for each capability that the force needs to go live.

    *plugins* are those of this installation; those that are always on keep promises too. Also told is
    what those need that would have to be added, and what the law of the force's nation asks: a plugin
    that tells it, and languages.
    """
    lasting = {name: one for name, one in plugins.items() if not getattr(one, "DEMO_ONLY", False)}
    listed = [name for name in plugins_of(force, plugins) if name in lasting]
    for capability, missed in PROMISED.items():
        if not _providing(capability, listed, lasting):
            makers = _providing(capability, lasting, lasting)
            listed += makers[:1]
            yield _place(makers), f"{missed}: {_remedy(capability, makers, lasting)}"
    told: set[str] = set()
    for name in listed:
        for capability, missed in getattr(lasting[name], "NEEDS", {}).items():
            if capability in told or _providing(capability, listed, lasting):
                continue
            told.add(capability)
            makers = _providing(capability, lasting, lasting)
            needing = " and ".join(_needing(capability, listed, lasting))
            yield _place(makers), (f"{missed} (for {needing}): {_remedy(capability, makers, lasting)}")
    yield from untold(force, lasting)
    yield from untranslated(force, lasting)


def refuse_unkept(force: Force, file: Path, plugins: Mapping[str, ModuleType]) -> None:
    """Raises :class:`ForceFileError` with all that *force*, of *file*, would promise in vain."""
    report = Report(str(file), lambda: read_text(file))
    for place, said in unkept(force, plugins):
        report.add(place, said, COMPLETE, also=True)
    if report.problems:
        raise ForceFileError(report.sorted())


def _providing(
    capability: str, names: Iterable[str], plugins: Mapping[str, ModuleType]
) -> list[str]:
    return [name for name in names if capability in getattr(plugins[name], "PROVIDES", ())]


def _needing(capability: str, names: Iterable[str], plugins: Mapping[str, ModuleType]) -> list[str]:
    return [name for name in names if capability in getattr(plugins[name], "NEEDS", {})]


def _place(makers: list[str]) -> Place:
    return ("plugins", makers[0]) if makers else ("plugins",)


def _remedy(capability: str, makers: list[str], plugins: Mapping[str, ModuleType]) -> str:
    if makers:
        return "add " + " or ".join(f"[plugins.{name}]" for name in makers)
    provided = {one for module in plugins.values() for one in getattr(module, "PROVIDES", ())}
    like = None if capability in (*PROMISED, STAFF_SIGN_IN) else nearest(capability, provided)
    meant = f", only “{like}”" if like else ""
    return f"no plugin that is installed here provides “{capability}”{meant}; install one that does"
