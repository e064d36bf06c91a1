"""What plugins have on pages of others: links and panels, asked for by the name of a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask import Flask
from flask_babel import lazy_gettext

from core.base.scope import scope_of
from core.cases.models import Staff
from core.hookspecs import Action, Link, Panel, Place, hookimpl
from core.plugin_host.host import host
from core.storage.db import db
from core.testing import allocated, recorded
from core.web import address_at, links_at, panels_at, way_in
from tests.conftest import HERTS
from tests.core.plugin_host.heard import named
from tests.core.plugin_host.hostile import at_hertfordshire
from tests.pages import Browser
from tests.people import meet, officer_browser, person_browser, take


@pytest.fixture
def request_at(app: Flask) -> Iterator[None]:
    with scope_of(HERTS), app.test_request_context("/"):
        yield


def at(name: str, *answer: Any) -> Any:
    """A hook that answers this at one place, and nothing elsewhere."""
    return hookimpl(lambda place: list(answer) if place.name == name else [])


def ours(**values: Any) -> Link:
    return Link(5, "Lost and found", "pages.safety", values)


@pytest.mark.parametrize("part", [
    lambda: Link("1", "Go", "pages.home"), lambda: Link(1, None, "pages.home"),  # type: ignore[arg-type]
    lambda: Link(1, "Go", "pages.home", count="2"), lambda: Link(1, "Go", "pages.home", 7),  # type: ignore[arg-type]
])
def test_a_link_of_another_shape_fails_in_the_plugin_that_made_it(part: Any) -> None:
    with pytest.raises(TypeError, match=r"Link\."):
        part()


@pytest.mark.usefixtures("request_at")
@pytest.mark.parametrize(("name", "about", "expected"), [
    ("visitor", {}, ["sign_in.start"]),
    ("person", {}, ["your_account.account"]),
    ("staff", {}, ["officer_desk.desk"]),
    ("can_follow", {}, ["eligibility.can_i_track"]),
    ("callers", {}, ["eligibility.for_callers"]),
    ("account", {}, ["your_account.account"]),
    ("desk_list", {}, ["oversight.reason"]),
    ("conversation", {"case_id": 1}, ["messages.thread"]),
    ("staff_case", {"case_id": 1}, ["officer_desk.case"]),
    ("access", {"case_id": 1, "person_id": 2}, ["sign_in.offer_activation"]),
    ("nowhere", {}, []),
])
def test_each_place_has_its_links(
    app: Flask, monkeypatch: pytest.MonkeyPatch, name: str, about: dict[str, Any], expected: list[str]
) -> None:
    monkeypatch.setattr("core.web.parts.can_be_shown", lambda part: None)  # ids are made up
    found = links_at(name, **about)
    assert [link.endpoint for link in found] == expected
    for link in found:
        assert link.endpoint in app.view_functions
        assert {**link.values} == about


@pytest.mark.usefixtures("request_at")
@pytest.mark.parametrize(("name", "expected"), [
    ("privacy", ["eligibility/counted.html"]), ("again", ["your_account/again.html"]),
    ("desk_list", ["sign_in/below_cases.html"]), ("nowhere", []),
])
def test_each_place_has_its_panels(name: str, expected: list[str]) -> None:
    assert [panel.template for panel in panels_at(name)] == expected


@pytest.mark.usefixtures("request_at")
def test_links_stand_in_their_order_whoever_gave_them(app: Flask) -> None:
    late, soon = Link(90, "Late", "pages.safety"), Link(1, "Soon", "pages.privacy")
    with at_hertfordshire(app, links=at("visitor", late, soon)):
        assert [link.order for link in links_at("visitor")] == [1, 10, 90]
        assert address_at("visitor").endswith("/privacy")
    assert address_at("visitor").endswith("/sign-in")
    assert address_at("nowhere") == address_at("neither") != address_at("visitor")


def test_no_force_has_no_links(app: Flask) -> None:
    with app.test_request_context("/"):
        assert links_at("visitor") == panels_at("privacy") == []


def test_a_plugin_is_told_what_the_place_is_about_and_who_looks(app: Flask) -> None:
    take(app, recorded(), allocated())
    asked: list[Place] = []
    with at_hertfordshire(app, links=hookimpl(lambda place: asked.append(place))):
        officer_browser(app, meet(app).staff).get("/desk/")
    assert {"desk", "desk_list"} <= {place.name for place in asked}
    assert {place.staff_id for place in asked} == {meet(app).staff}


def test_a_person_sees_the_link_of_a_plugin_in_the_navigation(app: Flask) -> None:
    take(app, recorded(), allocated())
    browser = person_browser(app, meet(app))
    with at_hertfordshire(app, links=at("person", ours())):
        assert 'href="/hertfordshire/safety">Lost and found</a>' in browser.get("/privacy").text
    assert "Lost and found" not in browser.get("/privacy").text


def test_a_person_reads_what_a_plugin_says_of_privacy_and_nothing_of_one_that_cannot_show_it(
    app: Flask
) -> None:
    kept = Panel(1, "kept", "eligibility/counted.html")
    parts = [kept, Panel(2, "gone", "noisy/nowhere.html")]
    said = "We do not count people"
    assert Browser(app, HERTS).get("/privacy").text.count(said) == 1
    with at_hertfordshire(app, panels=hookimpl(lambda place: parts)):
        page = Browser(app, HERTS).get("/privacy")
    assert (page.status_code, page.text.count(said)) == (200, 2)


def test_staff_read_how_many_things_wait_behind_a_link(app: Flask) -> None:
    take(app, recorded(), allocated())
    desk = officer_browser(app, meet(app).staff)
    for count, said in ((3, "Found (3)</a>"), (0, "Found</a>"), (None, "Found</a>")):
        with at_hertfordshire(app, links=at("desk", Link(5, "Found", "pages.safety", count=count))):
            assert said in desk.get("/desk/").text


def test_every_action_of_a_case_is_offered_the_first_before_all(app: Flask) -> None:
    take(app, recorded(), allocated())
    browser = person_browser(app, meet(app))
    actions = [Action(30, "See what was found", "pages.safety"), Action(40, "And more", "pages.privacy")]
    with at_hertfordshire(app, case_actions=hookimpl(lambda: actions)):
        page = browser.get(f"/case/{meet(app).case}").text
    card = page.split('id="officer"')[1].split("</section>")[0]
    assert [card.index(one) for one in ("Write to your officer", "See what was found", "And more")] == sorted(
        card.index(one) for one in ("Write to your officer", "See what was found", "And more"))
    assert 'href="/hertfordshire/safety"' in card


UNSAID = lazy_gettext("certain to 100%", by="all")  # as a translation with a slip in it

WRONG = {
    "fails": lambda place: 1 / 0,
    "answers text": lambda place: "<b>loud</b>",
    "answers a panel": lambda place: [Panel(1, "n", "messages/panel.html")],
    "leads nowhere": lambda place: [Link(1, "Loud", "noisy.nowhere")],
    "changes a row": lambda place: db.session.add(_row()) or [],
    "has a label that cannot be said": lambda place: [Link(1, UNSAID, "pages.home")],
}


def _row() -> Any:
    return Staff(record_id="noisy", role="officer")


@pytest.mark.parametrize("fault", WRONG)
def test_a_plugin_whose_links_are_wrong_is_left_out_and_the_page_is_served(
    app: Flask, fault: str
) -> None:
    with structlog.testing.capture_logs() as logged, at_hertfordshire(app, links=hookimpl(WRONG[fault])):
        page = Browser(app, HERTS).get("/")
    assert page.status_code == 200
    assert "/sign-in" in page.text
    assert "noisy" in named(logged)


def test_an_action_whose_label_cannot_be_said_is_left_out_and_the_case_is_shown(app: Flask) -> None:
    take(app, recorded(), allocated())
    with structlog.testing.capture_logs() as logged, at_hertfordshire(
            app, case_actions=hookimpl(lambda: [Action(1, UNSAID, "pages.home")])):
        page = person_browser(app, meet(app)).get(f"/case/{meet(app).case}")
    assert page.status_code == 200
    assert "Write to your officer" in page.text
    assert "noisy" in named(logged)


def test_the_way_in_is_what_a_plugin_says(app: Flask) -> None:
    with scope_of(HERTS), app.test_request_context("/"):
        assert way_in("person") == "sign_in.start"
        with at_hertfordshire(app, sign_in_at=hookimpl(lambda who: "pages.safety")):
            assert way_in("person") == "pages.safety"


def test_where_somebody_goes_on_who_signed_out_is_what_a_plugin_says(app: Flask) -> None:
    take(app, recorded(), allocated())
    asked: list[str] = []
    with at_hertfordshire(app, sign_out_at=hookimpl(lambda who: asked.append(who) or "pages.safety")):
        for browser in (person_browser(app, meet(app)), officer_browser(app, meet(app).staff)):
            out = browser.post("/sign-out", form_at="/safety")
            assert out.headers["Location"] == f"/{HERTS}/safety"
    assert asked == ["person", "officer"]
    out = officer_browser(app, meet(app).staff).post("/sign-out", form_at="/safety")
    assert out.headers["Location"] == f"/{HERTS}/"


def test_a_force_has_what_one_of_its_plugins_provides(app: Flask) -> None:
    force = host(app).get(HERTS)
    assert force.provides("conversation")
    assert not force.provides("lost_property")
    with at_hertfordshire(app, PROVIDES=("lost_property",)):
        assert force.provides("lost_property")
