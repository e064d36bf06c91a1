"""A plugin that fails where it decides, works or answers: nothing is half done, and it is named."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base.scope import current_force_id
from core.cases.models import Case
from core.hookspecs import Channel, Delivery, DeliveryState, NoticeRequest, Parked, hookimpl
from core.notices.models import Notice
from core.plugin_host import jobs
from core.plugin_host.calls import PluginFailed
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import event, person, recorded
from tests.conftest import AVON, HERTS
from tests.core.plugin_host.heard import Logged, named
from tests.core.plugin_host.hostile import Outrage, at_hertfordshire
from tests.pages import Browser
from tests.people import meet, person_browser, take
from tests.plugins.sign_in.ways_in import RIGHT

# --- hooks that decide --------------------------------------------------------------------------


def refuse(how: type[BaseException]) -> Any:
    def translate_event(event: Any) -> None:
        raise how("the secret of 41/1/24")

    return hookimpl(translate_event)


@pytest.mark.parametrize(("how", "told"), [
    (RuntimeError, RuntimeError), (SystemExit, PluginFailed), (Outrage, PluginFailed)])
def test_news_that_a_plugin_cannot_translate_is_not_half_taken_in(
    app: Flask, logged: Logged, how: type[BaseException], told: type[Exception]
) -> None:
    with at_hertfordshire(app, translate_event=refuse(how)):
        with pytest.raises(told):
            take(app, recorded())
        take(app, recorded(crime_type="theft-from-vehicle", district="bristol"), force=AVON)
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalar(sa.select(sa.func.count(Case.id))) == 0
    assert named(logged, "plugin_failed") == ["noisy"]
    take(app, recorded())
    assert meet(app).case and meet(app, force=AVON).case


@pytest.mark.parametrize("answer", ["<b>", {"reason": "x"}, 5, [Parked("x")]])
def test_a_translation_of_another_type_is_refused(app: Flask, logged: Logged, answer: Any) -> None:
    with (
        at_hertfordshire(app, translate_event=hookimpl(lambda event: answer)),
        pytest.raises(TypeError, match="translate_event answers"),
    ):
        take(app, recorded())
    assert named(logged, "plugin_failed") == ["noisy"]


def test_a_plugin_that_writes_into_a_record_event_writes_into_its_own_copy(app: Flask) -> None:
    def translate_event(event: Any) -> None:
        event.data["district"] = "nowhere"
        event.data["people"][0]["name"]["family"] = "Noisy"

    with at_hertfordshire(app, translate_event=hookimpl(translate_event)):
        take(app, recorded())
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(Case.district)).all() == ["watford"]


@pytest.mark.parametrize("notices_for", [
    lambda news: [{"kind": "entry"}], lambda news: "everybody", lambda news: 1 / 0,
    lambda news: [NoticeRequest("rumour", person_id=news.person_ids[0])],
])
def test_a_notice_that_a_plugin_cannot_ask_for_takes_the_news_with_it(
    app: Flask, case: UUID, logged: Logged, notices_for: Any
) -> None:
    news = event("crime.progress", time="2024-03-03T10:00:00Z", stage="investigating", text="Hello.")
    with (
        at_hertfordshire(app, notices_for=hookimpl(notices_for)),
        pytest.raises((TypeError, ValueError, ZeroDivisionError)),
    ):
        take(app, news, announce=True)
    assert named(logged, "plugin_failed") == ["noisy"]
    assert "Hello." not in person_browser(app, meet(app)).get(f"/case/{case}").text
    take(app, news, announce=True)
    assert "Hello." in person_browser(app, meet(app)).get(f"/case/{case}").text


@pytest.mark.parametrize(("proved", "status"), [("P1", 303), ("P2", 400), (None, 400)])
def test_a_plugin_proves_who_somebody_is_but_lets_in_only_whom_the_details_led_to(
    app: Flask, case: UUID, proved: str | None, status: int
) -> None:
    other = person(2, name={"given": "Ben", "family": "Okafor"}, date_of_birth="1980-05-01")
    take(app, recorded("41/2/24", people=[other]))
    people = meet(app).people | meet(app, "41/2/24").people
    heard: list[str] = []

    @hookimpl(tryfirst=True)
    def second_step(proof: str) -> UUID | None:
        heard.append(proof)
        return people[proved] if proved else None

    hers = Browser(app, HERTS)
    hers.post("/sign-in", RIGHT)
    with at_hertfordshire(app, second_step=second_step):
        assert hers.post("/sign-in/code", {"passkey": "a proof of its own"}).status_code == status
    assert heard == ["a proof of its own"]
    assert hers.get(f"/case/{case}").status_code == (200 if status == 303 else 303)


@pytest.mark.parametrize("answer", [
    lambda: 1 / 0, sys.exit, lambda: "sent", lambda: Delivery(DeliveryState.SENT),
    lambda: Delivery("gone"),  # type: ignore[arg-type]
])
def test_a_letter_that_a_plugin_drops_is_tried_again(
    app: Flask, case: UUID, logged: Logged, answer: Any
) -> None:
    @hookimpl(tryfirst=True)
    def deliver(notice: Any) -> Any:
        return answer()

    with at_hertfordshire(app, deliver=deliver, CHANNELS=(Channel.EMAIL,)):
        take(app, event("crime.progress", time="2024-03-03T10:00:00Z", stage="investigating"),
             announce=True)
        jobs.work(app)
    with app.app_context(), force_scope(HERTS):
        assert {(n.state, n.tries) for n in db.session.scalars(sa.select(Notice))} == {("due", 1)}
    assert set(named(logged, "plugin_failed")) == {"noisy"}


def test_a_letter_that_a_plugin_takes_is_sent(app: Flask, case: UUID) -> None:
    taken = hookimpl(tryfirst=True)(lambda notice: Delivery(DeliveryState.SENT, by="noisy"))
    with at_hertfordshire(app, deliver=taken, CHANNELS=(Channel.EMAIL,)):
        take(app, event("crime.progress", time="2024-03-03T10:00:00Z", stage="investigating"),
             announce=True)
        jobs.work(app)
    with app.app_context(), force_scope(HERTS):
        assert {n.state for n in db.session.scalars(sa.select(Notice))} == {"sent"}


@pytest.mark.parametrize("sign_in_at", [
    lambda who: "noisy.nowhere", lambda who: 5, lambda who: 1 / 0, lambda who: sys.exit(1),
])
def test_a_way_in_that_leads_nowhere_is_a_kind_error_page(
    app: Flask, logged: Logged, sign_in_at: Any
) -> None:
    with at_hertfordshire(app, sign_in_at=hookimpl(tryfirst=True)(sign_in_at)):
        here = Browser(app, HERTS)
        assert here.get("/your-reports").status_code == 500
        assert here.page and here.page.h1 == ["Sorry, something went wrong"]
        assert Browser(app, AVON).get("/your-reports").status_code == 303
    assert "noisy" in str(logged)
    assert Browser(app, HERTS).get("/your-reports").status_code == 303


# --- jobs and pages -----------------------------------------------------------------------------


def test_a_job_that_ends_the_process_ends_itself_only(
    app: Flask, monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    done = []

    def noisy_job() -> None:
        raise SystemExit(1)

    monkeypatch.setitem(jobs.registry(app).tasks, "noisy_job", noisy_job)
    monkeypatch.setitem(jobs.registry(app).tasks, "other_job", lambda: done.append(1))
    for name in ("noisy_job", "other_job"):
        with app.app_context(), force_scope(HERTS):
            jobs.defer(name)
            db.session.commit()
    jobs.work(app, concurrency=1)
    assert done == [1]
    assert ("noisy_job", "SystemExit") in [
        (line.get("job"), line.get("error")) for line in logged if line["event"] == "job_failed"]


def test_a_job_of_a_plugin_runs_for_the_forces_that_list_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    registry = jobs.registry(app)
    monkeypatch.setitem(registry.tasks, "noisy_job", lambda: ran.append(current_force_id()))
    monkeypatch.setitem(registry.owners, "noisy_job", "noisy")
    found = host(app).get(HERTS)
    listing = found.force.model_copy(update={"plugin_settings": {"noisy": {}}})
    vars(listing).pop("plugins", None)
    monkeypatch.setitem(host(app).installed, HERTS, replace(found, force=listing))
    for force in (HERTS, AVON):
        jobs.run(app, "noisy_job", force)
    assert ran == [HERTS]


def test_a_view_that_ends_the_process_is_an_error_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = "pages.safety"
    rule = app.view_functions[endpoint].tmc_policy  # type: ignore[attr-defined]

    def end() -> None:
        raise SystemExit(1)

    end.tmc_policy = rule  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, endpoint, end)
    assert Browser(app, HERTS).get("/safety").status_code == 500
    assert Browser(app, HERTS).get("/privacy").status_code == 200


# --- the words of a nation's law ----------------------------------------------------------------


@pytest.mark.parametrize("answer", [RuntimeError, Outrage, "<b>", {"title": "x"}, 5])
def test_a_page_whose_words_a_plugin_fails_to_say_is_not_shown_with_others(
    app: Flask, logged: Logged, answer: Any
) -> None:
    def tell_entry(entry: Any) -> Any:
        if isinstance(answer, type):
            raise answer("the secret of 41/1/24")
        return answer

    take(app, recorded())
    met = meet(app)
    browser = person_browser(app, met)
    with at_hertfordshire(app, tell_entry=hookimpl(tell_entry)):
        shown = browser.client.get(browser.path(f"/case/{met.case}"))
        assert shown.status_code == 500
        assert "recorded the crime" not in shown.text
    assert named(logged, "plugin_failed") == ["noisy"]
    assert "the secret" not in str(logged)
    assert "We recorded the crime you reported" in browser.get(f"/case/{met.case}").text
