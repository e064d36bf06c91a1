"""The text of a new ``force.toml``, as ``forces new`` writes it: with comments, for people to edit."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import ModuleType

from core.force_file.reference_shape import Shape
from core.vocabulary import CRIME_TYPES, GROUPS

WIDTH = 96
DISCREET = ("updates@letterbox.example", "notes@garden-gate.example", "post@blue-lamp.example")


@dataclass(frozen=True)
class NewForce:
    """What is known of a force when its file is first written. ``districts``: id, name, Welsh name."""

    id: str
    name: str
    name_cy: str | None
    short_name: str
    nation: str
    languages: tuple[str, ...]
    website: str | None
    non_emergency: str
    districts: tuple[tuple[str, str, str | None], ...]
    groups: tuple[str, ...]
    opens: date
    shapes: tuple[Shape, ...]
    colour: str

    @property
    def template(self) -> str | None:
        return next((shape.template for shape in self.shapes if shape.template), None)

    @property
    def welsh(self) -> bool:
        return "cy" in self.languages


def force_text(new: NewForce, plugins: Mapping[str, ModuleType]) -> str:
    """A whole ``force.toml`` of a draft; its last table is ``[[phases]]``."""
    parts = (_head(new), _crime_types(), _looks(new), _references(new), _districts(new),
             _support(new), _feed(new), _oversight(), _plugins(plugins), _phase(new))
    return "\n".join(parts)


def wordmark(new: NewForce) -> str:
    """The force's name as a plain SVG for dark backgrounds, until it puts its own logo there."""
    first = html.escape(new.short_name)
    rest = html.escape(new.name.removeprefix(new.short_name).strip())
    width = max(len(new.short_name) * 15, len(new.name.removeprefix(new.short_name)) * 11) + 10
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 56" width="{width}" height="56" \
role="img" aria-labelledby="title">
  <title id="title">{html.escape(new.name)}</title>
  <!-- A plain wordmark, for dark backgrounds; the force puts its own logo here. -->
  <g fill="#ffffff" font-family="system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif">
    <text x="0" y="25" font-size="24" font-weight="700">{first}</text>
    <text x="0" y="48" font-size="18">{rest}</text>
  </g>
</svg>
"""


def _head(new: NewForce) -> str:
    website = f"website = {_text(new.website)}" if new.website else '# website = "https://www.…"'
    name_cy = f"name_cy = {_text(new.name_cy)}\n" if new.name_cy else ""
    unknown = [] if new.template else [
        "the shape of crime references, which is not known or has no year that could be seen"]
    confirm = "".join(f"  {_text(line)},\n" for line in (
        "the brand colour and the wordmark are ours",
        "the phase is ours: its day, its districts and its crime types",
        "the addresses that letters come from",
        "the local victim service is missing; support has national services only",
        *unknown,
        *(f"crime references are made so: {shape.said}" for shape in new.shapes if not unknown),
        "the names of the record systems that send news",
    ))
    return f"""\
id = {_text(new.id)}

# {new.name} in the portal.
# Change what is yours to change, save, and run: trackmycrime forces check {new.id}
# A draft is not served to the public; trackmycrime forces preview {new.id} shows it to you.

name = {_text(new.name)}
{name_cy}short_name = {_text(new.short_name)}
status = "draft"
nation = {_text(new.nation)}
languages = {_texts(new.languages)}
{website}
non_emergency = {_text(new.non_emergency)}

# Host names of this portal, as people type them. None yet: it is reached as /{new.id}/.
hosts = []

# What the force has to confirm before this file can go live. Delete a line when it is confirmed.
to_confirm = [
{confirm}]
"""


def _crime_types() -> str:
    lines = []
    for group in GROUPS.values():
        lines.append(f"  # {str(group.name)[:1].lower()}{str(group.name)[1:]}")
        lines += _wrapped(kind.id for kind in CRIME_TYPES.values() if kind.group == group.id)
    return "\n".join((
        "# The crime types this force records, from the shared list. What is open to whom is said in the",
        "# phase below. Leave in the sensitive ones: their cases are then kept silent, not lost.",
        "crime_types = [", *lines, "]", "",
    ))


def _looks(new: NewForce) -> str:
    short = new.short_name.split()[0].casefold()
    discreet = next((a for a in DISCREET if short not in a), DISCREET[0])
    return f"""\
# The colour fills the header and must carry white text. logo.svg is in the folder static.
[brand]
colour = {_text(new.colour)}
logo = "logo.svg"

[email_sender]
name = {_text(new.name)}
# Addresses under .example reach nobody: the force gives the real ones.
address = "no-reply@{new.id}.example"
# Sender of discreet letters: nothing here may say police, crime or the force's name.
discreet_address = "{discreet}"
"""


def _references(new: NewForce) -> str:
    if not new.shapes:
        return """\
