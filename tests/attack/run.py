"""Attacks the running demo on this machine with wapiti, sqlmap and a browser, and says what they found.

Usage: python -m tests.attack.run TOOLS_BIN [--roles person,officer] [--tools sqlmap] [--seconds 600].
Each tool also meets a small application with a planted fault of its kind, and counts only if it finds that.
Exit status 1 on any finding, on a planted fault that was not found, and on a tool that reached too little
for its silence to mean anything. Ends by itself after --most seconds, and with Ctrl-C; nothing stays behind.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.attack import scan_browser, scan_sqlmap, scan_wapiti, tool
from tests.attack.outcome import Outcome, by_route, table
from tests.attack.planted import planted
from tests.attack.portal import UnderAttack, under_attack
from tests.attack.proxy import Counted, Visit, counting
from tests.security.payloads import scripts
from tests.security.serving import served

PLANTED_SECONDS = 40
TOOLS, ROLES = ("browser", "wapiti", "sqlmap"), ("anonymous", "person", "officer")
MOST = 25 * 60


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@dataclass
class Plan:
    """What is asked for: which tools as which visitors, and seconds for the tools against the portal."""

    programs: Path
    folder: Path
    tools: Collection[str] = TOOLS
    roles: Collection[str] = ROLES
    seconds: int = 600


# --- the portal ----------------------------------------------------------------------------------


def attack_portal(portal: UnderAttack, plan: Plan) -> Iterator[Outcome]:
    """The browser first, before the tools write their own; then both tools as each visitor."""
    if "browser" in plan.tools:
        yield from browse(portal, plan)
    first = {who: fields_of(portal, to_try(portal, who)) for who in plan.roles}
    scans: dict[str, Callable[..., Outcome]] = {"wapiti": wapiti, "sqlmap": partial(sqlmap, first)}
    wanted = [name for name in scans if name in plan.tools]
    for who in plan.roles if wanted else ():
        say(f"{' and '.join(wanted)}, {who} …")
        yield from at_once([partial(scans[name], portal, plan, who) for name in wanted])


def at_once(works: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
    """All results; when this is broken off, the tools are ended first, so that nobody waits for them."""
    with ThreadPoolExecutor(len(works)) as pool:
        try:
            running = [pool.submit(work) for work in works]
            return [one.result() for one in running]
        except BaseException:
            tool.stop_all()
            raise


def browse(portal: UnderAttack, plan: Plan) -> Iterator[Outcome]:
    with scan_browser.chromium() as browser:
        for who, visit in portal.visits(plan.roles, portal.evil).items():
            say(f"browser, {who} …")
            plain = portal.visits([who], portal.calm)[who]
            with counting(portal.demo.port, visit, portal.routes()) as ours, \
                    counting(portal.demo.port, plain, []) as theirs:
                as_called = "nobody" if who == "anonymous" else who
                worlds = portal.evil, portal.calm
                found = scan_browser.scan(browser, ours, theirs, as_called, worlds)
                say(f"  {len(scripts())} payloads, {len(portal.evil.opened[as_called])} pages")
                yield outcome(portal, "browser", who, ours, found, methods=("GET",))


def wapiti(portal: UnderAttack, plan: Plan, who: str) -> Outcome:
    visit = portal.visits([who], portal.evil)[who]
    with counting(portal.demo.port, visit, portal.routes(), portal.as_before) as proxy:
        start = f"{proxy.base}/{portal.evil.force}"
        pages = portal.evil.opened["nobody" if who == "anonymous" else who]
        found = scan_wapiti.scan(
            plan.programs / "wapiti", f"{start}/", plan.folder / f"wapiti-{who}",
            seconds=plan.seconds // len(ROLES), more=[f"{start}{path}" for path in pages])
        return outcome(portal, "wapiti", who, proxy, found)


def to_try(portal: UnderAttack, who: str) -> list[scan_sqlmap.Asked]:
    """What the pages with plain words lead this visitor to now."""
    world, as_called = portal.calm, "nobody" if who == "anonymous" else who
    reader = world.readers()[as_called]
    pages = [(reader.path(path), reader.client.get(reader.path(path)).text)
             for path in world.opened[as_called]]
    return scan_sqlmap.to_try(pages, portal.good)


def fields_of(portal: UnderAttack, asked: list[scan_sqlmap.Asked]) -> set[str]:
    return {f"{one.method} {portal.rule(one.path)}: {name}" for one in asked for name in one.names}


def sqlmap(first: dict[str, set[str]], portal: UnderAttack, plan: Plan, who: str) -> Outcome:
    """At the force with plain words: sqlmap would follow what it takes for a refresh in hostile ones.
    *first* has the fields that each visitor's pages had before any tool wrote."""
    visit = portal.visits([who], portal.calm)[who]
    with counting(portal.demo.port, visit, portal.routes(), portal.as_before) as proxy:
        asked = to_try(portal, who)
        lacks = [f"on no page any more: {one}" for one in sorted(first[who] - fields_of(portal, asked))]
        lacks += scan_sqlmap.untouched(proxy, asked)
        found = scan_sqlmap.scan(plan.programs / "sqlmap", proxy.base, asked, plan.folder / f"sqlmap-{who}",
                                 seconds=plan.seconds // 2)  # most visitors need less
        missed = scan_sqlmap.not_tried(proxy, asked)
        number = sum(len(one.names) for one in asked)
        say(f"  sqlmap, {who}: {number - len(missed)} of {number} parameters of {len(asked)} requests tried")
        lacks += [f"not tried: {one}" for one in missed] + ([] if asked else ["nothing to try"])
        made = outcome(portal, "sqlmap", who, proxy, [one for one in found if "injection" in one])
        made.lacks += lacks + [one for one in found if "injection" not in one]
        made.meant = frozenset(
            f"{one.method} {proxy.rule(one.path)}" for one in asked)
        return made


def outcome(
    portal: UnderAttack, name: str, who: str, proxy: Counted, found: list[str],
    methods: Collection[str] = ("GET", "POST"),
) -> Outcome:
    failed = [f"{what} ({number} times)" for what, number in proxy.failed.items()]
    world = portal.calm if name == "sqlmap" else portal.evil
    lacks = [] if portal.lives(proxy.visit, world) else ["the visit was over before the end"]
    return Outcome(name, who, proxy.requests, [*found, *failed], lacks, seen=Counter(proxy.seen),
                   meant=portal.meant(who, methods))


# --- the planted faults --------------------------------------------------------------------------


def attack_planted(plan: Plan) -> Iterator[Outcome]:
    """Each tool meets a fault of its kind."""
    folder = plan.folder / "planted"
    folder.mkdir()
    with served(planted(folder)) as base, \
            counting(int(base.rsplit(":", 1)[1]), Visit(), []) as proxy:
        say("planted faults …")
        for name, meet in (("wapiti", _wapiti), ("sqlmap", _sqlmap), ("browser", _browser)):
            if name in plan.tools:
                yield from meet(plan.programs, folder, proxy)


def _wapiti(tools: Path, folder: Path, proxy: Counted) -> Iterator[Outcome]:
    for kind, module, page in (
        ("reflected script", "xss", "/search?q=x"), ("stored script", "permanentxss", "/book"),
    ):
        modules = ("xss", "permanentxss") if module == "permanentxss" else (module,)
        found = scan_wapiti.scan(
            tools / "wapiti", f"{proxy.base}/", folder / module, seconds=PLANTED_SECONDS,
            more=[proxy.base + page], modules=modules)
        hit = any(page.split("?")[0] in line and "Cross" in line for line in found)
        yield Outcome("wapiti", f"planted: {kind}", _since(proxy), planted=hit)


def _sqlmap(tools: Path, folder: Path, proxy: Counted) -> Iterator[Outcome]:
    asked = [scan_sqlmap.Asked("GET", "/item", (("id", "1"),))]
    found = scan_sqlmap.scan(tools / "sqlmap", proxy.base, asked, folder / "sql",
                             seconds=PLANTED_SECONDS, database="sqlite")
    yield Outcome("sqlmap", "planted: injected statement", _since(proxy),
                  planted=any("injection" in line for line in found))


def _browser(tools: Path, folder: Path, proxy: Counted) -> Iterator[Outcome]:
    with scan_browser.chromium() as browser:
        hit = scan_browser.finds_planted(browser, proxy.base)
    yield Outcome("browser", "planted: stored script", _since(proxy), planted=hit)


def _since(proxy: Counted) -> int:
    """How many requests there were since this was last asked."""
    number = proxy.requests
    proxy.seen = Counter()
    return number


def attack(plan: Plan) -> list[Outcome]:
    outcomes = list(attack_planted(plan))
    say("starting the demo …")
    with under_attack(plan.folder) as portal:
        return outcomes + list(attack_portal(portal, plan))


def report(outcomes: list[Outcome]) -> int:
    """Says everything; the exit status."""
    for one in outcomes:
        for line in one.findings:
            say(f"FOUND by {one.tool} as {one.target}: {line}")
        for line in one.too_little:
            say(f"TOO LITTLE by {one.tool} as {one.target}: {line}")
        for line in one.not_reached():
            say(f"not reached by {one.tool} as {one.target}: {line}")
    say("\n" + by_route([one for one in outcomes if one.seen]) + "\n\n" + table(outcomes))
    return 0 if outcomes and all(one.good for one in outcomes) else 1


def broken_off(number: int, frame: Any) -> None:
    raise KeyboardInterrupt("it took too long" if number == signal.SIGALRM else "it was asked to end")


def names(known: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    def read(text: str) -> tuple[str, ...]:
        chosen = tuple(one for one in text.split(",") if one) or known
        if unknown := set(chosen) - set(known):
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: there are {', '.join(known)}")
        return chosen

    return read


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", type=Path, help="folder of the programs wapiti and sqlmap")
    parser.add_argument("--tools", type=names(TOOLS), default=TOOLS)
    parser.add_argument("--roles", type=names(ROLES), default=ROLES)
    parser.add_argument("--seconds", type=int, default=600, help="for the tools against the portal")
    parser.add_argument("--most", type=int, default=MOST, help="seconds after which it is broken off")
    given = parser.parse_args()
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, broken_off)
    signal.alarm(given.most)
    begun = time.monotonic()
    try:
        with TemporaryDirectory(prefix="tmc-attack-") as place:
            outcomes = attack(Plan(
                given.programs.absolute(), Path(place), given.tools, given.roles, given.seconds))
            signal.alarm(0)
    except KeyboardInterrupt as end:
        say(f"broken off: {end}; nothing is said about the portal")
        return 130
    finally:
        tool.stop_all()
    status = report(outcomes)
    say(f"{'good' if status == 0 else 'NOT GOOD'}, after {time.monotonic() - begun:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
