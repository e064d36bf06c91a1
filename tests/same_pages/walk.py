"""Every page of the portal, asked as people do: from its own list of routes, its forms and its links."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from html import unescape
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from plugins.preview.portal import Portal as Preview
from tests.same_pages.forms import forms_of
from tests.same_pages.journeys import JOURNEYS, Visit
from tests.same_pages.portal import (
    FORCES,
    HOME,
    LANGUAGES,
    ROOT,
    UNLIKE,
    VISITORS,
    Demo,
    address,
    demo,
)
from tests.same_pages.written import Pages, masked, written

TOO_LARGE = 1_100_000  # bytes: more than any page takes
PREVIEW_AT = "http://127.0.0.1:8010"
# Who looks where much is as at home; whose forms are sent: of people who are alike in that, one.
FEW = ("nobody", "busy", "officer", "supervisor")
SENDERS = ("nobody", "busy", "olu", "officer", "supervisor")
LINK = re.compile(r'href="(/[^"#]+)"')


def save(folder: Path, part: str = "") -> int:
    """Write every answer to a file in *folder*; how many there are. *part* is one name of :data:`PARTS`.

    Raises KeyError for a part that there is not.
    """
    pages = Pages(folder)
    with demo() as here:
        for walk in [PARTS[part]] if part else PARTS.values():
            walk(here, pages)
    return pages.count


def rules_of(app: Flask, method: str) -> list[str]:
    """Every rule that takes *method*, in an order that does not depend on where it is written."""
    return sorted({
        rule.rule for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and not rule.rule.startswith("/static/")
    })


def named(rule: str) -> str:
    """A rule as the name of a file."""
    return re.sub(r"<(?:[^>]*:)?(\w+)>", r"{\1}", rule).strip("/").replace("/", ".") or "front"


def assets(here: Demo, pages: Pages) -> None:
    """The names of style sheets and scripts, and whether their contents are the same."""
    page = here.app.test_client().get("/").get_data(as_text=True)
    for path in sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)) | {"/static/passkeys.js"}):
        answer = here.app.test_client().get(path, buffered=True)
        digest = hashlib.sha256(answer.data).hexdigest()
        kept = written(answer).partition("\n\n")[0]
        pages.keep(f"assets/{masked(path).rpartition('/')[2]}", f"{kept}\n\n{masked(path)}\n{digest}")


def each_page(here: Demo, pages: Pages) -> None:
    """Every route as everybody meets it at home, as four do where much differs; at the other forces the
    pages that a stranger is shown at home."""
    every = [*rules_of(here.app, "GET"), "/not-here"]
    shown = _pages_at(here, pages, HOME, VISITORS, every)
    for force in FORCES:
        if force in UNLIKE:
            _pages_at(here, pages, force, FEW, every)
        elif force != HOME:
            _pages_at(here, pages, force, ("nobody",), shown)


def _pages_at(
    here: Demo, pages: Pages, force: str, visitors: tuple[str, ...], asked: list[str]
) -> list[str]:
    """The rules of which a stranger is shown a page."""
    here.begin(force)
    shown = set()
    for who in visitors:
        if who != "nobody" and here.met(who, force) is None:
            continue  # without districts there are no samples
        for rule, language in product(asked, LANGUAGES):
            answer = _ask(here, who, force, rule, language)[1]
            pages.keep(f"pages/{force}/{who}/{language}/{named(rule)}", written(answer))
            if who == "nobody" and answer.status_code == 200:
                shown.add(rule)
    return sorted(shown)


def _ask(here: Demo, who: str, force: str, rule: str, language: str) -> tuple[FlaskClient, TestResponse]:
    met = here.met(who, force)
    client = here.browser(who, force, met).client
    return client, client.get(f"/{force}{address(rule, met)}?lang={language}", buffered=True)


def each_form(here: Demo, pages: Pages) -> None:
    """Every form that a page shows, sent with nothing filled in and with what fits no field."""
    for who, language in product(SENDERS, LANGUAGES):
        here.begin(HOME)
        done: set[str] = set()
        for rule in rules_of(here.app, "GET"):
            shown = forms_of(_ask(here, who, HOME, rule, language)[1].get_data(as_text=True))
            ways = [(number, how, mark) for number, form in enumerate(shown)
                    for how, path, fields in form.sent()
                    if (mark := masked(f"{path.partition('?')[0]} {how} {sorted(fields)}")) not in done]
            for number, how, mark in ways:
                done.add(mark)
                text = _sent(here, who, rule, language, number, how)
                pages.keep(f"forms/{who}/{language}/{named(rule)} {number + 1} {how}", f"{mark}\n{text}")
            if ways:  # what was sent may have changed what the next pages show
                here.begin(HOME)


def _sent(here: Demo, who: str, rule: str, language: str, number: int, how: str) -> str:
    """What came of it. The page is asked for anew: what was sent before may have changed it."""
    client, shown = _ask(here, who, HOME, rule, language)
    forms = forms_of(shown.get_data(as_text=True))
    sent = {name: rest for form in forms[number:number + 1] for name, *rest in form.sent()}
    if how not in sent:
        return "no longer there"
    path, fields = sent[how]
    answer = client.post(str(path), data=fields, buffered=True)
    then = answer.headers.get("Location", "")
    if not then or urlsplit(then).hostname not in (None, "localhost"):
        return written(answer)
    return f"{written(answer)}\n\n=== then\n{written(client.get(then, buffered=True))}"


def each_refusal(here: Demo, pages: Pages) -> None:
    """Every address that takes forms, sent one without a token, one too large, and a wrong method."""
    here.begin(HOME)
    for rule, who in product(rules_of(here.app, "POST"), ("nobody", "busy", "officer")):
        met = here.met(who, HOME)
        for how, data in (("no token", {}), ("too large", {"text": "x" * TOO_LARGE})):
            client = here.browser(who, HOME, met).client
            answer = client.post(f"/{HOME}{address(rule, met)}", data=data, buffered=True)
            pages.keep(f"refusals/{who}/{named(rule)}, {how}", written(answer))
    for method, path in (("PUT", f"/{HOME}/"), ("DELETE", f"/{HOME}/sign-in"), ("GET", "/nowhere/"),
                         ("GET", "/static/none.css"), ("GET", "/"), ("GET", "/?lang=cy")):
        answer = here.app.test_client().open(path, method=method, buffered=True)
        pages.keep(f"refusals/{method} {path.replace('/', '.')}", written(answer))


def each_journey(here: Demo, pages: Pages) -> None:
    """What only somebody meets who goes on from page to page, and the letters that it makes."""
    for (name, journey), language in product(JOURNEYS.items(), LANGUAGES):
        here.begin(HOME)
        with Visit(here, pages, f"journeys/{name}/{language}", language) as visit:
            journey(visit)
            visit.keep_letters()


def each_preview(here: Demo, pages: Pages) -> None:
    """All that the preview of a force leads to: every stage and outcome, letter and error page."""
    for force in (HOME, *UNLIKE):
        data = here.mailbox.parent / f"preview-{force}"
        data.mkdir()
        preview = Preview(force, ROOT / "forces" / force, here.database.server, {
            "TMC_MODE": "demo", "TMC_DATA_DIR": str(data), "TMC_BASE_URL": PREVIEW_AT})
        faults = preview.load()
        assert not faults, faults
        try:
            _through_preview(preview, force, pages)
        finally:
            preview.close()


def _through_preview(preview: Preview, force: str, pages: Pages) -> None:
    index = f"/{force}/preview/"
    found = {f"{index}?lang={language}" for language in LANGUAGES}
    for start in sorted(found):
        found |= {unescape(one) for one in LINK.findall(_shown(preview, start).get_data(as_text=True))}
    found |= {f"{one.partition('?')[0]}/html" for one in found if "/preview/email/" in one}
    ids: dict[str, str] = {}
    for place in sorted(found, key=masked):
        if "/static/" not in place:
            name = named(masked(place).replace("?lang=", ",").replace("?", ","))
            while ids.setdefault(name, place) != place:  # two pages whose ids alone tell them apart
                name += "+"
            pages.keep(f"preview/{force}/{name}", written(_shown(preview, place)))


def _shown(preview: Preview, place: str) -> TestResponse:
    return Client(preview).get(place, base_url=PREVIEW_AT, buffered=True)


PARTS: dict[str, Callable[[Demo, Pages], None]] = {
    "assets": assets, "pages": each_page, "forms": each_form, "refusals": each_refusal,
    "journeys": each_journey, "preview": each_preview,
}
