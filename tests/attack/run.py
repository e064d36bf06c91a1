"""Attacks the running demo on this machine with wapiti, sqlmap and a browser, and says what they found.

Usage: python -m tests.attack.run TOOLS_BIN [--seconds 480]. Each tool also meets a small application with a
planted fault of its kind, and counts only if it finds that. Exit status 1 on any finding, on a planted fault
that was not found, and on a tool that reached nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.attack import scan_browser, scan_sqlmap, scan_wapiti
from tests.attack.outcome import Outcome, reached, table
from tests.attack.planted import planted
from tests.attack.portal import CALM, EVIL, UnderAttack, under_attack
from tests.attack.proxy import Counted, Visit, counting
from tests.security.serving import served

PLANTED_SECONDS = 40


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


# --- the portal ----------------------------------------------------------------------------------


def attack_portal(portal: UnderAttack, tools: Path, folder: Path, seconds: int) -> Iterator[Outcome]:
    """The browser first, before the tools write their own; then both tools as each visitor."""
    yield from browse(portal)
    each = seconds // 3
    for who, visit in portal.visits().items():
        say(f"wapiti and sqlmap, {who} …")
        with ThreadPoolExecutor(2) as pool:
            running = [
                pool.submit(wapiti, portal, tools, folder / f"wapiti-{who}", who, visit, each),
                pool.submit(sqlmap, portal, tools, folder / f"sqlmap-{who}", who, visit, each),
            ]
            yield from (one.result() for one in running)


def browse(portal: UnderAttack) -> Iterator[Outcome]:
    with scan_browser.chromium() as browser:
        for who, visit in portal.visits().items():
            say(f"browser, {who} …")
            plain = plain_visit(portal, who)
            with counting(portal.demo.port, visit, portal.routes()) as ours, \
                    counting(portal.demo.port, plain, []) as theirs:
                as_called = "nobody" if who == "anonymous" else who
                worlds = portal.evil, portal.calm
                found = scan_browser.scan(browser, ours, theirs, as_called, worlds)
                yield outcome("browser", who, ours, found)


def plain_visit(portal: UnderAttack, who: str) -> Visit:
    ids = portal.calm.ids
    names = {"person": "person_id", "officer": "staff_id"}
    return portal.visit(**({names[who]: ids[names[who]]} if who in names else {}), force=CALM)


def wapiti(
    portal: UnderAttack, tools: Path, folder: Path, who: str, visit: Visit, seconds: int
) -> Outcome:
    with counting(portal.demo.port, visit, portal.routes()) as proxy:
        world = portal.evil
        begin = {"person": f"/case/{world.case}", "officer": f"/desk/case/{world.case}"}.get(who, "/")
        more = [f"{proxy.base}/{EVIL}{path}" for path in world.opened.get(who, ())]
        found = scan_wapiti.scan(tools / "wapiti", f"{proxy.base}/{EVIL}/", folder, seconds=seconds,
                                 more=[*more, f"{proxy.base}/{EVIL}{begin}"])
        return outcome("wapiti", who, proxy, found)


def sqlmap(
    portal: UnderAttack, tools: Path, folder: Path, who: str, visit: Visit, seconds: int
) -> Outcome:
    reader = portal.evil.readers()["nobody" if who == "anonymous" else who]
    opened = portal.evil.opened["nobody" if who == "anonymous" else who]
    pages = [(reader.path(path), reader.client.get(reader.path(path)).text) for path in opened]
    with counting(portal.demo.port, visit, portal.routes()) as proxy:
        asked = scan_sqlmap.to_try(pages)
        found = scan_sqlmap.scan(tools / "sqlmap", proxy.base, asked, folder, seconds=seconds)
        return outcome("sqlmap", who, proxy, found)


def outcome(tool: str, who: str, proxy: Counted, found: list[str]) -> Outcome:
    routes: dict[str, dict[str, int]] = {}
    for (route, kind), number in proxy.seen.items():
        routes.setdefault(route, {})[kind] = number
    failed = [f"{what} ({number} times)" for what, number in proxy.failed.items()]
    return Outcome(tool, who, proxy.requests, [*found, *failed], reached=routes)


# --- the planted faults --------------------------------------------------------------------------


def attack_planted(tools: Path, folder: Path) -> Iterator[Outcome]:
    """Each tool meets a fault of its kind."""
    folder.mkdir()
    with served(planted(folder)) as base, \
            counting(int(base.rsplit(":", 1)[1]), Visit(), []) as proxy:
        yield from _planted(tools, folder, proxy)


def _planted(tools: Path, folder: Path, proxy: Counted) -> Iterator[Outcome]:
    say("planted faults …")
    for kind, module, page in (
        ("reflected script", "xss", "/search?q=x"), ("stored script", "permanentxss", "/book"),
    ):
        modules = ("xss", "permanentxss") if module == "permanentxss" else (module,)
        found = scan_wapiti.scan(
            tools / "wapiti", f"{proxy.base}/", folder / module, seconds=PLANTED_SECONDS,
            more=[proxy.base + page], modules=modules)
        hit = any(page.split("?")[0] in line and "Cross" in line for line in found)
        yield Outcome("wapiti", f"planted: {kind}", _since(proxy), planted=hit)
    asked = [scan_sqlmap.Asked("GET", "/item", (("id", "1"),))]
    found = scan_sqlmap.scan(tools / "sqlmap", proxy.base, asked, folder / "sql",
                             seconds=PLANTED_SECONDS, database="sqlite")
    yield Outcome("sqlmap", "planted: injected statement", _since(proxy),
                  planted=any("injection" in line for line in found))
    with scan_browser.chromium() as browser:
        hit = scan_browser.finds_planted(browser, proxy.base)
    yield Outcome("browser", "planted: stored script", _since(proxy), planted=hit)


def _since(proxy: Counted) -> int:
    """How many requests there were since this was last asked."""
    number = proxy.requests
    proxy.seen = Counter()
    return number


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tools", type=Path, help="folder of the programs wapiti and sqlmap")
    parser.add_argument("--seconds", type=int, default=300, help="for the tools against the portal")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="tmc-attack-") as place:
        folder = Path(place)
        outcomes = list(attack_planted(given.tools.absolute(), folder / "planted"))
        say("starting the demo …")
        with under_attack(folder) as portal:
            outcomes += attack_portal(portal, given.tools.absolute(), folder, given.seconds)
    for one in outcomes:
        for line in one.findings:
            say(f"FOUND by {one.tool} as {one.target}: {line}")
    say("\n" + reached([one for one in outcomes if one.reached]) + "\n\n" + table(outcomes))
    return 0 if all(one.good for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
