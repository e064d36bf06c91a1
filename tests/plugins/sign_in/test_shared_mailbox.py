"""Two who are alike and share a mailbox or a number: whoever has the code is asked for the given name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Person
from core.notices.models import Notice
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import event
from plugins.retention import erasure
from plugins.sign_in import candidates, guesses, old, rules
from plugins.sign_in.names import whose_name
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import Met, take
from tests.plugins.sign_in.alike import (
    LATER,
    amina,
    asked,
    codes_in,
    hidden,
    locked,
    name,
    on_one_case,
    removed,
    sara,
    taken,
    who_is_in,
)
from tests.plugins.sign_in.ways_in import (
    NOON,
    begin,
    enter,
    give,
    looks_in,
    plugin_set,
    post_of,
    tries,
    wrong_for,
)
from tests.security.audited import audited
from tests.security.checklist import protection, requirement


def sharing(app: Flask, *names: str | None) -> Met:
    """People with one email address, their parent's say."""
    first, *others = names or ("Amina", "Sara")
    people = [sara(1, first, email="home@example.com")]
    people += [sara(n, one, email="Home@example.com") for n, one in enumerate(others, start=2)]
    return on_one_case(app, *people)


@pytest.mark.parametrize(("typed", "who"), [
    ("Amina", "P1"), ("Sara", "P2"), (" SÁRA ", "P2"), ("sara khan", "P2"), ("Miss Amina", "P1")])
def test_who_shares_a_mailbox_is_asked_for_the_given_name_after_the_code(
    app: Flask, typed: str, who: str
) -> None:
    met, browser = sharing(app), Browser(app, HERTS)
    with clock.travel(NOON), post_of(app) as post:
        give(browser)
        looks_in(app)
        assert len(post.letters) == 1, "one code for both"
        answer = enter(browser, codes_in(post)[post.letters[0].to])
        assert (answer.status_code, answer.location) == (303, f"/{HERTS}/sign-in/name")
        assert who_is_in(app, met) == []
        browser.get(answer.location)
        assert browser.page and "given name" in browser.page.text
        assert "Amina" not in browser.page.text and "Sara" not in browser.page.text
        answer = name(browser, typed)
        assert (answer.status_code, answer.location) == (303, f"/{HERTS}/case/{met.case}")
    assert who_is_in(app, met) == [who]


@audited("sign_in:name_asked", "sign_in:wrong_code")
def test_a_wrong_given_name_opens_nothing_and_is_told(app: Flask) -> None:
    met, browser = sharing(app), Browser(app, HERTS)
    with clock.travel(NOON):
        assert enter(browser, at_home(app, browser)).status_code == 303
        answer = name(browser, "Zoë")
        assert answer.status_code == 400 and "That name does not fit" in answer.text
    with clock.travel(NOON + timedelta(seconds=5)):
        assert name(browser, " ").status_code == 400, "nothing was typed, nothing counts"
        assert name(browser, "Khan").status_code == 400
    assert who_is_in(app, met) == []
    with clock.travel(NOON + timedelta(seconds=30)):
        assert name(browser, "Sara").status_code == 303
    assert who_is_in(app, met) == ["P2"]


def at_home(app: Flask, browser: Browser) -> str:
    """Details are given: the one code that comes to the shared mailbox."""
    [code] = asked(app, browser).values()
    return code


@requirement("A8")
def test_wrong_names_count_as_wrong_codes_do(app: Flask) -> None:
    met, browser = sharing(app), Browser(app, HERTS)
    with clock.travel(NOON):
        code = at_home(app, browser)
        assert tries(browser, wrong_for(code), wrong_for(code), code) == [400, 400, 303]
    moment = NOON + timedelta(seconds=60)
    for _ in range(3):
        moment += timedelta(seconds=70)
        with clock.travel(moment):
            assert name(browser, "Zoë").status_code == 400
    with clock.travel(moment + timedelta(seconds=70)):
        assert name(browser, "Sara").status_code == 400
    assert who_is_in(app, met) == []


def test_a_right_code_is_no_try_so_after_four_wrong_ones_the_name_can_still_be_given(app: Flask) -> None:
    met, browser = sharing(app), Browser(app, HERTS)
    with clock.travel(NOON):
        code = at_home(app, browser)
        assert tries(browser, *[wrong_for(code)] * 4, code) == [400] * 4 + [303]
        with app.app_context(), force_scope(HERTS):
            assert taken(met, "P1") == taken(met, "P2") == 4
    with clock.travel(NOON + timedelta(seconds=81)):
        assert name(browser, "Sara").status_code == 303
    assert who_is_in(app, met) == ["P2"]


