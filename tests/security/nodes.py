"""What a page is made of, asked of a real browser: what somebody wrote must never add to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Browser, Error, Page

# Tag and names of attributes of every element. A browser's own parser reads the page; nothing in it runs.
# Links that a text is given on purpose (an address in a letter) go by themselves.
COUNT = """
  const found = {}, scheme = /^(https?:|mailto:|#|\\/|\\?|tel:)/;
  const runs = /^\\s*(javascript|data|vbscript)\\s*:/i;
  const read = root => root.querySelectorAll("*").forEach(one => {
    const names = one.getAttributeNames().sort();
    const link = one.localName === "a" && names.join() === "href,rel";
    if (link && scheme.test(one.getAttribute("href"))) return;
    const odd = ["href", "action", "src"].some(name => runs.test(one.getAttribute(name) || ""));
    const key = [one.localName, ...names, ...(odd ? ["RUNS"] : [])].join(" ");
    found[key] = (found[key] || 0) + 1;
    if (one.localName === "template") read(one.content);
  });
"""
MADE_OF = f"""pages => pages.map(html => {{{COUNT}
  read(new DOMParser().parseFromString(html, "text/html"));
  return found;
}})"""
MADE_OF_LIVE = f"() => {{{COUNT} read(document); return found; }}"
TOUCH = """() => { for (const one of document.querySelectorAll("a, button, input, summary"))
  for (const kind of ["focus", "mouseover", "pointerenter", "animationstart"])
    one.dispatchEvent(new Event(kind)); }"""
BATCH = 40


def made_of(page: Page, pages: list[str]) -> list[Counter[str]]:
    """For each page how many elements of each kind it has."""
    found: list[dict[str, int]] = []
    for start in range(0, len(pages), BATCH):
        found += page.evaluate(MADE_OF, pages[start:start + BATCH])
    return [Counter(one) for one in found]


def added(hostile: Counter[str], plain: Counter[str]) -> dict[str, int]:
    """What the page of payloads has more or less of than the page of plain words."""
    return {key: hostile[key] - plain[key] for key in hostile | plain if hostile[key] != plain[key]}


def injected(
    browser: Browser, hostile: Iterable[tuple[str, str]], plain: Iterable[tuple[str, str]]
) -> dict[str, list[Any]]:
    """(kind, HTML) of both; by kind of page, what was added to it. A kind that only one has is a fault."""
    ours, theirs = list(hostile), dict(plain)
    missing = {kind for kind, _ in ours} ^ set(theirs)
    assert not missing, f"only on one side: {missing}"
    context = browser.new_context()
    try:
        page = context.new_page()
        like = dict(zip(theirs, made_of(page, list(theirs.values())), strict=True))
        found: dict[str, list[Any]] = {}
        for (kind, _), seen in zip(ours, made_of(page, [html for _, html in ours]), strict=True):
            if more := added(seen, like[kind]):
                found.setdefault(kind, []).append(more)
        return found
    finally:
        context.close()


def dialogs(browser: Browser, base: str, cookies: list[dict[str, str]], paths: Iterable[str]) -> list[str]:
    """Which pages opened a dialog, with the Content-Security-Policy put out of force."""
    context = browser.new_context(base_url=base, bypass_csp=True)
    opened: list[str] = []
    try:
        context.add_cookies([{**one, "url": base} for one in cookies])  # type: ignore[typeddict-item]
        page = context.new_page()
        page.on("dialog", lambda dialog: (opened.append(page.url), dialog.dismiss()))
        context.route(lambda url: not url.startswith(base), lambda route: route.abort())
        for path in paths:
            why = _not_touched(page, path)
            if why and not opened:
                why = _not_touched(page, path)
            if why:
                opened.append(why)
        return opened
    finally:
        context.close()


def _not_touched(page: Page, path: str) -> str:
    """Why the page could not be opened and touched; once may be chance, on a machine that is busy."""
    try:
        page.goto(path)
        page.evaluate(TOUCH)
    except Error as gone:  # a page that leads elsewhere by itself, say
        return f"{path}: {gone.message}"
    return ""


__all__ = ["dialogs", "injected"]
