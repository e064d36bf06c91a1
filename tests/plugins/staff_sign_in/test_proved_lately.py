"""What leaves the portal, or lets somebody in, needs proof of the last ten minutes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from core.base import clock
from core.testing import allocated, officer, recorded
from core.testing.people import meet
from tests.people import take
from tests.plugins.staff_sign_in.door import NOW, Door
from tests.security.checklist import requirement

AGAIN = "/midshire/staff/sign-in/again"


@pytest.fixture
def paths(door: Door) -> list[str]:
    """A table of people that leaves the portal, and a code that opens a case to whoever has it."""
    take(door.app, recorded(district="north-side"), allocated(officer=officer()), force="midshire")
    met = meet(door.app, force="midshire")
    return ["/desk/people.csv", f"/desk/case/{met.case}/sign-in-code/{met.people['P1']}"]


@contextmanager
def minutes_later(minutes: int) -> Iterator[None]:
    with clock.travel(NOW + timedelta(minutes=minutes)):
        yield


@requirement("B9")
def test_ten_minutes_after_signing_in_officers_sign_in_once_more_and_come_back(
    door: Door, paths: list[str]
) -> None:
    for path in paths:
        browser = door.signed_in()
        with minutes_later(10):
            assert browser.get(path).status_code == 200
        with minutes_later(11):
            assert browser.get(path).headers["Location"] == AGAIN
            assert browser.get("/staff/sign-in/again").status_code == 200
            sent = door.sent(browser, "/staff/sign-in/begin?again=yes")
            assert "prompt=login" in sent and "max_age=600" in sent
            answer = door.back(browser, door.provider.allow(sent))
            assert answer.headers["Location"] == f"/midshire{path}"
            assert browser.get(path).status_code == 200


@requirement("B9")
def test_a_provider_that_asked_for_nothing_anew_is_not_believed(door: Door, paths: list[str]) -> None:
    browser = door.signed_in()
    with minutes_later(20):
        sent = door.sent(browser, "/staff/sign-in/begin?again=yes")
        long_ago = int(NOW.timestamp())
        assert door.back(browser, door.provider.allow(sent, auth_time=long_ago)).status_code == 403
        assert browser.get(paths[0]).headers["Location"] == AGAIN


@requirement("B9")
def test_a_form_that_comes_too_late_does_nothing(door: Door, paths: list[str]) -> None:
    browser = door.signed_in()
    page = browser.get(paths[1])
    token = browser.page.forms[-1]["fields"]["csrf_token"]  # type: ignore[union-attr]
    assert page.status_code == 200
    with minutes_later(11):
        late = browser.client.post(f"/midshire{paths[1]}", data={"csrf_token": token})
        assert late.headers["Location"] == AGAIN
    assert door.audited("sign_in_code_made") == []


def test_other_work_goes_on(door: Door, paths: list[str]) -> None:
    browser = door.signed_in()
    with minutes_later(11):
        assert browser.get("/desk/").status_code == 200
