"""Every sentence that is asked for in code is found by the extractor, whichever Python runs it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASKED_BY = {"_", "N_", "gettext", "lazy_gettext", "lazy_pgettext", "ngettext", "npgettext", "pgettext"}
PLANTED = "def said(what: str) -> str:\n    return f\"{_('Next:')} {what}\"\n"


def inside_f_strings(code: str) -> Iterator[int]:
    """Lines of *code* where a sentence is asked for inside an f-string.

    Before Python 3.12 an f-string is one token, so that the extractor does not see what stands in it:
    the sentence would be in no catalogue there, and be read in English.
    """
    for text in (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.JoinedStr)):
        for node in (node for node in ast.walk(text) if isinstance(node, ast.Call)):
            if getattr(node.func, "attr", getattr(node.func, "id", None)) in ASKED_BY:
                yield node.lineno


def test_no_sentence_stands_in_an_f_string_where_the_extractor_of_older_pythons_misses_it() -> None:
    found = [f"{path.relative_to(ROOT)}:{line}" for room in ("core", "plugins", "forces")
             for path in sorted((ROOT / room).rglob("*.py")) for line in inside_f_strings(path.read_text())]
    assert found == []


def test_a_sentence_that_is_planted_in_an_f_string_is_found() -> None:
    assert list(inside_f_strings(PLANTED)) == [2]
