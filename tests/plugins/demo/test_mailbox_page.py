"""The page of the demo that shows its letters: readable, harmless, each as it would be seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask, render_template
from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader

from core.base import clock, i18n
from core.base.templates import Templates
from plugins.demo.letters import Mailbox, letter_named, letters, mailbox_page
from tests.plugins.demo.letters_stored import NEIGHBOUR, NOON, ROOT, VICTIM, a_letter


@pytest.fixture
def app() -> Flask:
    """Just enough of a portal to show the page."""
    app = Flask("portal")
    app.jinja_environment = Templates
    layout = "<title>{% block title %}{% endblock %}</title>{% block content %}{% endblock %}"
    app.jinja_loader = ChoiceLoader(
        [
            DictLoader({"layout.html": layout}),
            FileSystemLoader([ROOT / "plugins/demo/templates", ROOT / "core/web/templates"]),
        ]
    )
    i18n.init_app(app)
    return app


def page(app: Flask, store: Path, to: str | None = None, withheld: tuple[str, ...] = ()) -> str:
    with app.test_request_context("/demo/mailbox/"):
        return render_template("demo/mailbox.html", **mailbox_page(store, to, withheld))


def test_the_page_shows_the_letters_with_links_one_can_follow(app: Flask, store: Path) -> None:
    with clock.travel(NOON):
        letter = a_letter(text="Sign in:\nhttp://127.0.0.1:8000/x\n")
        Mailbox(store).keep("", [VICTIM], bytes(letter))
    shown = page(app, store, VICTIM)
    assert "<title>Demo mailbox</title>" in shown
    assert shown.count("<h1") == 1
    assert '<a href="http://127.0.0.1:8000/x"' in shown
    assert '<time datetime="2026-11-23T12:00:00.000Z">23 November 2026, 12:00</time>' in shown
    assert f'value="{VICTIM}"' in shown


def test_an_empty_page_is_kind(app: Flask, store: Path) -> None:
    assert "No letter has arrived yet." in page(app, store)
    assert f"No letter to <bdi>{VICTIM}</bdi> yet." in page(app, store, VICTIM)


def test_the_page_says_which_letters_were_withheld(app: Flask, store: Path) -> None:
    withheld = ("A code for <sam> was not sent: the limit of five an hour is reached.",)
    assert "A code for &lt;sam&gt; was not sent" in page(app, store, withheld=withheld)


def test_nothing_in_a_letter_becomes_part_of_the_page(app: Flask, store: Path) -> None:
    trap = "<script>alert(1)</script><img src=x onerror=y> javascript:alert(1) \"'>"
    letter = a_letter(trap, trap)
    letter.add_alternative(f"<b>{trap}</b>", subtype="html")
    Mailbox(store).keep(trap, [trap], bytes(letter))
    shown = page(app, store, trap)
    assert "alert(1)" in shown
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<b>" not in shown
    assert 'href="javascript' not in shown


@pytest.mark.parametrize("name", [
    "", ".", "..", "../mail", "x", "20260101T000000.000000-00000000000000000000-0000000z", "%2e%2e/keep",
    "20260101T000000.000000-00000000000000000000-00000000", "foreign",
])
def test_only_a_letter_that_is_there_is_shown_by_its_name(store: Path, name: str) -> None:
    Mailbox(store).keep("", [VICTIM], bytes(a_letter()))
    (store.parent / "secret.eml").write_bytes(b"X-Demo-Mailbox: {}\r\n\r\nsecret")
    (store / "foreign.eml").write_bytes(b"Subject: not ours\r\n\r\n")
    assert letter_named(store, name) is None
    (there,) = letters(store)
    assert letter_named(store, there.name) == there


def test_each_letter_is_framed_as_it_is_seen_beside_its_text(app: Flask, store: Path) -> None:
    seen = a_letter()
    seen.add_alternative("<p onclick='alert(1)'>Your code</p>", subtype="html")
    Mailbox(store).keep("", [VICTIM], bytes(seen))
    Mailbox(store).keep("", [NEIGHBOUR], bytes(a_letter("Text only")))
    shown = page(app, store)
    (name,) = (one.name for one in letters(store) if one.html)
    assert re.findall(r'<iframe src="([^"]+)" sandbox="([^"]*)"', shown) == [
        (name, "allow-top-navigation-by-user-activation")]
    assert "onclick" not in shown
    assert shown.count("Your code is 123456.") == 2
