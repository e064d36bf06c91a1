"""A page that fails leaves nothing behind, whatever the session had to be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask, abort

from core.base import clock
from core.base.bodies import LARGEST_BODY
from core.cases.models import Message
from core.intake import conversation
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer
from core.web import sessions
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import Met, form_on, officer_browser, person_browser, take
from tests.plugins.sign_in.ways_in import give, newest_code


def count(app: Flask, model: Any) -> int:
    with app.app_context(), force_scope(HERTS):
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def form(browser: Browser, met: Met) -> dict[str, str]:
    page = browser.get(f"/case/{met.case}/messages").text
    return form_on(page, browser.path(f"/case/{met.case}/messages")) | {"text": "Any news?"}


def fails(*_: Any, **__: Any) -> None:
    raise RuntimeError("the force's own rule failed")


@pytest.mark.parametrize("minutes", [0, 2])
def test_a_message_whose_notice_failed_is_not_kept_and_can_be_sent_again(
    app: Flask, met: Met, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    browser = person_browser(app, met)
    filled = form(browser, met)
    with clock.travel(clock.now() + timedelta(minutes=minutes)):
        with monkeypatch.context() as patch:
            patch.setattr(conversation, "promise", fails)
            answer = browser.client.post(browser.path(f"/case/{met.case}/messages"), data=filled)
        assert answer.status_code == 500
        assert count(app, Message) == 0
        again = browser.client.post(browser.path(f"/case/{met.case}/messages"), data=filled)
        assert again.status_code == 303
    assert (count(app, Message), count(app, Notice)) == (1, 1)


def test_what_a_refusal_interrupts_is_not_kept_either(
    app: Flask, met: Met, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = person_browser(app, met)
    filled = form(browser, met)
    monkeypatch.setattr(conversation, "promise", lambda *_: abort(409))
    with clock.travel(clock.now() + timedelta(minutes=2)):
        answer = browser.client.post(browser.path(f"/case/{met.case}/messages"), data=filled)
    assert answer.status_code == 409
    assert count(app, Message) == 0


def test_signing_in_that_fails_leaves_the_browser_as_it_was(
    app: Flask, met: Met, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, begun = Browser(app, HERTS), sessions.begin

    def begin_and_fail(*who: Any, **more: Any) -> None:
        begun(*who, **more)
        fails()

    give(browser)
    at = browser.path("/sign-in/code")
    filled = form_on(browser.get("/sign-in/code").text, at) | {"code": str(newest_code(app))}
    with monkeypatch.context() as patch:
        patch.setattr(sessions, "begin", begin_and_fail)
        answer = browser.client.post(at, data=filled)
    assert answer.status_code == 500
    assert "Set-Cookie" not in answer.headers
    again = browser.client.post(at, data=filled)
    assert again.location == browser.path(f"/case/{met.case}")


def test_a_database_too_busy_is_told_as_such_also_after_a_pause(app: Flask, met: Met) -> None:
    """The failed statement must not make telling the session fail too."""
    browser = person_browser(app, met)
    filled = form(browser, met)

    def busy(*_: Any, **__: Any) -> None:
        db.session.execute(sa.delete(Message).where(sa.text("1/0 = 1")))

    with clock.travel(clock.now() + timedelta(minutes=2)), pytest.MonkeyPatch.context() as patch:
        patch.setattr(conversation, "promise", busy)
        answer = browser.client.post(browser.path(f"/case/{met.case}/messages"), data=filled)
    assert answer.status_code == 500
    assert "give this number" in answer.text
    assert browser.get(f"/case/{met.case}").status_code == 200


def test_what_was_typed_for_too_long_comes_back_to_be_copied(app: Flask, met: Met) -> None:
    browser = person_browser(app, met)
    filled = form(browser, met) | {"text": "I remember <b>more</b> now."}
    with clock.travel(clock.now() + timedelta(minutes=21)):
        answer = browser.client.post(browser.path(f"/case/{met.case}/messages"), data=filled)
    assert answer.status_code == 400
    assert "You have been signed out" in answer.text
    assert "I remember &lt;b&gt;more&lt;/b&gt; now." in answer.text
    assert "41/1/24" not in answer.text


def came_back(app: Flask, browser: Browser, to: str) -> str:
    """Press "Sign in again and come back here" on the page *to* leads from, and sign in: where that leads."""
    pressed = browser.post("/come-back", {"to": to}, form_at="/sign-in")
    assert pressed.status_code == 303, pressed.status
    give(browser)
    at = browser.path("/sign-in/code")
    filled = form_on(browser.get("/sign-in/code").text, at) | {"code": str(newest_code(app))}
    return str(browser.client.post(at, data=filled, follow_redirects=True).request.path)


def test_after_signing_in_again_a_person_is_back_at_their_message(app: Flask, met: Met) -> None:
    browser = person_browser(app, met)
    filled, path = form(browser, met) | {"text": "I remember more."}, f"/case/{met.case}/messages"
    with clock.travel(clock.now() + timedelta(minutes=21)):
        answer = browser.client.post(browser.path(path), data=filled)
        assert form_on(answer.text, browser.path("/come-back"))["to"] == path
        assert came_back(app, browser, path) == browser.path(path)
        assert browser.get(f"/case/{met.case}").status_code == 200


@pytest.mark.parametrize("to", [
    "", "/", "//evil.example/case", "https://evil.example/", "/leave", "/safety", "/your-account/lock",
    "/desk/", "/case/x/messages", "\\evil.example", "/nothing-here",
    *(f"{before}case/01a22c70-f54a-7fbe-8793-af27cac335ae" for before in ("//", "///", "", "/\\"))])
def test_signing_in_leads_back_to_a_page_of_a_case_only(app: Flask, met: Met, to: str) -> None:
    browser = Browser(app, HERTS)
    assert browser.post("/come-back", {"to": to}, form_at="/sign-in").status_code == 400


def test_whoever_signs_in_for_another_case_is_not_led_to_the_first(app: Flask, met: Met) -> None:
    path = f"/case/{uuid4()}/messages"
    assert came_back(app, Browser(app, HERTS), path) == f"/{HERTS}/case/{met.case}"


LATE = "2024-03-04T09:00:00Z"


def test_what_was_written_on_a_case_that_went_to_somebody_else_comes_back(app: Flask, met: Met) -> None:
    browser = officer_browser(app, met.staff)
    address = browser.path(f"/desk/case/{met.case}/update")
    filled = form_on(browser.get(f"/desk/case/{met.case}").text, address)
    take(app, allocated(officer=officer(2, unit="Luton"), time=LATE))
    answer = browser.client.post(address, data=filled | {"text": "I asked <b>three</b> shops."})
    assert answer.status_code == 404
    assert "I asked &lt;b&gt;three&lt;/b&gt; shops." in answer.text and "was not sent" in answer.text
    elsewhere = browser.path(f"/desk/case/{uuid4()}/update")
    unknown = browser.client.post(elsewhere, data=filled | {"text": "I asked <b>three</b> shops."})
    assert unknown.status_code == 404
    assert unknown.text.replace(elsewhere, address) == answer.text, "a case that is not there answers alike"


def test_what_was_written_on_a_case_that_is_no_longer_shown_comes_back(app: Flask, met: Met) -> None:
    browser = person_browser(app, met)
    filled = form(browser, met)
    take(app, event("crime.amended", flags=["domestic-abuse"], time=LATE))
    answer = browser.client.post(browser.path(f"/case/{met.case}/messages"), data=filled)
    assert answer.status_code == 404
    assert "Any news?" in answer.text and "was not sent" in answer.text
    assert "Any news?" not in browser.get(f"/case/{met.case}/messages").text
    assert count(app, Message) == 0


def test_what_was_written_comes_back_also_where_names_were_read_before_it_was_too_late(
    app: Flask, met: Met
) -> None:
    """The error page shows none of these names, so the audit is not asked for them."""
    browser = officer_browser(app, met.staff)
    address = browser.path(f"/desk/case/{met.case}/update")
    filled = form_on(browser.get(f"/desk/case/{met.case}").text, address)
    nobody = browser.path(f"/desk/case/{met.case}/person/{uuid4()}")
    answer = browser.client.post(nobody, data=filled | {"act": "lock", "text": "I asked three shops."})
    assert answer.status_code == 404
    assert "I asked three shops." in answer.text and "Amina" not in answer.text


@pytest.mark.parametrize("size", [66 * 1024, 700 * 1024])
def test_what_is_too_much_to_be_sent_comes_back_whole(app: Flask, met: Met, size: int) -> None:
    browser = person_browser(app, met)
    filled = form(browser, met) | {"text": f"It began like <b>this</b>. {'x' * size} That is all."}
    answer = browser.client.post(browser.path(f"/case/{met.case}/messages"), data=filled)
    assert answer.status_code == 413
    assert "It began like &lt;b&gt;this&lt;/b&gt;." in answer.text and "x That is all." in answer.text
    assert "send it in parts" in answer.text and "sign in again" not in answer.text
    assert "That is all" not in browser.get(f"/case/{met.case}").text


def test_what_is_more_than_the_portal_reads_is_said_to_be_too_much(app: Flask, met: Met) -> None:
    browser = person_browser(app, met)
    filled = form(browser, met) | {"text": "x" * (LARGEST_BODY + 1)}
    answer = browser.client.post(browser.path(f"/case/{met.case}/messages"), data=filled)
    assert answer.status_code == 413
    assert "too much text" in answer.text and "<textarea" not in answer.text


def test_another_sites_form_shows_nothing_of_what_it_sent(app: Flask, met: Met) -> None:
    browser = person_browser(app, met)
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = browser.client.post(
            browser.path(f"/case/{met.case}/messages"), data={"text": "Call 0900"}, headers=header
        )
        assert answer.status_code == 400
        assert "0900" not in answer.text


def test_a_page_that_is_missing_still_leads_a_signed_in_person_back(app: Flask, met: Met) -> None:
    answer = person_browser(app, met).get("/nothing-here")
    assert answer.status_code == 404
    assert "Sign out" in answer.text
    assert "Sign out" not in Browser(app, HERTS).get("/nothing-here").text


def test_language_links_of_a_form_shown_again_lead_to_the_case(app: Flask, met: Met) -> None:
    desk = officer_browser(app, met.staff)
    for path in ("update", f"messages/{met.people['P1']}"):
        answer = desk.get(f"/desk/case/{met.case}/{path}?lang=cy")
        assert answer.location == f"/{HERTS}/desk/case/{met.case}?lang=cy"
