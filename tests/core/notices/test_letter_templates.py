"""What letters say stands in files: each kind of notice has them, and each holds only what it may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

import pytest
from jinja2 import Environment, meta

from core.hookspecs import NewsKind, NoticeKind
from core.notices.letter_words import PLAIN_TEXT, TEMPLATES

TO_PEOPLE = {NoticeKind.ENTRY, NoticeKind.MESSAGE, NoticeKind.CODE, NoticeKind.ACCOUNT, NoticeKind.LATE}
BY_TEXT = TO_PEOPLE
FRAMES = {"letters/letter.html", "letters/letter.txt", "letters/words.txt"}
SHARED = {"letters/named.txt", "letters/discreet.txt", "letters/staff.txt"}
DISCREET = {"_", "code", "until"}
MAY_SHOW = {
    "discreet": DISCREET, "named": DISCREET | {"sender", "phone", "portal"}, "staff": {"_", "sender", "desk"},
}


def manners(kind: NoticeKind) -> set[str]:
    if kind not in TO_PEOPLE:
        return {"staff"}
    return {"named", "discreet"} | ({"named_sms", "discreet_sms"} if kind in BY_TEXT else set())


def of_kinds() -> set[str]:
    return {f"letters/{kind}/{manner}.txt" for kind in NoticeKind for manner in manners(kind)}


def wrong_in(name: str, source: str) -> Iterator[str]:
    """What a file of words shows, builds upon or says that its manner must not."""
    manner, parsed = PurePath(name).stem.removesuffix("_sms"), Environment(autoescape=True).parse(source)
    yield from sorted(meta.find_undeclared_variables(parsed) - MAY_SHOW[manner])
    for other in sorted(map(str, meta.find_referenced_templates(parsed))):
        theirs = PurePath(other).stem.removesuffix("_sms")
        if theirs not in (manner, "words") and (manner, theirs) != ("named", "discreet"):
            yield f"{manner} on {other}"
    plain = re.sub(r"\{#.*?#\}|\{%.*?%\}", "", source, flags=re.DOTALL)
    yield from re.findall(r"https?:|<\w+|\d{3,}", plain) if manner == "discreet" else ()
    yield from (f"not to be translated: {line}" for line in re.sub(r"\{\{.*?\}\}", "", plain).splitlines()
                if re.search(r"\w", line))


def test_each_kind_of_notice_has_words_for_whom_it_is_for_and_nobody_else() -> None:
    found = set(TEMPLATES.list_templates())
    assert found == FRAMES | SHARED | of_kinds()
    assert {name for name in found if name.endswith(".txt")} == PLAIN_TEXT


def test_there_is_a_notice_for_each_kind_of_news() -> None:
    assert {*NewsKind} < {*map(str, NoticeKind)}


@pytest.mark.parametrize("name", sorted(SHARED | of_kinds()))
def test_words_hold_only_what_whoever_reads_them_may_see(name: str) -> None:
    with open(f"{TEMPLATES.searchpath[0]}/{name}", encoding="utf-8") as file:
        assert list(wrong_in(name, file.read())) == []


@pytest.mark.parametrize(("name", "source", "found"), [
    ("entry/discreet.txt", '{{ _("%(force)s writes", force=sender) }}', "sender"),
    ("entry/discreet.txt", '{% extends "letters/named.txt" %}', "discreet on letters/named.txt"),
    ("code/discreet_sms.txt", '{% include "letters/code/named_sms.txt" %}',
     "discreet on letters/code/named_sms.txt"),
    ("entry/discreet.txt", '{{ _("Call 101.") }}', "101"),
    ("entry/discreet.txt", '{{ _("See https://portal.test.") }}', "https:"),
    ("entry/named.txt", "{{ notice.extra }}", "notice"), ("code/named_sms.txt", "{{ desk }}", "desk"),
    ("case_silent/staff.txt", "{{ code }}", "code"),
    ("case_silent/staff.txt", '{% extends "letters/named.txt" %}', "staff on letters/named.txt"),
    ("entry/named.txt", "There is news.", "not to be translated: There is news."),
])
def test_words_that_would_give_something_away_are_found(name: str, source: str, found: str) -> None:
    assert list(wrong_in(f"letters/{name}", source)) == [found]
