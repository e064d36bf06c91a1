"""After signing in, a person's own cases at this force are one step away; nobody else's are."""

from __future__ import annotations

import pytest
from flask import Flask

from core.testing import event, person, recorded
from tests.conftest import AVON, HERTS
from tests.pages import Browser
from tests.people import meet, person_browser, take
from tests.plugins.sign_in.ways_in import enter, give, newest_code

LATER = "2024-03-09T10:00:00Z"
SECOND = "41/2/24"


def test_her_other_case_is_one_step_away_and_needs_no_new_code(app: Flask) -> None:
    take(app, recorded(), recorded(SECOND, crime_type="dog-theft"))
    browser = Browser(app, HERTS)
    give(browser)
    first = enter(browser, str(newest_code(app))).location
    browser.get(first)
    other = f"/{HERTS}/case/{meet(app, SECOND).case}"
    assert browser.page and other in browser.page.links
    assert "Your other reports" in browser.page.text
    assert browser.get(other).status_code == 200
    assert browser.page and first in browser.page.links and other not in browser.page.links
    assert browser.get("/your-reports").text.count("/case/") == 2


def test_another_persons_case_is_not(app: Flask) -> None:
    take(app, recorded(), recorded(SECOND, people=[person(2)]))
    hers, other = person_browser(app, meet(app)), meet(app, SECOND)
    hers.get(f"/case/{meet(app).case}")
    assert hers.page and "Your other reports" not in hers.page.text
    assert hers.get(f"/case/{other.case}").status_code == 404
    assert person_browser(app, other, "P2").get(f"/case/{other.case}").status_code == 200


@pytest.mark.parametrize("change", [
    event("person.amended", SECOND, time=LATER, person=person(), removed=True),
    event("crime.amended", SECOND, time=LATER, flags=["domestic_abuse"]),
], ids=["removed from it", "no longer offered"])
def test_a_case_that_she_may_no_longer_follow_is_not(app: Flask, change: dict[str, object]) -> None:
    take(app, recorded(), recorded(SECOND))
    met, second = meet(app), meet(app, SECOND)
    browser = person_browser(app, met)
    assert browser.get(f"/case/{second.case}").status_code == 200
    take(app, change)
    assert browser.get(f"/case/{second.case}").status_code == 404
    assert browser.get(f"/case/{met.case}").status_code == 200
    assert browser.page and "Your other reports" not in browser.page.text


def test_a_case_of_the_same_person_at_another_force_is_not(app: Flask) -> None:
    take(app, recorded())
    take(app, recorded(SECOND, district="bristol"), force=AVON)
    met, elsewhere = meet(app), meet(app, SECOND, force=AVON)
    browser = person_browser(app, met)
    browser.get(f"/case/{met.case}")
    assert browser.page and str(elsewhere.case) not in " ".join(browser.page.links)
    assert browser.get(f"/case/{elsewhere.case}").status_code == 404
    assert person_browser(app, elsewhere, force=AVON).get(
        f"/case/{elsewhere.case}").status_code == 200
