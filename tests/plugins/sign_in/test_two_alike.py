"""Two people whose details are the same, on one case: each gets in with her own code, and sees her own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.storage.db import db, force_scope
from plugins.sign_in import activation, guesses, rules
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import Met, person_browser
from tests.plugins.sign_in.alike import WRONG, amina, asked, on_one_case, sara, taken, who_is_in
from tests.plugins.sign_in.test_guessing import compared
from tests.plugins.sign_in.ways_in import NOON, begin, enter, give, looks_in, plugin_set, tries
from tests.security.audited import audited
from tests.security.checklist import requirement

# --- each her own code ----------------------------------------------------------------------------


@requirement("A4")
@pytest.mark.parametrize("who", ["P1", "P2"])
def test_each_twin_gets_in_with_her_own_code_and_sees_her_own(app: Flask, who: str) -> None:
    met, browser = on_one_case(app), Browser(app, HERTS)
    with clock.travel(NOON):
        codes = asked(app, browser)
        assert codes.keys() == {"amina@example.com", "sara@example.com"}
        assert len(set(codes.values())) == 2
        answer = enter(browser, codes[{"P1": "amina@example.com", "P2": "sara@example.com"}[who]])
        assert (answer.status_code, answer.location) == (303, f"/{HERTS}/case/{met.case}")
        assert browser.get(answer.location).status_code == 200
    assert who_is_in(app, met) == [who]


def test_both_twins_get_in_each_in_her_own_browser(app: Flask) -> None:
    met, hers, other = on_one_case(app), Browser(app, HERTS), Browser(app, HERTS)
    with clock.travel(NOON):
        for browser, to in ((hers, "sara@example.com"), (other, "amina@example.com")):
            assert enter(browser, asked(app, browser)[to]).status_code == 303
    assert who_is_in(app, met) == ["P2", "P1"]


def test_a_father_and_his_son_of_one_case_are_told_apart_where_no_birth_date_is_asked(app: Flask) -> None:
    met = on_one_case(app, amina(), sara(date_of_birth="2004-01-02"))
    fewer = ("crime_reference", "surname", "postcode")
    with clock.travel(NOON), app.app_context(), plugin_set(details=fewer):
        browser = Browser(app, HERTS)
        assert enter(browser, asked(app, browser)["sara@example.com"]).status_code == 303
    assert who_is_in(app, met) == ["P2"]


def test_a_code_is_one_persons_by_text_and_the_others_by_email(app: Flask) -> None:
    met = on_one_case(app, amina(), sara(email=None, phone="07700 900123"))
    with clock.travel(NOON):
        browser = Browser(app, HERTS)
        codes = asked(app, browser)
        assert len(codes) == 2 and "amina@example.com" in codes
        [to] = codes.keys() - {"amina@example.com"}
        assert enter(browser, codes[to]).status_code == 303
    assert who_is_in(app, met) == ["P2"]


def test_one_used_code_ends_the_others(app: Flask) -> None:
    on_one_case(app)
    browser = Browser(app, HERTS)
    with clock.travel(NOON):
        codes = asked(app, browser)
        other = Browser(app, HERTS)
        assert enter(browser, codes["amina@example.com"]).status_code == 303
        attempts = browser_attempts(app)
        assert other.post("/sign-in/code", {"code": codes["sara@example.com"]},
                          form_at="/sign-in").status_code == 400
    with clock.travel(NOON + timedelta(seconds=5)), app.app_context(), force_scope(HERTS):
        assert rules.open_with(attempts, codes["sara@example.com"]) is None
        assert db.session.scalars(sa.select(rules.Alike)).all() == []


def browser_attempts(app: Flask) -> list[Any]:
    with app.app_context(), force_scope(HERTS):
        return list(db.session.scalars(sa.select(rules.Attempt.id).order_by(rules.Attempt.id.desc())))


def test_four_alike_each_have_a_code_and_a_fifth_hears_of_it_from_the_officer(app: Flask) -> None:
    """At most four people are told apart; an officer's code is there for more."""
    everybody = [amina(), *(sara(n, f"Sara{n}", email=f"s{n}@example.com") for n in range(2, 6))]
    met = on_one_case(app, *everybody)
    with clock.travel(NOON):
        browser = Browser(app, HERTS)
        codes = asked(app, browser)
        assert codes.keys() == {"amina@example.com", *(f"s{n}@example.com" for n in range(2, 5))}
        assert enter(browser, codes["s4@example.com"]).status_code == 303
    assert who_is_in(app, met) == ["P4"]


