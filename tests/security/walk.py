"""Every address of the portal, asked as people do: from the real list of routes, never one kept by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.routing import Rule

from core.testing import allocated, event, person, recorded
from core.testing.browser import Browser
from core.testing.people import Met, meet, officer_browser, person_browser, take

FORCE = "hertfordshire"
CANARY = "walkcanary"


@dataclass(frozen=True)
class Walk:
    """A case in which every field of a person's and the case's holds the word, and its people."""

    app: Flask
    met: Met

    def visitor(self) -> Browser:
        return Browser(self.app, FORCE)

    def person(self) -> Browser:
        return person_browser(self.app, self.met, force=FORCE)

    def officer(self) -> Browser:
        return officer_browser(self.app, self.met.staff, force=FORCE)

    def url(self, rule: Rule) -> str:
        """The address of a rule: ids are those of the case, other parts are words."""
        ids: dict[str, Any] = {
            "case_id": self.met.case, "person_id": self.met.people["P1"], "staff_id": self.met.staff,
        }
        given = {name: ids.get(name, _part(rule, name)) for name in rule.arguments}
        built = rule.build(given, append_unknown=False)
        assert built, rule.rule
        return f"/{FORCE}{built[1]}"

    def rules(self, method: str) -> Iterator[Rule]:
        """Every rule that takes *method*."""
        for rule in self.app.url_map.iter_rules():
            if method in (rule.methods or set()):
                yield rule


def _part(rule: Rule, name: str) -> Any:
    kind = type(rule._converters[name]).__name__
    return uuid4() if kind == "UUIDConverter" else 1 if kind == "IntegerConverter" else "niche"


def begin(app: Flask, word: str = CANARY) -> Walk:
    """The case, taken in from the record system, with a message each way."""
    who = person(name={"given": f"Amina {word}", "family": f"Khan {word}"}, email=f"{word}@example.com",
                 organisation=word)
    take(
        app, recorded(people=[who], summary=word), allocated(),
        event("crime.progress", text=f"News {word}", time="2024-03-05T10:00:00Z"),
        event("contact.made", person="P1", way="phone", reached=True, line=f"We spoke {word}",
              time="2024-03-06T10:00:00Z"),
        force=FORCE,
    )
    walk = Walk(app, meet(app, force=FORCE))
    answer = walk.person().post(f"/case/{walk.met.case}/messages", {"text": f"Hello {word}"})
    assert answer.status_code == 303, answer.text
    return walk
