"""Keeps the catalogues in step with the sentences in the code.

``update`` takes new sentences in and gone ones out; ``check`` says what is missing, and exits 1.
Catalogues hold no line numbers and no dates, so that they change only when a sentence does.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "translations"
TEMPLATE = FOLDER / "messages.pot"
KEYWORDS = ("lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2")
# dates, and what nobody filled in
NOISE = re.compile(
    rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To): .*\\n"\n'
    rb'|^"\S+: (FULL NAME|LANGUAGE) <.*\\n"\n', re.MULTILINE)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%\{\w+\}|\{\w+\}|%[sd]")

Key = tuple[str, str]


def extract() -> Catalog:
    """The sentences that are in the code now."""
    fresh = FOLDER / "fresh.pot"
    words = [
        "pybabel", "--quiet", "extract", "-F", str(FOLDER / "babel.cfg"), "-o", str(fresh),
        "--project=TrackMyCrime", "--version=0", "--sort-output", "--add-location=file",
        *(f"-k{keyword}" for keyword in KEYWORDS), ".",
    ]
    try:
        CommandLineInterface().run(words)
        with fresh.open("rb") as file:
            return read_po(file)
    finally:
        fresh.unlink(missing_ok=True)


def write(path: Path, catalog: Catalog) -> None:
    kept = BytesIO()
    write_po(kept, catalog, width=100, sort_output=True, omit_header=False, ignore_obsolete=True,
             include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = NOISE.sub(b"", kept.getvalue())
    if not path.exists() or path.read_bytes() != text:
        path.write_bytes(text)


def catalogues() -> Iterator[tuple[Path, Catalog]]:
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        with path.open("rb") as file:
            yield path, read_po(file, locale=path.parent.parent.name)


def update() -> None:
    template = extract()
    template.header_comment = "# Every sentence that people read. Written by `make words`."
    write(TEMPLATE, template)
    for path, catalog in catalogues():
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        write(path, catalog)


def key(message: Message) -> Key:
    """Context and sentence: what makes two messages the same."""
    first = message.id[0] if isinstance(message.id, (list, tuple)) else message.id
    return (message.context or "", first)


def keys(catalog: Catalog) -> set[Key]:
    return {key(message) for message in catalog if message.id}


def check() -> list[str]:
    """What is out of step, a line each; empty when nothing is."""
    code = extract()
    with TEMPLATE.open("rb") as file:
        problems = list(difference(TEMPLATE, keys(code), keys(read_po(file))))
    for path, catalog in catalogues():
        problems += difference(path, keys(code), keys(catalog))
        problems += untranslated(path, catalog)
        if catalog.obsolete:
            problems.append(f"{name(path)}: {len(catalog.obsolete)} obsolete sentences are kept")
    return problems


def difference(path: Path, code: set[Key], kept: set[Key]) -> Iterator[str]:
    for _, sentence in sorted(code - kept):
        yield f"{name(path)}: lacks {sentence!r}"
    for _, sentence in sorted(kept - code):
        yield f"{name(path)}: no longer in the code: {sentence!r}"


def untranslated(path: Path, catalog: Catalog) -> Iterator[str]:
    for message in catalog:
        if not message.id:
            continue
        forms = [message.string] if isinstance(message.string, str) else list(message.string or "")
        # a plural of single letters is a text that was taken for a list of forms
        if not forms or not all(forms) or (len(forms) > 1 and max(map(len, forms)) == 1):
            yield f"{name(path)}: not translated: {key(message)[1]!r}"
        elif message.fuzzy:
            yield f"{name(path)}: marked fuzzy: {key(message)[1]!r}"
        elif not all(same_placeholders(message, form) for form in forms):
            yield f"{name(path)}: other placeholders than in {key(message)[1]!r}"


def same_placeholders(message: Message, form: str) -> bool:
    """A plural form may leave the number to its words; nothing else may differ."""
    forms = [message.id] if isinstance(message.id, str) else list(message.id)
    wanted = set(PLACEHOLDER.findall(" ".join(forms)))
    found = set(PLACEHOLDER.findall(form))
    missing = wanted - found - (set() if len(forms) == 1 else {"%(num)d", "%(num)s"})
    return found <= wanted and not missing


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def main() -> int:
    if sys.argv[1:] == ["update"]:
        update()
        return 0
    if sys.argv[1:] != ["check"]:
        print("usage: words.py update|check", file=sys.stderr)
        return 2
    problems = check()
    for problem in problems[:40]:
        print(problem, file=sys.stderr)
    if problems:
        print(f"{len(problems)} problems; `make words` takes sentences in and out", file=sys.stderr)
        return 1
    print(f"Catalogues are in step: {len(keys(extract()))} sentences.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
