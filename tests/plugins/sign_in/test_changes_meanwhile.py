"""Between the letter and the code much can change: the address, who may look, what is typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from core.base import clock
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from plugins.sign_in import activation, matching, rules
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import meet, person_browser, take
from tests.plugins.sign_in.ways_in import enter, give, newest_code, tries, wrong_for
from tests.security.audited import audited

LATER = "2024-03-09T10:00:00Z"


def moved(email: str = "amina@example.org") -> dict[str, object]:
    return event("person.amended", time=LATER, person=person(email=email))


@audited("code_sent", "sign_in:details_match", "sign_in:wrong_code")
def test_a_code_that_went_to_the_old_address_opens_nothing(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    give(browser)
    code = str(newest_code(app))
    take(app, moved())
    assert enter(browser, code).status_code == 400


def test_whoever_came_in_through_the_old_address_is_signed_out(app: Flask) -> None:
    take(app, recorded())
    met = meet(app)
    browser = person_browser(app, met)
    assert browser.get(f"/case/{met.case}").status_code == 200
    take(app, moved())
    assert browser.get(f"/case/{met.case}").location == f"/{HERTS}/sign-in"


def test_hearing_the_same_address_again_signs_nobody_out(app: Flask) -> None:
    take(app, recorded())
    met = meet(app)
    browser = person_browser(app, met)
    take(app, moved("amina1@example.com"))
    assert browser.get(f"/case/{met.case}").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        event("person.amended", time=LATER, person=person(), removed=True),
        event("crime.amended", time=LATER, flags=["domestic_abuse"]),
    ],
    ids=["removed from the case", "the case goes silent"],
)
def test_a_code_sent_before_a_change_answers_like_any_wrong_one(
    app: Flask, change: dict[str, object]
) -> None:
    take(app, recorded())
    hers, stranger = Browser(app, HERTS), Browser(app, HERTS)
    give(hers)
    code = str(newest_code(app))
    give(stranger, surname="Smith")
    take(app, change)
    late, wrong = enter(hers, code), enter(stranger, code)
    assert late.status_code == wrong.status_code == 400
    assert len(late.data) == len(wrong.data)


@audited("sign_in", "sign_in:details_unknown", "sign_in:opened")
def test_a_stranger_with_the_reference_alone_locks_nobody_out(app: Flask) -> None:
    take(app, recorded())
    for _ in range(4):
        stranger = Browser(app, HERTS)
        give(stranger, surname="Invented")
        assert tries(stranger, *["000000"] * 5) == [400] * 5
    hers = Browser(app, HERTS)
    give(hers)
    assert enter(hers, str(newest_code(app))).status_code == 303


@audited("code_withheld")
def test_asking_a_third_time_leaves_the_code_of_the_second_letter_good(app: Flask) -> None:
    take(app, recorded())
    browser, codes = Browser(app, HERTS), []
    for _ in range(4):
        give(browser)
        codes.append(str(newest_code(app)))
    assert codes[1] == codes[2] == codes[3]
    assert tries(browser, codes[0], codes[1]) == [400, 303]


def test_wrong_codes_count_also_against_the_letter_that_a_later_request_kept_good(
    app: Flask,
) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    for _ in range(4):
        give(browser)
        code = str(newest_code(app))
    assert tries(browser, *[wrong_for(code)] * 5, code) == [400] * 6


@audited("activation_code_made")
def test_the_officers_code_opens_before_the_worker_has_looked(app: Flask) -> None:
    take(app, recorded(people=[person(email=None)]), allocated())
    met = meet(app)
    with app.app_context(), force_scope(HERTS):
        code = activation.make(met.people["P1"], met.case, met.staff)  # type: ignore[arg-type]
        db.session.commit()
    hers, thief = Browser(app, HERTS), Browser(app, HERTS)
    give(thief, surname="Smith")
    assert enter(thief, code).status_code == 400
    give(hers)
    assert enter(hers, code).status_code == 303


def test_the_officers_code_opens_nothing_for_somebody_since_removed(app: Flask) -> None:
    take(app, recorded(), allocated())
    met = meet(app)
    with app.app_context(), force_scope(HERTS):
        code = activation.make(met.people["P1"], met.case, met.staff)  # type: ignore[arg-type]
        db.session.commit()
    browser = Browser(app, HERTS)
    give(browser)
    newest_code(app)
    take(app, event("person.amended", time=LATER, person=person(), removed=True))
    assert enter(browser, code).status_code == 400


def test_asking_again_gives_no_more_tries_at_a_letter(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    for _ in range(2):
        give(browser)
        code = str(newest_code(app))
    assert tries(browser, *[wrong_for(code)] * 5) == [400] * 5
    give(browser)
    assert newest_code(app) == code
    assert enter(browser, code).status_code == 400


def test_a_code_typed_at_once_sends_no_letter_from_the_page(app: Flask) -> None:
    """What the page does must not depend on the details: the worker looks into them."""
    take(app, recorded())
    browser = Browser(app, HERTS)
    give(browser)
    assert enter(browser, "000000").status_code == 400
    with app.app_context(), force_scope(HERTS):
        assert db.session.query(rules.Attempt).one().state == "given"


@pytest.mark.parametrize("year", ["99999999999999", "0", "-1", "١٩٨٠٠"])
def test_a_year_that_cannot_be_is_a_slip_of_typing(app: Flask, year: str) -> None:
    answer = give(Browser(app, HERTS), **{"date_of_birth-year": year})
    assert answer.status_code == 400
    assert "Enter the year of your birth with four figures" in answer.text


@pytest.mark.parametrize(
    ("typed", "on_record"),
    [
        ("Berg", "van den Berg"),
        ("Van den Berg", "van den Berg"),
        ("Al", "Al"),
        ("Smith-Jones", "Smith"),
        ("garcia", "García Márquez"),
    ],
)
def test_a_part_of_a_name_is_enough(typed: str, on_record: str) -> None:
    assert matching.same_name(typed, on_record)


@pytest.mark.parametrize(
    ("typed", "on_record"),
    [
        ("van", "van den Berg"),
        ("de la", "De La Cruz"),
        ("Smith Jones Taylor Brown Khan", "Khan"),
        ("", ""),
        ("---", "!!"),
    ],
)
def test_particles_and_lists_of_guesses_are_not_a_name(typed: str, on_record: str) -> None:
    assert not matching.same_name(typed, on_record)


def test_pages_speak_the_persons_own_language_unless_they_chose(app: Flask) -> None:
    take(app, recorded(people=[person(language="cy")]))
    browser, english = Browser(app, HERTS), Browser(app, HERTS)
    give(browser)
    case = enter(browser, str(newest_code(app))).location
    assert '<html lang="cy"' in browser.get(case).text
    english.get("/sign-in?lang=cy")
    english.get("/sign-in?lang=en")
    give(english)
    case = enter(english, str(newest_code(app))).location
    assert '<html lang="en"' in english.get(case).text


def test_whoever_was_away_too_long_is_told_so_in_their_language(app: Flask) -> None:
    take(app, recorded(people=[person(language="cy")]))
    browser = Browser(app, HERTS)
    give(browser)
    case = enter(browser, str(newest_code(app))).location
    with clock.travel(clock.now() + timedelta(minutes=21)):
        browser.get(case)
        assert '<html lang="cy"' in browser.get(f"/{HERTS}/sign-in").text
