"""Mail servers that are slow, break off, refuse for a while, or fall silent."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.faults.cases import new_cases
from tests.faults.installation import Installation, installation
from tests.faults.mail import Manner
from tests.faults.rows import Row

NAME = "mail_servers"
SLOW = (12, 30, 120)  # seconds until DATA is answered
SILENCE = 5.0  # seconds that the worker of the last part waits; ten minutes otherwise
BROKEN = (
    ("hangs up before 250, letter taken", Manner(hangs_up="before"), 1),
    ("hangs up before 250, letter not taken", Manner(hangs_up="before", keeps=False), 0),
    ("hangs up after 250", Manner(hangs_up="after"), 0),
    ("answers 421", Manner(answer="421 4.3.2 closing", keeps=False), 0),
    ("answers 451", Manner(answer="451 4.3.0 later", keeps=False), 0),
)
EACH = 3
OTHERS = 20
REPEATED_WITHIN = 120.0  # seconds: the first repeat comes after 30 to 40


def run() -> Iterator[Row]:
    with installation() as portal:
        yield from _slow_and_broken(portal)
    with installation(silence=SILENCE) as portal:
        yield from _silent(portal)


def _slow_and_broken(portal: Installation) -> Iterator[Row]:
    manners = [Manner(after=seconds) for seconds in SLOW for _ in range(EACH)]
    manners += [manner for _, manner, _ in BROKEN for _ in range(EACH)]
    portal.post.plan = list(manners)
    _send(portal, len(manners))
    portal.until(lambda: not portal.post.plan, 60, "the letters do not come to the mail server")
    odd = set(portal.post.tried)
    began = time.monotonic()
    _send(portal, OTHERS)
    portal.until(lambda: len(set(portal.post.copies()) - odd) == OTHERS, 60,
                 "letters wait behind slow ones")
    yield Row(NAME, f"last of {OTHERS} letters behind {len(manners)} in trouble",
              time.monotonic() - began, "s", most=10)
    portal.until(lambda: portal.notices() == {"sent": OTHERS + len(manners)},
                 max(SLOW) + REPEATED_WITHIN, "not every letter is sent")
    yield from _counted(portal, manners)


def _counted(portal: Installation, manners: list[Manner]) -> Iterator[Row]:
    copies, met = portal.post.copies(), portal.post.met
    for seconds in SLOW:
        theirs = [one for one, manner in met.items() if manner.after == seconds]
        yield Row(NAME, f"copies too many: {EACH} letters answered after {seconds} s",
                  sum(copies[one] - 1 for one in theirs), most=0)
    for what, manner, doubled in BROKEN:
        theirs = [one for one, found in met.items() if found == manner]
        yield Row(NAME, f"copies too many: {EACH} letters, {what}",
                  sum(copies[one] - 1 for one in theirs), most=doubled * EACH, least=0)
    yield Row(NAME, "letters with two Message-IDs", len(copies) - len(manners) - OTHERS, most=0)


def _silent(portal: Installation) -> Iterator[Row]:
    once, always = Manner(answer=None), Manner(answer=None, always=True)
    portal.post.plan = [once] * EACH + [always] * EACH
    _send(portal, 2 * EACH)
    portal.until(lambda: portal.notices() == {"perhaps_sent": 2 * EACH}, 60, "silence is no answer")
    portal.until(lambda: portal.notices() == {"sent": EACH, "perhaps_sent": EACH},
                 REPEATED_WITHIN, "nothing is repeated")
    over = "SELECT count(*) FROM notice WHERE state = 'perhaps_sent' AND unsure = 2"
    portal.until(lambda: portal.sql(over)[0][0] == EACH, REPEATED_WITHIN, "silence has no end")
    tried = portal.post.tried
    for what, manner in (("one silence", once), ("a server that is always silent", always)):
        yield Row(NAME, f"most copies of a letter after {what}",
                  max(tried[one] for one, met in portal.post.met.items() if met == manner), most=2)


def _send(portal: Installation, many: int) -> None:
    assert portal.send(*new_cases(many)) == ["accepted"] * many
