"""What people read when the portal is too busy to ask, in their language and with whom to call."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask

from core.base.i18n import force_locale
from core.base.scope import scope_of
from core.cli.processes.refusals import BUSY, OUR_MISTAKE, TOO_SLOW, Refusals
from core.web import error_pages
from core.web.security import HEADERS
from tests.conftest import HERTS

CSP = "Content-Security-Policy"


@pytest.mark.parametrize(("status", "english", "welsh"), [
    (BUSY, "The service is not available for the moment", "Nid yw&#39;r gwasanaeth ar gael ar hyn o bryd"),
    (TOO_SLOW, "Your connection was too slow", "Roedd eich cysylltiad yn rhy araf"),
    (OUR_MISTAKE, "Sorry, something went wrong", "Mae&#39;n ddrwg gennym, aeth rhywbeth o&#39;i le"),
])
def test_who_cannot_be_served_reads_why_in_both_languages_and_whom_to_call(
    portal: Flask, status: str, english: str, welsh: str
) -> None:
    answer = Refusals(portal).answer(status)
    assert (answer.status, answer.mimetype) == (status, "text/html")
    text = answer.get_data(as_text=True)
    assert english in text and welsh in text
    assert text.count("101") == text.count("999") == 2
    assert answer.headers.get("Retry-After") == ("5" if status == BUSY else None)
    assert answer.headers["Cache-Control"] == "no-store"
    assert {**answer.headers, CSP: ""}.items() >= {**HEADERS, CSP: ""}.items()
    assert answer.headers[CSP].startswith("default-src 'none'; ") and "unsafe" not in answer.headers[CSP]


def test_over_the_wire_it_is_a_whole_answer_and_the_last(portal: Flask) -> None:
    head, _, body = Refusals(portal).whole(TOO_SLOW).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 408 Request Timeout"
    assert f"Content-Length: {len(body)}" in lines and "Connection: close" in lines


def test_programs_that_send_what_is_no_request_read_a_line_of_text(portal: Flask) -> None:
    answer = Refusals(portal).answer("431 Request Header Fields Too Large")
    assert (answer.mimetype, answer.data) == ("text/plain", b"Request Header Fields Too Large\n")
    assert {**answer.headers}.items() >= HEADERS.items()


def test_other_applications_have_no_words_of_the_portal() -> None:
    assert Refusals(object()).answer(BUSY).data == b"Service Unavailable\n"


@pytest.mark.parametrize("code", [408, 429, 500, 503])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_nobody_is_left_alone_with_an_error(
    app: Flask, monkeypatch: pytest.MonkeyPatch, code: int, language: str
) -> None:
    force = SimpleNamespace(non_emergency="0300 00 00 00")
    monkeypatch.setattr(error_pages, "here", lambda: SimpleNamespace(force=force))
    with app.app_context(), force_locale(language):
        said = " ".join(error_pages.error_words(code))
    with scope_of(HERTS), app.test_request_context("/"), force_locale(language):
        page = error_pages.show_problem(code, None).get_data(as_text=True)
    of_force = page.partition("<main")[2].partition("</main>")[0]
    assert "101" in said and "999" in said
    assert "0300 00 00 00" in of_force and "101" not in of_force and "999" in of_force
