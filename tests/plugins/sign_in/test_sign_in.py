"""Getting in: details only find, a code opens, and nobody learns from the answers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.base.scope import scope_of
from core.cases.models import Case, Person
from core.notices.models import Notice
from core.plugin_host import jobs
from core.storage.db import db, force_scope
from core.testing import allocated, officer, person, recorded
from plugins.sign_in import activation, rules
from tests.conftest import AVON, HERTS
from tests.pages import Browser, check_page
from tests.people import take
from tests.plugins.sign_in.ways_in import RIGHT, enter, give, newest_code, tries, wrong_for


def test_a_person_signs_in_with_details_and_the_code_from_the_letter(app: Flask) -> None:
    take(app, recorded(), allocated())
    browser = Browser(app, HERTS)
    answer = give(browser)
    assert (answer.status_code, answer.location) == (303, f"/{HERTS}/sign-in/code")
    answer = enter(browser, str(newest_code(app)))
    assert answer.status_code == 303
    case = browser.get(answer.location)
    assert case.status_code == 200
    assert "An officer has your case" in case.text or "officer" in case.text
    assert "41/1/24" in case.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"crime_reference": "41/2/24"},
        {"surname": "Smith"},
        {"date_of_birth-day": "18"},
        {"postcode": "AL1 1AA"},
    ],
)
def test_one_wrong_detail_gets_no_letter_and_the_same_answer(
    app: Flask, wrong: dict[str, str]
) -> None:
    take(app, recorded())
    right, stranger = Browser(app, HERTS), Browser(app, HERTS)
    good, bad = give(right), give(stranger, **wrong)
    assert (bad.status_code, bad.location) == (good.status_code, good.location)
    token = re.compile(r'value="[^"]{60,}"')
    assert token.sub("", stranger.get("/sign-in/code").text) == token.sub(
        "", right.get("/sign-in/code").text
    )
    assert newest_code(app) is not None
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 1


@pytest.mark.parametrize(
    "kindly",
    [
        {"surname": "  kHAN "},
        {"crime_reference": "41 1 24"},
        {"crime_reference": "41-1-24"},
        {"postcode": "WD171AA"},
    ],
)
def test_details_are_compared_kindly(app: Flask, kindly: dict[str, str]) -> None:
    take(app, recorded())
    give(Browser(app, HERTS), **kindly)
    assert newest_code(app)


@pytest.mark.parametrize(("on_record", "typed"), [
    ("Llywelyn-Jones", "Llywelyn Jones"), ("Llywelyn-Jones", "Jones"), ("Jones", "Llywelyn-Jones"),
    ("O'Connor", "OConnor"), ("Zoë-Brønte", "zoe brønte"), ("Muñoz", "munoz"),
])
def test_a_double_barrelled_or_accented_name_is_found(
    app: Flask, on_record: str, typed: str
) -> None:
    take(app, recorded(people=[person(name={"family": on_record})]))
    give(Browser(app, HERTS), surname=typed)
    assert newest_code(app)


def test_a_record_that_lacks_a_detail_never_matches(app: Flask) -> None:
    take(app, recorded(people=[person(date_of_birth=None)]))
    give(Browser(app, HERTS))
    assert newest_code(app) is None


def test_a_code_opens_only_the_browser_that_asked(app: Flask) -> None:
    take(app, recorded())
    hers, thief = Browser(app, HERTS), Browser(app, HERTS)
    give(hers)
    give(thief, surname="Wrong")
    code = str(newest_code(app))
    assert enter(thief, code).status_code == 400
    assert enter(hers, code).status_code == 303


def test_a_code_works_once(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    give(browser)
    code = str(newest_code(app))
    assert enter(browser, code).status_code == 303
    browser.client.post(f"/{HERTS}/sign-out")
    again = Browser(app, HERTS)
    give(again)
    assert enter(again, code).status_code == 400


@pytest.mark.parametrize(("after", "status"), [(599, 303), (601, 400)])
def test_a_code_works_for_ten_minutes(app: Flask, after: int, status: int) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    asked = clock.now()
    with clock.travel(asked):
        give(browser)
        code = str(newest_code(app))
    with clock.travel(asked + timedelta(seconds=after)):
        assert enter(browser, code).status_code == status


def test_five_wrong_codes_and_the_right_one_no_longer_opens(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    give(browser)
    code = str(newest_code(app))
    assert tries(browser, *[wrong_for(code)] * 5, code) == [400] * 6


def test_ten_wrong_codes_in_a_day_are_the_end_for_emailed_codes_but_not_for_the_officers(
    app: Flask,
) -> None:
    take(app, recorded(), allocated())
    for number in range(2):
        thief = Browser(app, HERTS, address=f"198.51.100.{number}")
        give(thief)
        assert tries(thief, *["000000"] * 5) == [400] * 5
    hers = Browser(app, HERTS)
    give(hers)
    assert enter(hers, str(newest_code(app))).status_code == 400
    with app.app_context(), force_scope(HERTS):
        case = db.session.scalars(sa.select(Case)).one()
        who = db.session.scalars(sa.select(Person)).one()
        code = activation.make(who.id, case.id, case.staff_id)
        db.session.commit()
    assert enter(hers, code.lower()).status_code == 303


def test_only_three_letters_an_hour_go_to_one_person(app: Flask) -> None:
    take(app, recorded())
    for number in range(5):
        give(Browser(app, HERTS, address=f"198.51.100.{number}"))
        newest_code(app)
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 3
        why = [
            a.fields["why"]
            for a in db.session.scalars(sa.select(AuditEntry))
            if a.action == "code_withheld"
        ]
    assert why == ["send limit: 3 an hour"] * 2


def test_the_officer_of_the_case_hands_over_a_code_that_works_once(app: Flask) -> None:
    take(app, recorded(people=[person(email=None)]), allocated())
    with app.app_context(), force_scope(HERTS):
        case = db.session.scalars(sa.select(Case)).one()
        who = db.session.scalars(sa.select(Person)).one()
        code = activation.make(who.id, case.id, case.staff_id)
        db.session.commit()
    first, second = Browser(app, HERTS), Browser(app, HERTS)
    give(first)
    give(second)
    assert enter(first, code).status_code == 303
    assert enter(second, code).status_code == 400


def test_slips_of_typing_are_told_and_what_was_typed_is_kept(app: Flask) -> None:
    browser = Browser(app, HERTS)
    answer = browser.post("/sign-in", {**RIGHT, "date_of_birth-month": "13", "surname": ""})
    page = check_page(answer)
    assert answer.status_code == 400
    assert "Enter the month of your birth" in page.text and "Enter your surname" in page.text
    assert page.forms[-1]["fields"]["postcode"] == "wd17 1aa"


def test_the_session_of_one_force_is_unknown_at_another(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    give(browser)
    case = enter(browser, str(newest_code(app))).location
    token = browser.client.get_cookie(f"tmc-{HERTS}").value
    assert browser.get("/your-reports").status_code == 303
    other = Browser(app, AVON)
    other.client.set_cookie(f"tmc-{AVON}", token)
    assert other.get("/your-reports").location == f"/{AVON}/sign-in"
    assert browser.get(case).status_code == 200


def test_after_signing_out_the_old_cookie_opens_nothing(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    give(browser)
    case = enter(browser, str(newest_code(app))).location
    token = browser.client.get_cookie(f"tmc-{HERTS}").value
    assert browser.get(case).status_code == 200
    browser.post("/sign-out", form_at=case)
    browser.client.set_cookie(f"tmc-{HERTS}", token)
    assert browser.get(case).location == f"/{HERTS}/sign-in"


def test_signing_in_makes_a_new_session_token(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    give(browser)
    before = browser.client.get_cookie(f"tmc-{HERTS}").value
    enter(browser, str(newest_code(app)))
    assert browser.client.get_cookie(f"tmc-{HERTS}").value != before


def test_a_session_left_alone_for_twenty_minutes_has_ended(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    give(browser)
    case = enter(browser, str(newest_code(app))).location
    with clock.travel(clock.now() + timedelta(minutes=19)):
        assert browser.get(case).status_code == 200
    with clock.travel(clock.now() + timedelta(minutes=40)):
        assert browser.get(case).location == f"/{HERTS}/sign-in"


def test_a_case_that_is_not_offered_answers_as_if_unknown(app: Flask) -> None:
    take(app, recorded(crime_type="rape"))
    browser = Browser(app, HERTS)
    answer = give(browser)
    assert answer.location == f"/{HERTS}/sign-in/code"
    assert newest_code(app) is None


def test_the_worker_looks_into_it_by_itself(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    give(browser)
    jobs.work(app)
    with app.app_context(), force_scope(HERTS):
        attempt = db.session.scalars(sa.select(rules.Attempt)).one()
        assert attempt.state == "known"
        assert attempt.details is None


def test_people_csv_names_who_cannot_sign_in_and_why(app: Flask) -> None:
    from plugins.sign_in import people

    take(
        app,
        recorded(
            people=[
                person(1, email=None, name={"given": "=HYPERLINK(1)", "family": "Khan"}),
                person(2),
            ]
        ),
        allocated(officer=officer()),
    )
    with scope_of(HERTS), app.test_request_context():
        case = db.session.scalars(sa.select(Case)).one()
        listed = people.as_csv(people.of_officer(case.staff_id))
    assert "no email and no phone number on the record" in listed
    assert "'=HYPERLINK" in listed
    assert listed.count(",yes,") == 1


def test_a_day_that_does_not_exist_is_no_date(app: Flask) -> None:
    answer = Browser(app, HERTS).post(
        "/sign-in", {**RIGHT, "date_of_birth-day": "30", "date_of_birth-month": "2"}
    )
    assert answer.status_code == 400
