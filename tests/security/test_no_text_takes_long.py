"""No text that comes from outside keeps the portal busy, however it is made."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from core.base.installation import installation
from core.force.model import Force
from core.force.reference import compile_pattern
from tests.conftest import HERTS
from tests.live import ROOT
from tests.security.checklist import requirement
from tests.security.patterns import Pattern, patterns_in, seconds, slow
from tests.security.table import lines, table
from tests.security.world import World

CODE = [file for folder in ("core", "plugins", "forces") for file in sorted((ROOT / folder).rglob("*.py"))]
# Made while the program runs: each is looked at by a test below, or in the place it is called from.
COMPUTED = {
    "core/base/field_values.py: re.compile(f'\\\\b({_ANY})\\\\W+"
    "(?:speak|first|prefer)|\\\\bsiaradwr ({_ANY})\\\\b')":
        "names of languages, each as it stands",
    "core/web/device.py: re.search(sign)": "plain words, over the first 400 characters",
    "plugins/onboarding/answers.py: re.split(f'[{question.apart}]')": "a few signs of our own",
    "core/force/field_types.py: re.compile(pattern)": "each call of must_be is looked at",
    "core/force/reference.py: re.compile(pattern)": "the references of forces",
    "core/force/reference.py: re.compile(typed)": "the references of forces",
    "core/force/reference_reading.py: re.compile(''.join(pattern))": "the references of forces",
    "core/force/reference_reading.py: re.compile(''.join((self._piece(kind, text, apart=False) "
    "for kind, text in self._parts if kind != 'sign')))": "the references of forces",
}
# Would take long, and never see a long text of people: by the beginning of each, why.
NOT_FOR_LONG = {
    r"\s*([/*])\s*": "cut at 200 characters in ReferencePattern.matches; elsewhere single blanks",
    r"\{(?:number(?::0": "reads the template of a force.toml that an operator put there",
    r"(?P<text>\"{3}": "reads a force.toml that an operator put there, to name the line of a fault",
}
FORMS = [line for line in lines() if line.unsafe and line.allow
         and line.path not in table()["forms_without_token"]]
PLANTED = (r"(a+)+$", r"^(\w+\s?)*$", r"^\s*x|\s+$", r"<[^>]*>")
# Accents on one letter, in the order that is worst to sort; and what is read, split and trimmed.
HEAPS = {"accents": "a" + "\u0301" * 9000 + "\u0316" * 9000, "spaces": "a" + " " * 60_000 + "b",
         "signs": "/*-'" * 15_000, "letters written out": "\ufdfa" * 20_000}


@requirement("E12")
def test_no_pattern_of_the_code_takes_long(record_property: Any) -> None:
    found, computed = patterns_in(CODE, ROOT)
    assert len(found) > 60
    assert {*computed} == {*COMPUTED}, "a pattern that is put together needs a test of its own"
    excused = [one for one in found if one.text.startswith(tuple(NOT_FOR_LONG))]
    assert all(any(one.text.startswith(start) for one in excused) for start in NOT_FOR_LONG)
    assert [shown for one in found if one not in excused and (shown := slow(one))] == []
    record_property("figure", ("patterns tried with 100,000 characters", len(found)))


@requirement("E12")
def test_no_reference_of_a_force_takes_long(portal: Any) -> None:
    """As its file has it, whole and as people type it, and asked as the pages do."""
    forces: list[Force] = [one.force for one in installation(portal).host.installed.values()]
    patterns = {entry.pattern for force in forces for entry in force.references.patterns}
    assert len(patterns) > 20
    for made in map(compile_pattern, sorted(patterns)):
        for part in (made.printed, made.key):
            assert slow(Pattern(HERTS, part.pattern, part.flags & ~32, ("fullmatch", "match"))) is None
    for text in HEAPS.values():
        for force in forces:
            seconds(force.looks_like_reference, text[:2000])  # no door lets in more


@requirement("E12")
@pytest.mark.parametrize("evil", PLANTED)
def test_a_pattern_that_takes_long_is_found(evil: str, tmp_path: Path) -> None:
    file = tmp_path / "planted.py"
    file.write_text(f"import re\nEVIL = re.compile({evil!r})\nEVIL.search('x')\nEVIL.sub('', 'x')\n")
    (pattern,), computed = patterns_in([file], tmp_path)
    assert pattern.uses == ("search", "sub") and not computed
    assert slow(pattern)


@requirement("E12")
def test_no_form_takes_long_over_what_was_typed(world: World) -> None:
    for line in FORMS:
        path = world.path(line.path, line.anybody)
        for name, text in HEAPS.items():
            fields = dict.fromkeys((*line.form, *line.fields)[:1] or ("text",), text)
            started = time.thread_time()
            answer = world.ask(line.anybody, line.method, path, form={**line.form, **fields},
                               content_type="multipart/form-data")
            took = time.thread_time() - started
            assert answer.status_code < 500 and took < 0.3, f"{line}: {took:.2f} s for {name}"
