"""Where the documents lead: each link, heading and file that one of them names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s]+)\)")
TOP = "core|docs|forces|plugins|tests|tools|translations|\\.ci|\\.github"
NAMED = re.compile(rf"`((?:{TOP})/[^`\s]*)`")
NAMED_IN_CODE = re.compile(r"\bdocs/[\w./-]+\.md\b")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SUPERSEDED = "Superseded by ["  # begins a decision that another took the place of
LEFT_TO_THE_READER = re.compile(r"[<…]")  # plugins/<name>/, which the reader makes


def headings(text: str) -> set[str]:
    """What may follow ``#`` in a link to this document, as GitHub makes it from the headings."""
    found: list[str] = []
    for title in re.findall(r"^#+ (.+)$", FENCED.sub("", text), re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", re.sub(r"\]\([^)]*\)", "", title).lower()).replace(" ", "-")
        found.append(f"{slug}-{found.count(slug)}" if slug in found else slug)
    return set(found)


def broken_links(document: Path) -> Iterator[str]:
    """Each relative link of *document* whose file or heading is not there."""
    text = document.read_text()
    for target in LINK.findall(FENCED.sub("", text)):
        name, _, heading = target.partition("#")
        path = document.parent / name if name else document
        if not path.exists() or (heading and heading not in headings(path.read_text())):
            yield target


def absent_files(document: Path, root: Path) -> Iterator[str]:
    """Each file and folder below *root* that *document* names and that is not there; ``*`` is any name.

    A decision that no longer holds tells of the files of its day.
    """
    text = document.read_text()
    for name in () if text.partition("\n\n")[2].startswith(SUPERSEDED) else NAMED.findall(text):
        if LEFT_TO_THE_READER.search(name):
            continue
        if not (any(root.glob(name)) if "*" in name else (root / name).exists()):
            yield name


def absent_documents(text: str, root: Path) -> Iterator[str]:
    """Each document that code, or a message in it, sends its reader to and that is not there."""
    for name in NAMED_IN_CODE.findall(text):
        if not (root / name).exists():
            yield name