# Crime references: the shape is not known yet. Until there are patterns and a template here, any
# number that people type is looked up.
[references]
"""
    template = (f"template = {_text(new.template)}" if new.template
                else '# template = "{number}/{yy}"  # it makes the references of sample cases')
    examples = [shape.examples[0] for shape in new.shapes]
    said_cy = f"Mae’n edrych fel {' neu '.join(examples)}. Cawsoch ef pan gofnodwyd y drosedd."
    help_cy = f"\ncy = {_text(said_cy)}" if new.welsh else ""
    help_en = f"It looks like {' or '.join(examples)}. You were given it when the crime was recorded."
    patterns = "\n".join(
        f"[[references.patterns]]\npattern = '{shape.pattern}'\nexample = {_text(shape.examples[0])}\n"
        for shape in new.shapes
    )
    return f"""\
# Crime references: {'; or '.join(shape.said for shape in new.shapes)}.
[references]
{template}

{patterns}
[references.help]
en = {_text(help_en)}{help_cy}
"""


def _districts(new: NewForce) -> str:
    tables = []
    for district, name, name_cy in new.districts:
        welsh = f"\nname_cy = {_text(name_cy)}" if name_cy else ""
        tables.append(f"[[districts]]\nid = {_text(district)}\nname = {_text(name)}{welsh}\n")
    head = "# Districts. If some merge, keep the old names in former_districts, as a list.\n\n"
    return head + "\n".join(tables)


def _support(new: NewForce) -> str:
    def words(key: str, en: str, cy: str) -> str:
        return f"{key}.en = {_text(en)}\n" + (f"{key}.cy = {_text(cy)}\n" if new.welsh else "")

    head = ("# Support. A service without districts or crime_types is for all of them. The order is the "
            "order on\n# the page: put the local victim service first.\n\n")
    general = {
        "Scotland": '[[support]]\nid = "victim-support-scotland"\nname = "Victim Support Scotland"\n'
                    'website = "https://victimsupport.scot"\n',
        "Northern Ireland": '[[support]]\nid = "victim-support-ni"\nname = "Victim Support NI"\n'
                            'website = "https://www.victimsupportni.com"\n',
    }.get(new.nation, (
        '[[support]]\nid = "victim-support"\nname = "Victim Support"\nphone = "0808 168 9111"\n'
        'website = "https://www.victimsupport.org.uk"\n'
        + words("hours", "24 hours a day", "24 awr y dydd")
        + words("words", "The national Supportline is for everyone affected by crime.",
                "Mae'r llinell gymorth genedlaethol i bawb y mae trosedd wedi effeithio arnynt.")
    ))
    if new.nation == "Scotland":
        return head + general
    return head + general + (
        '\n[[support]]\nid = "report-fraud"\nname = "Report Fraud"\nphone = "0300 123 2040"\n'
        'website = "https://www.reportfraud.police.uk"\n'
        + words("words", "Fraud and cyber crime are reported here, for all of England, Wales and "
                "Northern Ireland.", "Rhoddir gwybod am dwyll a seiberdroseddu yma, ar gyfer Cymru, "
                "Lloegr a Gogledd Iwerddon i gyd.")
        + 'crime_types = ["fraud", "computer-misuse"]\n'
    )


def _oversight() -> str:
    return """
# Who hears that staff opened a case that is not theirs, where no supervisor or force admin does.
[oversight]
# reviewer_email = "professional.standards@…"
"""


def _feed(new: NewForce) -> str:
    return f"""\
# Who sends news, by the name in their address: /{new.id}/feed/v1/records/events
# A sender with codes of its own gets a map from them to the ids of this file:
#   [feed.sources.records.map]
#   "A-45" = "theft-from-vehicle"

[feed.sources.records]
note = "A stand-in until the record system is named."
"""


def _plugins(plugins: Mapping[str, ModuleType]) -> str:
    def table(name: str) -> str:
        about = (plugins[name].__doc__ or "").strip().partition("\n")[0].replace("`", "")
        return f"# {about}\n[plugins.{name}]\n"

    ours = [name for name, module in plugins.items() if module.__name__.startswith("plugins.")
            and not getattr(module, "PUTS_ITSELF_ON", False)]
    demo = [n for n in ours if getattr(plugins[n], "DEMO_ONLY", False)]
    lasting = "\n".join(table(name) for name in ours if name not in demo)
    last = "\n".join(table(name) for name in demo)
    return ("# Plugins: what is named here is on; what is not is off.\n\n" + lasting
            + (f"\n# The rest works in demo only: take it out before the force goes live.\n\n{last}"
               if demo else ""))


def _phase(new: NewForce) -> str:
    opened = [kind.id for kind in CRIME_TYPES.values()
              if kind.group in new.groups and not kind.sensitive]
    return "\n".join((
        "# Phases: from which day on crimes of which districts and types can be followed, by the day they",
        "# were reported. Both days are included; without closes it stays open.",
        "",
        "[[phases]]",
        'name = "Pilot"',
        f"opens = {new.opens.isoformat()}",
        "districts = [", *_wrapped(district for district, _, _ in new.districts), "]",
        "crime_types = [", *_wrapped(opened), "]", "",
    ))


def _wrapped(names: Iterable[str]) -> list[str]:
    lines = [" "]
    for name in names:
        if len(lines[-1]) + len(name) + 4 > WIDTH:
            lines.append(" ")
        lines[-1] += f' "{name}",'
    return lines


def _text(text: str | None) -> str:
    return json.dumps(text, ensure_ascii=False)


def _texts(texts: Iterable[str]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]"
