"""Whoever takes up her phone later finds nothing in what the browser has stored of the portal's pages."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Browser, Page

from tests.live import Demo
from tests.security.checklist import requirement
from tests.visits import HOME, Details, fill, kept_by, sample, send, unfold, visit

# Everything that scripts of a page can read later: both storages, databases, caches, workers, cookies.
STORED = """async () => {
  const cached = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const asked of await cache.keys())
      cached.push([name, asked.url, await (await cache.match(asked)).text()]);
  }
  const rows = [];
  for (const {name} of await indexedDB.databases()) {
    const base = await new Promise(done => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => done(opening.result);
    });
    for (const store of base.objectStoreNames) rows.push([name, store, await new Promise(done => {
      const all = base.transaction(store).objectStore(store).getAll();
      all.onsuccess = () => done(all.result);
    })]);
  }
  return {local: {...localStorage}, session: {...sessionStorage}, rows, cached, cookie: document.cookie,
          named: window.name, state: history.state,
          workers: (await navigator.serviceWorker.getRegistrations()).length};
}"""
NOTHING = {"local": {}, "session": {}, "rows": [], "cached": [], "cookie": "", "named": "", "state": None,
           "workers": 0}
PLANT = """async words => {
  localStorage.a = words; sessionStorage.b = words; document.cookie = `c=${words}`;
  await (await caches.open("d")).put("/d", new Response(words));
  await new Promise(done => {
    const opening = indexedDB.open("e");
    opening.onupgradeneeded = () => opening.result.createObjectStore("e").put(words, 1);
    opening.onsuccess = () => { opening.result.close(); done(); };
  });
}"""
WRITTEN = "canary-of-the-draft"
PAGES = ("your-reports", "your-account", "your-account/visits", "your-account/safe-contact",
         "your-account/contact", "your-account/lock", "passkeys", "your-reports?lang=cy")


def stored(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(STORED)
    open_to_scripts = [one["name"] for one in page.context.cookies() if not one["httpOnly"]]
    return {**found, "open cookies": open_to_scripts}


def details_in(found: dict[str, Any], person: Details) -> list[str]:
    """What of the person, or of what was written, stands in it."""
    text = json.dumps(found, ensure_ascii=False)
    words = (person.reference, person.surname, person.postcode, person.email, "-".join(person.born), WRITTEN)
    return [word for word in words if word in text]


def with_draft(page: Page, address: str) -> None:
    page.goto(address)
    unfold(page)
    page.locator("#text").fill(WRITTEN)
    page.locator("#text").press("Tab")


@requirement("C9")
def test_a_signed_in_walk_leaves_nothing_in_the_browsers_storage(browser: Browser, demo: Demo) -> None:
    """Signing in with wrong details, her pages with a draft that is not sent, and her officer's pages."""
    person = sample("busy")
    kept, officers = kept_by(browser, demo, "busy"), kept_by(browser, demo, "officer of busy")
    with visit(browser, demo) as (page, _):
        page.goto(f"{HOME}sign-in")
        fill(page, person.fields() | {"postcode": "ZZ1 1ZZ"})
        send(page)
        assert stored(page) == NOTHING | {"open cookies": []}
    with visit(browser, demo, kept=kept) as (page, _):
        case = demo.signed_in["busy"][1]
        page.goto(case)
        assert person.reference in page.locator("main").inner_text()
        for path in PAGES:
            page.goto(f"{HOME}{path}")
        with_draft(page, f"{case}/messages")
        assert stored(page) == NOTHING | {"open cookies": []}
        page.evaluate(PLANT, f"{person.surname} {person.email}")
        found = stored(page)
        assert details_in(found, person) == [person.surname, person.email]
        assert all(person.surname in json.dumps(found[place]) for place in
                   ("local", "session", "rows", "cached", "cookie")) and found["open cookies"] == ["c"]
    with visit(browser, demo, kept=officers) as (page, _):
        desk = f"{HOME}desk/case/{case.rpartition('/')[2]}"
        page.goto(desk)
        assert person.surname in page.locator("main").inner_text()
        with_draft(page, f"{desk}/update")
        assert stored(page) == NOTHING | {"open cookies": []}
