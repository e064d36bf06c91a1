"""Writes docs/the-code-clock.md from the tables of the nations' plugins: ``python -m tools.clock_document``.

A test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.commitments.law import Clock, Duty, Edition, Term, When
from plugins.victim_charter_ni import clock as northern_irish
from plugins.victims_code import clock as english
from plugins.victims_code_scotland import clock as scottish

DOCUMENT = Path(__file__).resolve().parent.parent / "docs/the-code-clock.md"
TOP = """# The Code clock

<!-- made by `python -m tools.clock_document` from the plugins' tables; do not edit -->

For whoever knows the law and wants to check what the portal keeps to: what the law of each nation says that
people are told, what begins it, and by when. When news of a row reaches a case, each person who is owed news
of it is promised to be told by that day. The tables are `clock.py` of each nation's plugin.

- **ok**: read in the text in force, or in a source that states it. **old**: read of an earlier edition.
  **unconf**: not confirmed in anything that was read; the number is the stricter one beside it. Only a number
  that is **ok** is shown to people; the portal keeps to the others without naming them. Where the enhanced
  number is not **ok** and the standard one is, people are told the standard day; staff keep to the sooner.
- The day of the event is day 0; a term ends with its last day. Working days are Monday to Friday without the
  bank holidays of the force's nation, *days* are all days.
- A case keeps the edition of the event's day. Under the enhanced service the sooner day holds: the standard
  one, or the enhanced term from the later of the event and the change to it. So a change shortens what is
  open, and lengthens nothing.
- *Received*: the term counts from when the one who tells it received it from the court or the prosecutor,
  where the record system says when that was (`received_at`).
"""
NATIONS = (
    ("England and Wales: the Victims' Code", english.CLOCK),
    ("Scotland: the Victims' Code for Scotland", scottish.CLOCK),
    ("Northern Ireland: the Victim Charter", northern_irish.CLOCK),
)


def _term(term: Term | None) -> str:
    if term is None:
        return "–"
    unit = term.unit.removesuffix("s") if term.count == 1 else term.unit
    return f"{term.count} {unit} ({term.confidence})"


def _trigger(when: When) -> str:
    codes = " ".join(f"`{code}`" for code in when.codes)
    of = f" of `{when.scheme}`" if when.scheme else ""
    return f"`{when.kind}`" + (f": {codes}{of}" if codes else "")


def _row(duty: Duty) -> str:
    source = f"[source]({duty.source})"
    return "| " + " | ".join((
        f"`{duty.key}`", duty.right, f"{duty.what} ({duty.confidence})", duty.teller,
        "; ".join(map(_trigger, duty.triggers)), duty.since, _term(duty.standard),
        _term(duty.enhanced or duty.standard), " ".join(filter(None, (duty.note, source))),
    )) + " |"


def _unopened(duty: Duty) -> str:
    terms = f"{_term(duty.standard)}, enhanced {_term(duty.enhanced or duty.standard)}"
    return "| " + " | ".join((
        f"`{duty.key}`", duty.right, f"{duty.what} ({duty.confidence})", duty.teller,
        terms if duty.standard else "–", duty.not_opened, f"[source]({duty.source})",
    )) + " |"


def _edition(edition: Edition) -> Iterator[str]:
    day = f"{edition.in_force_from:%-d %B %Y}"
    yield f"### Edition {edition.id}, for what happens from {day} on\n"
    yield "| key | right | what | by whom | news that begins it | from | standard | enhanced | read in |"
    yield "|---|---|---|---|---|---|---|---|---|"
    yield from (_row(duty) for duty in edition.duties if not duty.not_opened)
    yield "\nThe portal opens no promise for these:\n"
    yield "| key | right | what | by whom | term | why not | read in |"
    yield "|---|---|---|---|---|---|---|"
    yield from (_unopened(duty) for duty in edition.duties if duty.not_opened)
    yield ""


def _nation(name: str, clock: Clock) -> Iterator[str]:
    yield f"## {name}\n"
    for edition in clock.editions:
        yield from _edition(edition)


def document() -> str:
    return "\n".join([TOP, *(line for name, clock in NATIONS for line in _nation(name, clock))])


if __name__ == "__main__":
    DOCUMENT.write_text(document())
    print(f"wrote docs/{DOCUMENT.name}")
