"""A real browser opens every page of the hostile force: what it is made of, and whether a dialog opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, sync_playwright

from tests.attack.proxy import Counted
from tests.live import FLAGS, chromium_path
from tests.security.hostile_world import World
from tests.security.nodes import MADE_OF_LIVE, TOUCH, added
from tests.security.payloads import scripts


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        try:
            yield opened
        finally:
            opened.close()


@dataclass
class Looker:
    """Reads pages as one visitor, with the Content-Security-Policy put out of force, and remembers."""

    page: Page
    base: str
    dialogs: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def at(cls, browser: Browser, base: str) -> Iterator[Looker]:
        context = browser.new_context(bypass_csp=True)
        context.route(lambda url: not url.startswith(base), lambda route: route.abort())
        looker = cls(context.new_page(), base)
        looker.page.on("dialog", lambda dialog: (looker.dialogs.append(looker.page.url), dialog.dismiss()))
        try:
            yield looker
        finally:
            context.close()

    def made_of(self, path: str) -> Counter[str]:
        """The elements of a page, as they are once its scripts ran."""
        self.page.goto(self.base + path)
        self.page.evaluate(TOUCH)
        found: dict[str, int] = self.page.evaluate(MADE_OF_LIVE)
        return Counter(found)


def scan(browser: Browser, evil: Counted, calm: Counted, who: str, worlds: tuple[World, World]) -> list[str]:
    """Findings: pages with more in them than the same page of plain words, and dialogs."""
    hostile, plain = worlds
    pairs = list(zip(_paths(hostile, who), _paths(plain, who), strict=True))
    found: list[str] = []
    with Looker.at(browser, evil.base) as ours, Looker.at(browser, calm.base) as theirs:
        for path, like in pairs:
            more = added(ours.made_of(path), theirs.made_of(like))
            found += [f"{path}: {number} × <{what}>" for what, number in more.items()]
        return found + [f"a dialog on {url}" for url in ours.dialogs]


def _paths(world: World, who: str) -> list[str]:
    others = world.others if who == "person" else []
    return [
        f"/{world.force}{path}" for path in (*world.opened[who], *(f"/case/{case}" for case in others))
    ]


def finds_planted(browser: Browser, base: str) -> bool:
    """Writes every payload into the planted book; whether the browser then sees them."""
    with Looker.at(browser, base) as looker:
        before = looker.made_of("/book")
        for payload in scripts()[:40]:
            looker.page.request.post(f"{base}/book", form={"line": payload})
        return bool(added(looker.made_of("/book"), before)) and bool(looker.dialogs)
