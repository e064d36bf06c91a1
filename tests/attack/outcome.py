"""What a tool did to a target, as a line of the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

KINDS = ("2xx", "3xx", "4xx", "refused", "429", "5xx")
HALF = 0.5
# Why a tool may leave out an address that its visitor may open.
_ATTEMPT = "only for a browser that has just given details that are right"
_SHARED = "only for a browser that has just given a right code which several people share"
_NO_PAGE = "no page of its own: it leads to the case"
WHY = {
    "GET /sign-in/code": _ATTEMPT,
    "POST /sign-in/code": _ATTEMPT,
    "GET /sign-in/name": _SHARED,
    "POST /sign-in/name": _SHARED,
    "GET /sign-in": "a person who is signed in is led on; nobody's visit reads it",
    "POST /sign-in": "a person who is signed in is shown no such form; nobody's visit tries it",
    "GET /stay": "an answer without words, asked for by the page's own script",
    "POST /your-account/open": "without a field, and shown only to whom an officer's code let in",
    "POST /passkeys/options": "without a field, asked for by the page's own script",
    "POST /passkeys": "what a device answers, sent by the page's own script",
    "POST /come-back": "on the page that says that a visit has ended",
    "POST /desk/case/<uuid:case_id>": "by the button of another language, which has an address of its own",
    "GET /desk/people.csv": "a file, not a page",
    "GET /desk/case/<uuid:case_id>/update": _NO_PAGE,
    "GET /desk/case/<uuid:case_id>/messages/<uuid:person_id>": _NO_PAGE,
    "GET /desk/case/<uuid:case_id>/messages/<uuid:person_id>/no-answer": _NO_PAGE,
}


@dataclass
class Outcome:
    """``findings`` are faults of the portal; ``lacks`` says where the tool did too little for its silence to
    mean anything; ``planted`` is whether the fault that was put there was found, and None at the portal.

    ``seen`` counts (method and rule, kind of answer); ``meant`` are those that this visitor may open.
    """

    tool: str
    target: str
    requests: int
    findings: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    planted: bool | None = None
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    meant: frozenset[str] = frozenset()

    @property
    def reached(self) -> set[str]:
        """Those of ``meant`` whose view answered: refusals and "no such page" do not count."""
        views = {route for route, kind in self.seen
                 if kind in ("2xx", "3xx") or (kind == "4xx" and route.startswith("POST"))}
        return views & self.meant

    def not_reached(self) -> list[str]:
        return [f"{one}: {WHY.get(one, 'no reason is known')}" for one in sorted(self.meant - self.reached)]

    @property
    def too_little(self) -> list[str]:
        if self.planted is not None:
            return []
        found = [] if self.requests else ["not one request"]
        if len(self.reached) < HALF * len(self.meant):
            found.append(f"only {len(self.reached)} of {len(self.meant)} addresses reached")
        limited = self._of("429")
        if limited > HALF * self.requests:
            found.append(f"{limited} of {self.requests} requests were too many for the portal")
        return [*self.lacks, *found]

    def _of(self, kind: str) -> int:
        return sum(number for (_, one), number in self.seen.items() if one == kind)

    @property
    def good(self) -> bool:
        return bool(self.planted) if self.planted is not None else not self.findings and not self.too_little

    def line(self) -> str:
        start = f"{self.tool:8} {self.target:24} {self.requests:8}"
        if self.planted is not None:
            return f"{start}  planted fault {'found' if self.planted else 'NOT FOUND'}"
        answers = " ".join(f"{self._of(kind):7}" for kind in KINDS)
        return f"{start} {len(self.reached):4} of {len(self.meant):2} {answers} {len(self.findings):8}"


def table(outcomes: Sequence[Outcome]) -> str:
    head = f"{'tool':8} {'target':24} {'requests':>8} {'reached':>10} " \
        + " ".join(f"{kind:>7}" for kind in KINDS) + f" {'findings':>8}"
    planted = [one for one in outcomes if one.planted is not None]
    ends = f"findings: {sum(len(one.findings) for one in outcomes)}; planted faults found: " \
        f"{sum(bool(one.planted) for one in planted)} of {len(planted)}"
    return "\n".join([head, "-" * len(head), *(one.line() for one in outcomes), "", ends])


def by_route(outcomes: Sequence[Outcome]) -> str:
    """For each route how many requests of all tools and visitors came to an answer of each kind."""
    rows: dict[str, Counter[str]] = {}
    for one in outcomes:
        for (route, kind), number in one.seen.items():
            rows.setdefault(route, Counter())[kind] += number
    width = max(map(len, rows), default=5)
    lines = [f"{'route':{width}} " + " ".join(f"{kind:>7}" for kind in KINDS)]
    lines += [f"{route:{width}} " + " ".join(f"{rows[route][kind]:7}" for kind in KINDS)
              for route in sorted(rows) if not route.startswith(("HEAD", "OPTIONS"))]
    return "\n".join(lines)