@pytest.mark.parametrize("second", ["Sara", "Zoë", "Margaretta"])  # as long as an officer's code
def test_names_can_not_be_tried_faster_than_codes(app: Flask, second: str) -> None:
    sharing(app)
    browser = Browser(app, HERTS)
    with clock.travel(NOON):
        enter(browser, at_home(app, browser))
        assert name(browser, "Zoë").status_code == 400
        soon = name(browser, second)
        assert (soon.status_code, soon.headers["Retry-After"]) == (429, "1")


@requirement("A1", "A3")
def test_nobody_comes_to_the_name_without_the_code(app: Flask) -> None:
    met = sharing(app)
    hers, stranger = Browser(app, HERTS), Browser(app, HERTS)
    with clock.travel(NOON):
        code = at_home(app, hers)
        assert enter(hers, code).status_code == 303
        asked(app, stranger)
        assert stranger.get("/sign-in/name").location == f"/{HERTS}/sign-in/code"
        answer = stranger.post("/sign-in/name", {"given": "Sara"}, form_at="/sign-in/code")
        assert (answer.status_code, answer.location) == (303, f"/{HERTS}/sign-in/code")
        assert who_is_in(app, met) == []
        assert name(hers, "Sara").status_code == 303


@pytest.mark.parametrize("change", [locked, removed, hidden])
def test_what_changes_between_code_and_name_counts(app: Flask, change: Any) -> None:
    met, browser = sharing(app), Browser(app, HERTS)
    with clock.travel(NOON):
        enter(browser, at_home(app, browser))
    with clock.travel(NOON + timedelta(seconds=30)):
        change(app, met)
    with clock.travel(NOON + timedelta(seconds=60)):
        assert name(browser, "Sara").status_code == 400
    assert who_is_in(app, met) == []


def test_another_address_between_code_and_name_ends_it(app: Flask) -> None:
    met, browser = sharing(app), Browser(app, HERTS)
    with clock.travel(NOON):
        enter(browser, at_home(app, browser))
    take(app, event("person.amended", time=LATER, person=sara(email="new@example.com")))
    with clock.travel(NOON + timedelta(seconds=60)):
        assert name(browser, "Sara").status_code == 400
    assert who_is_in(app, met) == []


def test_the_name_must_come_while_the_code_works(app: Flask) -> None:
    met, browser = sharing(app), Browser(app, HERTS)
    with clock.travel(NOON):
        code = at_home(app, browser)
    with clock.travel(NOON + timedelta(seconds=590)):
        assert enter(browser, code).status_code == 303
    with clock.travel(NOON + timedelta(seconds=601)):
        assert name(browser, "Sara").status_code == 400
    assert who_is_in(app, met) == []


def test_new_details_begin_anew(app: Flask) -> None:
    sharing(app)
    browser = Browser(app, HERTS)
    with clock.travel(NOON):
        enter(browser, at_home(app, browser))
        give(browser, surname="Nobody")
        assert browser.get("/sign-in/name").location == f"/{HERTS}/sign-in/code"


def test_somebody_recorded_twice_under_one_name_is_asked_nothing(app: Flask) -> None:
    met, browser = sharing(app, "Amina", "amina"), Browser(app, HERTS)
    with clock.travel(NOON):
        answer = enter(browser, at_home(app, browser))
        assert answer.location == f"/{HERTS}/case/{met.case}"
    assert who_is_in(app, met) == ["P1"]


def silenced(app: Flask, met: Met) -> None:
    take(app, event("person.amended", time="2024-03-02T10:00:00Z", person=sara(
        2, email="home@example.com", safe_contact={"silent": True})))


@pytest.mark.parametrize("change", [locked, silenced])
def test_a_shared_code_that_went_to_one_only_still_asks_who_typed_it(app: Flask, change: Any) -> None:
    """Her sister reads the same mailbox, and may not come in: she does not see this one's page either."""
    met = sharing(app)
    with clock.travel(NOON):
        change(app, met)
        for minute, (given, opens) in enumerate([("Sara", False), ("Amina", True)]):
            with clock.travel(NOON + timedelta(minutes=20 * minute)):
                browser = Browser(app, HERTS)
                answer = enter(browser, at_home(app, browser))
                assert (answer.status_code, answer.location) == (303, f"/{HERTS}/sign-in/name")
                assert (name(browser, given).status_code == 303) is opens
    assert who_is_in(app, met) == ["P1"]


