"""The demo's mailbox shows a letter as a mail program would; nothing that somebody wrote into it runs."""

from __future__ import annotations

from email.message import EmailMessage
from urllib.parse import urlencode

from playwright.sync_api import Browser, Request, expect

from plugins.demo.letters import Mailbox
from tests.live import Demo
from tests.visits import HOME, code_in, fill, sample, send, visit

HOSTILE = """<!doctype html><html lang="en"><head><title>x</title><base href="https://evil.example/">
<meta http-equiv="refresh" content="0;url=https://evil.example/">
<script>top.ran = document.title = "ran"</script>
<link rel="stylesheet" href="https://evil.example/x.css"></head>
<body onload="top.ran = 1"><p style="color: rgb(1, 2, 3)">Hello</p><img src="https://evil.example/pixel.png"
onerror="top.ran = 1"><svg onload="top.ran = 1"></svg><iframe src="javascript:top.ran = 1"></iframe>
<form action="https://evil.example/"><button>Send</button></form></body></html>"""


def test_she_sees_the_letter_with_its_colours_and_her_code_and_its_link_leads_on(
    browser: Browser, demo: Demo
) -> None:
    person = sample("early")
    before = demo.letters(person.email)
    with visit(browser, demo, width=1280) as (page, _):
        page.goto(f"{HOME}sign-in")
        fill(page, person.fields())
        send(page)
        code = code_in(demo.next_letter(person.email, before, r"\b\d{6}\b"))
        page.goto(f"/demo/mailbox/?{urlencode({'to': person.email})}")
        letter = page.frame_locator("iframe").first
        expect(letter.get_by_text(code)).to_have_css("font-size", "36px")
        expect(page.locator("article").first.locator(".tmc-message__text")).to_contain_text(code)


def test_nothing_in_a_hostile_letter_runs_or_is_fetched(browser: Browser, demo: Demo) -> None:
    letter = EmailMessage()
    letter["Subject"] = "Hostile"
    letter.set_content("Hello")
    letter.add_alternative(HOSTILE, subtype="html")
    Mailbox(demo.data / "mailbox").keep("", ["hostile@example.com"], bytes(letter))
    context = browser.new_context(base_url=demo.base)
    asked: list[Request] = []
    try:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request))
        page.goto("/demo/mailbox/?to=hostile@example.com")
        expect(page.frame_locator("iframe").get_by_text("Hello")).to_have_css("color", "rgb(1, 2, 3)")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.ran === undefined")
        page.goto(f"/demo/mailbox/{page.locator('iframe').get_attribute('src')}")
        expect(page.get_by_text("Hello")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert page.title() == "x"
        assert page.evaluate("window.ran === undefined")
        elsewhere = [one for one in asked if not one.url.startswith(demo.base)]
        assert elsewhere and {one.failure for one in elsewhere} == {"csp"}, "refused before they leave"
    finally:
        context.close()