def test_the_officers_code_names_its_person(app: Flask) -> None:
    met = on_one_case(app)
    with clock.travel(NOON):
        handed = officers_code(app, met, "P2")
        for looked_into in (True, False):
            browser = Browser(app, HERTS)
            give(browser)
            if looked_into:
                looks_in(app)
            assert enter(browser, handed).status_code == 303
            handed = officers_code(app, met, "P2")
    assert who_is_in(app, met) == ["P2", "P2"]


def officers_code(app: Flask, met: Met, who: str) -> str:
    with app.app_context(), force_scope(HERTS):
        assert met.staff
        code = activation.make(met.people[who], met.case, met.staff)
        db.session.commit()
    return code


@pytest.mark.parametrize("who", ["P1", "P2"])
def test_a_passkey_names_its_person(app: Flask, who: str) -> None:
    met = on_one_case(app)
    with clock.travel(NOON), app.app_context(), force_scope(HERTS), app.test_request_context():
        opened = rules.open_with([begin()], "", proved=met.people[who])
        assert opened and (opened.person_id, opened.how) == (met.people[who], "passkey")


@requirement("A13")
@audited("sign_in:opened", "sign_in:wrong_code")
def test_who_signed_in_shows_each_her_own_visits_and_both_the_tries_at_both(app: Flask) -> None:
    met, browser = on_one_case(app), Browser(app, HERTS)
    with clock.travel(NOON):
        codes = asked(app, browser)
        assert enter(browser, WRONG).status_code == 400
    with clock.travel(NOON + timedelta(seconds=5)):
        assert enter(browser, codes["sara@example.com"]).status_code == 303
    with app.app_context(), force_scope(HERTS):
        rows = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "sign_in")).all()
        opened = [one.fields["person"] for one in rows if one.fields["result"] == "opened"]
        assert opened == [str(met.people["P2"])]
    seen = {}
    for who in met.people:
        with clock.travel(NOON + timedelta(minutes=1)):
            page = person_browser(app, met, who)
            page.get("/your-account/visits")
            assert page.page
            seen[who] = page.page.text
    assert "with a code we sent" in seen["P2"] and "with a code we sent" not in seen["P1"]
    assert all("typed a wrong code" in text for text in seen.values())


# --- strangers ------------------------------------------------------------------------------------


@requirement("A1")
def test_the_brothers_code_never_opens_the_sisters_nor_from_another_browser(app: Flask) -> None:
    met = on_one_case(app)
    hers, his = Browser(app, HERTS), Browser(app, HERTS)
    with clock.travel(NOON):
        codes = asked(app, hers)
        asked(app, his)
        assert enter(his, codes["sara@example.com"]).status_code == 400
        assert enter(hers, codes["amina@example.com"]).status_code == 303
    assert who_is_in(app, met) == ["P1"]


def test_who_fits_only_by_her_own_spelling_gets_only_her_own_code(app: Flask) -> None:
    on_one_case(app, amina(), sara(name={"given": "Sara", "family": "Khan-Malik"}))
    with clock.travel(NOON):
        browser = Browser(app, HERTS)
        assert asked(app, browser, surname="Malik").keys() == {"sara@example.com"}


@requirement("A8")
def test_guesses_at_two_who_are_alike_are_counted_for_each_as_at_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five at each code, six from an address, ten in a day: of each, as if the other were not there."""
    on_one_case(app)
    with app.app_context(), force_scope(HERTS), compared(monkeypatch) as seen:
        for number in range(6):
            with clock.travel(NOON + timedelta(minutes=61 * number)):
                attempts = [begin(f"203.0.113.{number}")]
            for second in range(guesses.TRIES_PER_CODE):
                with clock.travel(NOON + timedelta(minutes=61 * number, seconds=70 * second)):
                    rules.open_with(attempts, "424242")
                    db.session.commit()
    of_each = [seen.count(one) for one in set(seen)]
    assert max(of_each) <= guesses.TRIES_PER_CODE
    assert len(seen) == 2 * guesses.TRIES_PER_ACCOUNT_DAY


@requirement("A8")
def test_five_wrong_codes_end_both(app: Flask) -> None:
    on_one_case(app)
    with clock.travel(NOON):
        browser = Browser(app, HERTS)
        codes = asked(app, browser)
        wrong = [WRONG] * guesses.TRIES_PER_CODE
        assert tries(browser, *wrong, *codes.values(), apart=70) == [400] * 7


@requirement("A9")
def test_her_signing_in_takes_nothing_of_what_her_sister_may_try(app: Flask) -> None:
    met = on_one_case(app)
    with clock.travel(NOON):
        browser = Browser(app, HERTS)
        assert enter(browser, asked(app, browser)["sara@example.com"]).status_code == 303
    with clock.travel(NOON), app.app_context(), force_scope(HERTS):
        assert taken(met, "P1") == 0 and taken(met, "P2") == 1
