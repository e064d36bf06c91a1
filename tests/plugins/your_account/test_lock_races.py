"""Access is locked, or all visits are ended, while other requests are on their way."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from core.base.installation import installation
from core.testing import allocated, event, recorded
from core.testing.postgres import without_walls
from core.web import pages, sessions
from tests.conftest import HERTS
from tests.live import wait_until
from tests.pages import Browser
from tests.people import Met, meet, officer_browser, person_browser, take
from tests.plugins.sign_in.ways_in import give, newest_code
from tests.security.checklist import requirement

CANARY = "canary-of-the-lock"


class Held:
    """A function that waits, once it was called, until it is let go."""

    def __init__(self, patch: pytest.MonkeyPatch, place: Any, name: str) -> None:
        self.called, self.go, self.real = Event(), Event(), getattr(place, name)
        patch.setattr(place, name, self)

    def __call__(self, *args: Any, **named: Any) -> Any:
        self.called.set()
        assert self.go.wait(60)
        return self.real(*args, **named)


@pytest.fixture
def met(app: Flask) -> Met:
    take(app, recorded(), allocated(), event("crime.progress", text=CANARY, time="2024-03-05T10:00:00Z"))
    return meet(app)


def read_while(
    app: Flask, met: Met, monkeypatch: pytest.MonkeyPatch, act: Callable[[], TestResponse], place: str
) -> TestResponse:
    """What a page of the case answers that was being made (held at *place*) while *act* was done."""
    reader = person_browser(app, met)
    with ThreadPoolExecutor(1) as pool, monkeypatch.context() as patch:
        held = Held(patch, pages, place)
        reading: Future[TestResponse] = pool.submit(
            reader.client.get, f"/{HERTS}/case/{met.case}", buffered=True)
        assert held.called.wait(60)
        assert act().status_code == 303
        time.sleep(sessions.LOOKED_AGAIN_AFTER)
        held.go.set()
        return reading.result(60)


def lock_by_person(app: Flask, met: Met) -> Callable[[], TestResponse]:
    browser = person_browser(app, met)
    return lambda: browser.post("/your-account/lock")


def lock_by_officer(app: Flask, met: Met) -> Callable[[], TestResponse]:
    desk, path = officer_browser(app, met.staff), f"/desk/case/{met.case}/person/{met.people['P1']}"
    return lambda: desk.post(path, {"act": "lock"})


def end_elsewhere(app: Flask, met: Met) -> Callable[[], TestResponse]:
    browser = person_browser(app, met)
    return lambda: browser.post("/your-account/visits/end-others")


def nothing(app: Flask, met: Met) -> Callable[[], TestResponse]:
    browser = person_browser(app, met)
    return lambda: browser.get("/your-reports")


@requirement("A13")
@pytest.mark.parametrize("place", ["panels_of", "render_template"])
@pytest.mark.parametrize("act", [lock_by_person, lock_by_officer, end_elsewhere])
def test_a_page_that_was_being_made_when_access_was_locked_is_shown_to_nobody(
    app: Flask, met: Met, monkeypatch: pytest.MonkeyPatch, act: Any, place: str
) -> None:
    """Also when all that was left to do was to write it out."""
    answer = read_while(app, met, monkeypatch, act(app, met), place)
    assert (answer.status_code, answer.location) == (303, f"/{HERTS}/sign-in")
    assert CANARY not in answer.text


@requirement("A13")
def test_a_page_that_was_being_made_while_nobody_locked_anything_is_shown(
    app: Flask, met: Met, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = read_while(app, met, monkeypatch, nothing(app, met), "render_template")
    assert answer.status_code == 200 and CANARY in answer.text


def test_if_nobody_looked_again_the_page_would_come_after_the_lock(
    app: Flask, met: Met, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "ended_meanwhile", lambda: False)
    answer = read_while(app, met, monkeypatch, lock_by_person(app, met), "render_template")
    assert answer.status_code == 200 and CANARY in answer.text


@requirement("A13")
def test_of_many_who_read_at_once_nobody_gets_anything_after_the_lock(app: Flask, met: Met) -> None:
    """Six sessions read without a pause, each in a thread of its own, while she locks her access."""
    lock, locked, begun = lock_by_person(app, met), Event(), [Event() for _ in range(6)]
    readers = [person_browser(app, met).client for _ in begun]

    def read(number: int) -> list[tuple[bool, bool]]:
        """(was it locked before the request?, was there data?) for each page, and three after the lock."""
        came: list[tuple[bool, bool]] = []
        while sum(after for after, _ in came) < 3:
            after = locked.is_set()
            answer = readers[number].get(f"/{HERTS}/case/{met.case}", buffered=True)
            came.append((after, CANARY in answer.text))
            begun[number].set()
        return came

    with ThreadPoolExecutor(len(readers)) as pool:
        reading = [pool.submit(read, number) for number in range(len(readers))]
        assert all(one.wait(60) for one in begun)
        assert lock().status_code == 303
        locked.set()
        came = [one for future in reading for one in future.result(60)]
    assert sum(data for after, data in came if not after) >= len(readers)
    assert [one for one in came if one == (True, True)] == []


def waits(app: Flask) -> Callable[[], bool]:
    """Whether somebody in the database waits for a lock."""

    def looked() -> bool:
        with without_walls(installation(app).settings.owner_database_url) as connection:
            return bool(connection.execute(sa.text(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database()")).scalar())

    return looked


@requirement("A13")
@pytest.mark.parametrize("act", [lock_by_person, end_elsewhere])
def test_who_is_signing_in_while_all_are_signed_out_is_out_too(
    app: Flask, met: Met, monkeypatch: pytest.MonkeyPatch, act: Any
) -> None:
    """The right code was taken and the visit is about to begin: what ends all visits waits for it."""
    thief, everybody_out = Browser(app, HERTS), act(app, met)
    give(thief)
    code = str(newest_code(app))
    token = form_token(thief)
    with ThreadPoolExecutor(2) as pool, monkeypatch.context() as patch:
        held = Held(patch, sessions, "begin")
        signing_in = pool.submit(thief.client.post, f"/{HERTS}/sign-in/code", buffered=True,
                                 data={"code": code, "csrf_token": token})
        assert held.called.wait(60)
        ending = pool.submit(everybody_out)
        wait_until(waits(app), 20, "nobody waits for the sign-in")
        assert not ending.done()
        held.go.set()
        assert (signing_in.result(60).status_code, ending.result(60).status_code) == (303, 303)
    answer = thief.client.get(f"/{HERTS}/case/{met.case}", buffered=True)
    assert answer.status_code == 303 and CANARY not in answer.text


def form_token(browser: Browser) -> str:
    browser.get("/sign-in/code")
    assert browser.page
    return str(next(f["fields"]["csrf_token"] for f in browser.page.forms if "csrf_token" in f["fields"]))