def test_a_shared_number_counts_as_a_shared_mailbox_does(app: Flask) -> None:
    met, browser = on_one_case(app, amina(email=None, phone="07700 900001"),
                               sara(email=None, phone="+44 7700 900001")), Browser(app, HERTS)
    with clock.travel(NOON):
        locked(app, met)
        assert enter(browser, at_home(app, browser)).location == f"/{HERTS}/sign-in/name"


def test_father_and_son_of_one_name_and_mailbox_need_an_officers_code(app: Flask) -> None:
    """Nothing that is asked tells them apart; and neither reads what was written to the other."""
    met = on_one_case(app, amina(email="home@example.com", date_of_birth="1955-02-03"),
                      sara(2, "Amina", email="home@example.com", date_of_birth="1990-02-03"))
    fewer = ("crime_reference", "surname", "postcode")
    with clock.travel(NOON), app.app_context(), plugin_set(details=fewer):
        browser = Browser(app, HERTS)
        assert enter(browser, at_home(app, browser)).location == f"/{HERTS}/sign-in/name"
        answer = name(browser, "Amina")
        assert answer.status_code == 400 and "an officer can give you a code" in answer.text
    assert who_is_in(app, met) == []


@pytest.mark.parametrize("careful", [1, 2])
def test_one_letter_to_two_is_discreet_if_either_needs_that(app: Flask, careful: int) -> None:
    people = [sara(n, given, email="home@example.com",
                   **({"safe_contact": {"words": "discreet"}} if n == careful else
                      {"safe_contact": {"words": "named"}}))
              for n, given in ((1, "Amina"), (2, "Sara"))]
    on_one_case(app, *people)
    with clock.travel(NOON), post_of(app) as post:
        give(Browser(app, HERTS))
        looks_in(app)
    [letter] = post.letters
    assert "police" not in (letter.text + letter.subject + letter.sender_name).lower()


@pytest.mark.parametrize(("typed", "on_record", "place"), [
    ("Ann", ["Ann", "Beth"], 0), ("beth", ["Ann", "Beth"], 1), ("Zoe", ["Ann", "Zoë"], 1),
    ("Ann", ["Ann Mary", "Ann"], 1), ("Ann Mary", ["Ann", "Ann Mary"], 1), ("Mary", ["Ann", "Ann Mary"], 1),
    ("Ann", ["Ann Mary", "Ann Louise"], None), ("Ann Beth", ["Ann", "Beth"], None),
    ("Carol", ["Ann", "Beth"], None), ("", ["", "Beth"], None), ("Beth", ["", "Beth"], 1),
    ("Ann", ["Ann", "ann", "Beth"], 0), ("Ben", ["Ann", "Ben"], 1), ("-", ["-", "Beth"], None),
    ("unknown", ["unknown", "Beth"], None), ("Ann Beth Carol Dora Emma", ["Ann", "Zoë"], None),
])
def test_a_given_name_means_one_or_nobody(typed: str, on_record: list[str], place: int | None) -> None:
    assert whose_name(typed, on_record) == place


@requirement("A10")
def test_one_shared_mailbox_gets_no_more_letters_than_one_persons(app: Flask) -> None:
    sharing(app)
    with clock.travel(NOON), app.app_context(), force_scope(HERTS):
        for number in range(6):
            begin(f"203.0.113.{number}")
        assert len(db.session.scalars(sa.select(Notice.id)).all()) == guesses.PER_HOUR


@protection("A1")
def test_if_the_name_were_not_asked_the_first_would_be_opened_for_the_second(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "need_given_name", lambda right, who: False)
    met, browser = sharing(app), Browser(app, HERTS)
    with clock.travel(NOON):
        enter(browser, at_home(app, browser))
    assert who_is_in(app, met) == ["P1"]


def test_what_was_sent_to_people_who_are_erased_goes_with_them(app: Flask) -> None:
    on_one_case(app)
    with clock.travel(NOON):
        asked(app, Browser(app, HERTS))
    with app.app_context(), force_scope(HERTS):
        assert len(db.session.scalars(sa.select(rules.Alike.id)).all()) == 1
        erasure.erase_case(host(app).get(HERTS).force, "41/1/24")
        db.session.commit()
        assert db.session.scalars(sa.select(rules.Alike.id)).all() == []
        assert db.session.scalars(sa.select(Person.id)).all() == []


def test_what_is_old_goes_with_its_attempt(app: Flask) -> None:
    on_one_case(app)
    with clock.travel(NOON):
        asked(app, Browser(app, HERTS))
    with app.app_context(), force_scope(HERTS), clock.travel(NOON + timedelta(days=1, minutes=31)):
        old.remove_old()
        assert db.session.scalars(sa.select(rules.Alike.id)).all() == []
        assert db.session.scalars(sa.select(rules.Attempt.id)).all() == []
