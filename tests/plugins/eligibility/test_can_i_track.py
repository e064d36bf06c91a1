"""“Can I follow my report online?”: what everybody is told, and what the page never tells."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import PortalSession
from core.force.eligibility import eligibility
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated, recorded
from plugins.eligibility.kinds import PLAIN
from tests.conftest import AVON, HERTS
from tests.pages import Browser, shown, words
from tests.people import form_on, meet, person_browser, take

PAGE = "/can-i-track"
YES = {"kind": "bicycle-theft", "district": "watford"}
IN_PERSON = "Some crimes are not followed online, to keep people safe."


def ask(browser: Browser, path: str = PAGE, **asked: str) -> str:
    """The words of the page that the answer is on."""
    return shown(browser, path, query_string=asked, follow_redirects=True)


def test_somebody_whose_crime_is_online_hears_how_to_sign_in(visitor: Browser) -> None:
    said = ask(visitor, **YES)
    assert "Yes, you can follow it online" in said
    assert "/hertfordshire/sign-in" in visitor.page.links  # type: ignore[union-attr]
    assert "What you can do instead" not in said


@pytest.mark.parametrize(("change", "said"), [
    ({"kind": "antisocial-behaviour"}, "Crimes of this kind cannot be followed online here yet."),
    ({"kind": "shoplifting", "reported-day": "1", "reported-month": "6", "reported-year": "2016"},
     "if they were reported on or after 1 January 2017"),
    ({"kind": "shoplifting", "reported-day": "1", "reported-month": "6", "reported-year": "16"},
     "if they were reported on or after 1 January 2017"),
    ({"kind": "other"}, "We do not know this kind of crime."),
    ({"district": "other"}, "It may belong to another police force"),
])
def test_somebody_whose_crime_is_not_online_hears_why_and_what_instead(
    visitor: Browser, change: dict[str, str], said: str
) -> None:
    told = ask(visitor, **{**YES, **change})
    assert said in told
    assert "Call 101 and ask for news" in told
    assert "Victim Support" in told
    assert not visitor.page.links.count("/hertfordshire/sign-in")  # type: ignore[union-attr]


def test_who_asks_before_a_planned_phase_hears_from_when_on(visitor: Browser) -> None:
    with clock.travel(datetime(2016, 11, 1, tzinfo=UTC)):
        said = ask(visitor, kind="shoplifting", district="watford")
    assert "Not yet" in said
    assert "1 January 2017" in said


@pytest.mark.parametrize("asked", [
    {**YES, "reported-day": "1", "reported-month": "6", "reported-year": "2016"},
    {**YES, "reported-day": "1", "reported-month": "June", "reported-year": "16"},
    {"kind": "rape", "district": "watford"}, {"kind": "", "district": '"><b>'},
])
def test_who_changes_the_language_reads_the_same_answer_in_it(
    visitor: Browser, asked: dict[str, str]
) -> None:
    def to_other(answer: Any) -> str:
        (found,) = re.findall(r'href="([^"]*lang=\w\w)"', answer.text)
        return html.unescape(found)

    other = to_other(visitor.get(PAGE, query_string=asked, follow_redirects=True))
    assert "<b>" not in other
    assert "rape" not in other
    answer = visitor.get(f"{PAGE}{other}")
    assert answer.status_code == (200 if asked["kind"] else 400)
    assert 'lang="cy"' in answer.text
    assert ('id="answer"' in answer.text) is bool(asked["kind"])
    assert to_other(visitor.get("/")) == "?lang=en"


def careful(app: Flask) -> list[str]:
    return [kind.id for kind in host(app).get(HERTS).force.crime_types if kind.sensitive]


def sent(browser: Browser, **asked: str) -> Any:
    """What the form is answered with."""
    form = form_on(browser.get(PAGE).text, browser.path(PAGE))
    return browser.client.post(browser.path(PAGE), data=form | asked)


def test_what_happened_to_somebody_is_never_in_an_address(app: Flask, visitor: Browser) -> None:
    for kind in careful(app):
        assert kind not in sent(visitor, kind=kind, district="watford").location
        slip = sent(visitor, kind=kind, district="watford", **{"reported-day": "99"})
        assert slip.status_code == 400
        assert f'<option value="{kind}" selected>' in slip.text
        assert kind not in "".join(re.findall(r'(?:href|action)="([^"]*)"', slip.text))


def test_who_sends_the_form_comes_to_an_answer_with_an_address_of_its_own(visitor: Browser) -> None:
    answer = sent(visitor, **YES, **{"reported-year": "2026", "reported-month": "1", "reported-day": "2"})
    assert answer.status_code == 303
    said = words(visitor.get(answer.location.removeprefix("/hertfordshire")).text)
    assert "Yes, you can follow it online" in said
    assert sent(visitor, kind="", district="").status_code == 400


def test_who_asks_in_welsh_is_answered_in_welsh(visitor: Browser) -> None:
    visitor.get(PAGE, query_string={"lang": "cy"})
    for kind in (YES["kind"], "rape"):
        address = sent(visitor, kind=kind, district="watford").location
        assert 'lang="cy"' in visitor.get(address.removeprefix("/hertfordshire")).text


def test_every_crime_that_needs_care_has_one_answer_at_one_address(app: Flask, visitor: Browser) -> None:
    seen = set()
    for kind in careful(app):
        first = visitor.get(PAGE, query_string={"kind": kind, "district": "watford"})
        assert first.status_code == 303
        assert kind not in first.location
        seen.add((first.location, ask(visitor, kind=kind, district="watford")))
    assert len(careful(app)) > 20
    assert len(seen) == 1
    (address, said), = seen
    assert "kind=in-person" in address
    assert IN_PERSON in said
    assert "Victim Support" in said


def test_the_answer_to_all_is_that_of_the_one_function(app: Flask, visitor: Browser) -> None:
    force, today = host(app).get(HERTS).force, clock.today()
    offered = set()
    for kind in force.crime_types:
        for district in force.districts[:3]:
            answer = eligibility(force, district.id, kind.id, (), today)
            said = ask(visitor, kind=kind.id, district=district.id)
            assert str(answer.text) in said, (kind.id, district.id)
            assert ("Yes, you can follow it online" in said) is answer.offered
            offered.add(answer.offered)
    assert offered == {True, False}


@pytest.mark.parametrize(("change", "field"), [
    ({"kind": ""}, "#kind"), ({"kind": "no-such-thing"}, "#kind"), ({"district": ""}, "#district"),
    ({"reported-day": "31", "reported-month": "2", "reported-year": "2024"}, "#reported-day"),
    ({"reported-day": "1"}, "#reported-day"), ({"reported-year": "²²"}, "#reported-day"),
    ({"reported-day": "1", "reported-month": "1", "reported-year": "2999"}, "#reported-day"),
])
def test_a_slip_is_said_beside_its_field(visitor: Browser, change: dict[str, str], field: str) -> None:
    answer = visitor.get(PAGE, query_string={**YES, **change})
    assert answer.status_code == 400
    assert visitor.page and field in visitor.page.links
    assert visitor.page.title.startswith("Error:")
    assert field[1:] in visitor.page.ids
    assert visitor.get(PAGE, query_string=YES).status_code == 200


def test_what_was_chosen_is_still_chosen_beside_the_answer(visitor: Browser) -> None:
    page = visitor.get(PAGE, query_string={**YES, "reported-day": "4", "reported-month": "5",
                                           "reported-year": "2020"}).text
    for value in YES.values():
        assert re.search(rf'<option value="{value}" selected>', page)
    assert 'name="reported-year" type="text" value="2020"' in page


def test_all_kinds_of_crime_are_there_in_peoples_words(app: Flask, visitor: Browser) -> None:
    page = words(visitor.get(PAGE).text)
    for kind in host(app).get(HERTS).force.crime_types:
        assert f'<option value="{kind.id}">' in page
    assert "Bicycle stolen" in page
    assert "pedal cycle" not in page
    assert '<optgroup label="Burglary">' in page
    labels = re.findall(r"<option[^>]*>([^<]+)<", page)
    assert len(labels) == len(set(labels)), "two choices with the same words"


def test_plain_words_are_of_crime_types_that_exist(app: Flask) -> None:
    from core.force import vocabulary

    assert PLAIN.keys() <= vocabulary.CRIME_TYPES.keys()


def test_the_page_answers_the_same_whatever_cases_there_are(app: Flask) -> None:
    before = ask(Browser(app, HERTS), **YES)
    take(app, recorded(flags=["domestic-abuse"]), recorded("41/2/24"), allocated("41/2/24"))
    assert ask(Browser(app, HERTS), **YES) == before
    amina = person_browser(app, meet(app, "41/2/24"))
    assert "41/2/24" not in ask(amina, **YES)


def test_asking_leaves_no_name_and_no_question_in_the_session(app: Flask, visitor: Browser) -> None:
    ask(visitor)
    sent(visitor, **YES)
    with app.app_context(), force_scope(HERTS):
        rows = db.session.scalars(sa.select(PortalSession)).all()
    assert rows == []


def test_the_page_is_led_to_from_home_and_from_sign_in(visitor: Browser) -> None:
    for path in ("/", "/sign-in"):
        visitor.get(path)
        assert "/hertfordshire/can-i-track" in visitor.page.links  # type: ignore[union-attr]


def test_each_force_answers_for_itself(app: Flask, visitor: Browser) -> None:
    bristol = {"kind": "bicycle-theft", "district": "bristol"}
    assert "Yes, you can follow it online" in ask(Browser(app, AVON), **bristol)
    assert visitor.get(PAGE, query_string=bristol).status_code == 400


def test_a_district_that_is_no_more_says_until_when(app: Flask) -> None:
    from core.force.file.reading import build_force
    from plugins.eligibility.kinds import districts
    from tests.core.force.force_texts import GOOD

    force = build_force(GOOD.replace(
        'name = "South Side"', 'name = "South Side"\nfrom = 2018-04-01\nto = 2023-03-31'))
    with app.test_request_context("/"):
        named: Any = dict(districts(force, date(2024, 1, 1)))
        assert named["south-side"] == "South Side (until 31 March 2023)"
        assert named["north-side"] == "North Side"
