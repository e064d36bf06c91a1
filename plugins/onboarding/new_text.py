"""What ``forces new`` writes, from the templates beside this: a first ``force.toml`` and a wordmark."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce
from pathlib import Path
from types import ModuleType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from core.base import SOURCE_LANGUAGE, languages
from core.force import vocabulary
from core.plugin_host import is_always_on
from plugins.onboarding.reference_shape import Shape

N_, translated = languages.N_, languages.translated

# Written into the file in each of the force's languages.
LOOKS_LIKE = N_("It looks like %(example)s. You were given it when the crime was recorded.")
OR = N_("%(first)s or %(last)s")
SUPPORT = {
    "all_day": N_("24 hours a day"),
    "for_everyone": N_("The national Supportline is for everyone affected by crime."),
    "fraud": N_("Fraud and cyber crime are reported here, for all of England, Wales and Northern Ireland."),
}
DISCREET = ("updates@letterbox.example", "notes@garden-gate.example", "post@blue-lamp.example")


@dataclass(frozen=True)
class NewForce:
    """What is known of a force when its file is first written.

    ``names``, and the names of ``districts`` (id, names), are by language, always in English too.
    """

    id: str
    names: Mapping[str, str]
    short_name: str
    nation: str
    languages: tuple[str, ...]
    website: str | None
    non_emergency: str
    districts: tuple[tuple[str, Mapping[str, str]], ...]
    groups: tuple[str, ...]
    opens: date
    shapes: tuple[Shape, ...]
    colour: str

    @property
    def template(self) -> str | None:
        return next((shape.template for shape in self.shapes if shape.template), None)

    @property
    def name(self) -> str:
        return self.names[SOURCE_LANGUAGE]

    @property
    def help(self) -> dict[str, str]:
        """Where people find their crime reference, by language."""
        examples = [shape.examples[0] for shape in self.shapes]
        return self.in_each(lambda code: translated(LOOKS_LIKE, code) % {"example": reduce(
            lambda first, last: translated(OR, code) % {"first": first, "last": last}, examples)})

    @property
    def support(self) -> dict[str, dict[str, str]]:
        """What is said of the national services, by language."""
        return {name: self.in_each(partial(translated, sentence)) for name, sentence in SUPPORT.items()}

    @property
    def discreet_address(self) -> str:
        """A sender of discreet letters that does not say the force's name."""
        short = self.short_name.split()[0].casefold()
        return next((address for address in DISCREET if short not in address), DISCREET[0])

    def in_each(self, say: Callable[[str], str]) -> dict[str, str]:
        """What *say* makes of a code, for each language of the force; the English one first."""
        return {code: say(code) for code in sorted(self.languages, key=lambda one: one != SOURCE_LANGUAGE)}


def force_text(new: NewForce, plugins: Mapping[str, ModuleType]) -> str:
    """A whole ``force.toml`` of a draft; its last table is ``[[phases]]``."""
    lasting = list(_plugins_for(plugins, new.nation, demo=False))
    return _written("new_force.toml.jinja", new=new, groups=vocabulary.GROUPS.values(),
                    crime_types=vocabulary.CRIME_TYPES.values(),
                    lasting=[one for one in lasting if not one[2]], asking=[one for one in lasting if one[2]],
                    demo=list(_plugins_for(plugins, new.nation, demo=True)))


def wordmark(new: NewForce) -> str:
    """The force's name as a plain SVG for dark backgrounds, until it puts its own logo there."""
    return _written("new_logo.svg.jinja", new=new)


def _plugins_for(
    plugins: Mapping[str, ModuleType], nation: str, *, demo: bool
) -> Iterator[tuple[str, str, list[str]]]:
    """Name of each of our plugins that a force of *nation* lists, what it is for, and the settings without
    which it cannot be on."""
    for name, module in plugins.items():
        ours = module.__name__.startswith("plugins.") and not (
            getattr(module, "PUTS_ITSELF_ON", False) or is_always_on(module))
        of_nation = nation in getattr(module, "NATIONS", {nation})
        if ours and of_nation and getattr(module, "DEMO_ONLY", False) is demo:
            about = (module.__doc__ or "").strip().partition("\n")[0].replace("`", "")
            settings = getattr(module, "SETTINGS", None)
            fields = settings.model_fields if settings else {}
            yield name, about, [key for key, field in fields.items() if field.is_required()]


def _written(template: str, **values: Any) -> str:
    # TOML is no HTML: its texts are quoted by `toml`, and comments hold a name as it is
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape(["svg.jinja"]),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    templates.filters |= {"toml": _toml, "words": _words}
    return templates.get_template(template).render(values)


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _words(names: Mapping[str, str]) -> str:
    """A text that is in English alone stands without a table."""
    if len(names) == 1:
        return _toml(names[SOURCE_LANGUAGE])
    return "{ " + ", ".join(f"{code} = {_toml(name)}" for code, name in names.items()) + " }"
