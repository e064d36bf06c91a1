"""What every answer carries, whatever was asked."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask

from core.web.security import HEADERS
from tests.conftest import AVON, HERTS
from tests.pages import Browser
from tests.security.checklist import requirement

PATHS = [
    "/",
    "/sign-in",
    "/safety",
    "/privacy",
    "/accessibility",
    "/nothing-here",
    "/brand.css",
    "/logo.svg",
    "/static/app.css",
    "/leave",
    "/desk/",
    "/health/live",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_protecting_headers(app: Flask, path: str) -> None:
    answer = Browser(app, HERTS).get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_a_page_is_not_kept_by_the_browser(app: Flask) -> None:
    assert Browser(app, HERTS).get("/sign-in").headers["Cache-Control"] == "no-store"


def test_leaving_ends_the_session_and_clears_the_browser(app: Flask) -> None:
    answer = Browser(app, HERTS).get("/leave")
    assert answer.status_code == 303
    assert answer.location == "https://www.bbc.co.uk/weather"
    assert "storage" in answer.headers["Clear-Site-Data"]


def test_an_unknown_force_gets_a_page_that_names_no_force(app: Flask) -> None:
    answer = Browser(app, "atlantis").get("/")
    assert answer.status_code == 404
    page = answer.get_data(as_text=True)
    assert "Hertfordshire" not in page
    assert "Avon" not in page


def test_each_force_shows_its_own_name_and_not_the_other(app: Flask) -> None:
    herts, avon = Browser(app, HERTS).get("/").text, Browser(app, AVON).get("/").text
    assert "Hertfordshire Constabulary" in herts and "Avon and Somerset" not in herts
    assert "Avon and Somerset Police" in avon and "Hertfordshire" not in avon


def test_a_form_from_another_site_is_refused(app: Flask) -> None:
    browser = Browser(app, HERTS)
    refused = browser.post("/sign-in", {"surname": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    taken = browser.post("/sign-in", {"surname": "x"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert refused.status_code == 400 and "We could not do that" in refused.text
    assert taken.status_code == 400 and "Enter your crime reference" in taken.text


def test_a_form_without_its_token_is_refused(app: Flask) -> None:
    answer = Browser(app, HERTS).client.post(f"/{HERTS}/sign-in", data={"surname": "x"})
    assert answer.status_code == 400
    assert "Your browser sent us no cookie" in answer.text


@requirement("E7")
def test_too_large_a_form_is_refused(app: Flask) -> None:
    browser = Browser(app, HERTS)
    assert browser.post("/sign-in", {"surname": "x" * 70_000}).status_code == 413


def test_the_style_sheet_travels_packed_and_says_so(app: Flask) -> None:
    browser = Browser(app, HERTS)
    plain = browser.get("/static/app.css")
    packed = browser.get("/static/app.css", headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.mimetype == plain.mimetype == "text/css"
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_page_with_all_it_needs_weighs_under_100_kilobytes(app: Flask) -> None:
    browser = Browser(app, HERTS)
    parts = ["/", "/static/app.css", "/static/app.js", "/brand.css", "/logo.svg", "/static/favicon.svg"]
    sizes = [len(browser.get(part, headers={"Accept-Encoding": "gzip"}).data) for part in parts]
    assert sum(sizes) < 100_000


def test_no_other_file_is_reached_through_the_static_address(app: Flask) -> None:
    browser = Browser(app, HERTS)
    for path in ("/static/../settings.py", "/static/%2e%2e/settings.py", "/static/..%2fsettings.py"):
        assert browser.get(path).status_code == 404
    assert browser.get("/static/app.js").status_code == 200
