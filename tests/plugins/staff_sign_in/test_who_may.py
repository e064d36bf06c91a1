"""Every address × who comes: the way in is open, and only staff are asked to prove themselves anew."""

from __future__ import annotations

import pytest

from core.plugin_host.jobs import registry
from core.testing import Browser, allocated, officer, recorded
from core.testing.people import meet, officer_browser, person_browser
from tests.people import take
from tests.plugins.staff_sign_in.door import Door
from tests.security.checklist import requirement

# Address and method -> what a visitor, a person and an officer are answered.
ANSWERS: dict[tuple[str, str], tuple[int, int, int]] = {
    ("/staff/sign-in", "GET"): (200, 200, 200),
    ("/staff/sign-in/again", "GET"): (303, 303, 200),
    ("/staff/sign-in/begin", "GET"): (303, 303, 303),
    ("/staff/sign-in/callback", "GET"): (403, 403, 403),
    ("/staff/sign-in/signed-out", "GET"): (200, 200, 200),
    ("/staff/sign-in/back-channel-logout", "POST"): (400, 400, 400),
    ("/staff/set-up", "GET"): (200, 200, 200),
    ("/staff/set-up", "POST"): (400, 400, 400),  # the code is wrong
}


@pytest.fixture
def browsers(door: Door) -> list[Browser]:
    take(door.app, recorded(district="north-side"), allocated(officer=officer()), force="midshire")
    met = meet(door.app, force="midshire")
    return [door.browser(), person_browser(door.app, met, force="midshire"),
            officer_browser(door.app, met.staff, force="midshire")]


@requirement("D1", "D2")
def test_every_address_answers_everybody_as_the_table_says(
    door: Door, browsers: list[Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(door.app.config, "WTF_CSRF_ENABLED", False)
    for (path, method), expected in ANSWERS.items():
        found = tuple(browser.client.open(f"/midshire{path}", method=method).status_code
                      for browser in browsers)
        assert found == expected, (path, method)
    for method in ("PUT", "DELETE", "TRACE", "PATCH"):
        assert browsers[0].client.open("/midshire/staff/sign-in/callback", method=method).status_code == 405


@requirement("D1")
def test_no_address_is_missing(door: Door) -> None:
    there = {(rule.rule, method) for rule in door.app.url_map.iter_rules()
             for method in (rule.methods or set()) & {"GET", "POST"}
             if rule.endpoint.startswith("staff_sign_in.")}
    assert there == set(ANSWERS)
    jobs = {name for name, owner in registry(door.app).owners.items() if owner == "staff_sign_in"}
    assert jobs == {"staff_sign_in_remove_old"}


@requirement("C6")
def test_a_set_up_code_comes_from_our_own_form_only(door: Door) -> None:
    assert door.browser().client.post("/midshire/staff/set-up", data={"code": "x"}).status_code == 400
    page = door.browser().client.post(
        "/midshire/staff/set-up", data={"code": "x"}, headers={"Origin": "https://evil.example"})
    assert page.status_code == 400


def test_a_force_without_the_plugin_has_none_of_it(door: Door) -> None:
    for path, method in ANSWERS:
        assert door.app.test_client().open(f"/hertfordshire{path}", method=method).status_code in (400, 404)
