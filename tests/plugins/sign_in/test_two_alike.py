"""Two people whose details are the same, on one case: each gets in with her own code, and sees her own."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.cases import people as core_people
from core.cases.models import Person, PortalSession
from core.notices.models import Notice
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from plugins.retention import erasure
from plugins.sign_in import activation, candidates, guesses, limits, old, rules, sending
from plugins.sign_in.names import whose_name
from tests.builders import allocated, event, person, recorded
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import Met, meet, person_browser, take
from tests.plugins.sign_in.test_guessing import compared
from tests.plugins.sign_in.test_sign_in import enter, give, tries, wrong_for
from tests.plugins.sign_in.ways_in import (
    NOON,
    Post,
    begin,
    looks_in,
    plugin_set,
    post_of,
    why_withheld,
)
from tests.security.audited import audited
from tests.security.checklist import protection, requirement

LATER = "2024-03-09T10:00:00Z"
WRONG = "000000"


def amina(**more: Any) -> dict[str, Any]:
    return person(1, **{"email": "amina@example.com", **more})


def sara(number: int = 2, given: str | None = "Sara", **more: Any) -> dict[str, Any]:
    name = {"family": "Khan"} if given is None else {"given": given, "family": "Khan"}
    return person(number, **{"name": name, "email": "sara@example.com", **more})


def on_one_case(app: Flask, *people: dict[str, Any]) -> Met:
    with clock.travel(NOON):
        take(app, recorded(people=list(people) or [amina(), sara()]), allocated())
    return meet(app)


def asked(app: Flask, browser: Browser, **changed: str) -> dict[str, str]:
    """Details are given and looked into: the code that went to each address or number."""
    with post_of(app) as post:
        give(browser, **changed)
        looks_in(app)
    return codes_in(post)


def codes_in(post: Post) -> dict[str, str]:
    found = {one.to_address: one.text for one in post.letters} | {
        one.to_number: one.text for one in post.texts}
    return {to: match[0] for to, text in found.items() if (match := re.search(r"\b\d{6}\b", text))}


def who_is_in(app: Flask, met: Met) -> list[str]:
    """Of whom there are visits, oldest first."""
    names = {value: key for key, value in met.people.items()}
    with app.app_context(), force_scope(HERTS):
        rows = sa.select(PortalSession).where(PortalSession.person_id.is_not(None)).order_by(PortalSession.id)
        return [names[one.person_id] for one in db.session.scalars(rows) if one.person_id]


def name(browser: Browser, given: str) -> Any:
    return browser.post("/sign-in/name", {"given": given})


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


def taken(met: Met, who: str) -> int:
    return limits.so_far("tries/day", limits.hashed(f"tries/{met.people[who].hex}"), guesses.HOUR)


# --- what changes meanwhile -----------------------------------------------------------------------


def locked(app: Flask, met: Met) -> None:
    with app.app_context(), force_scope(HERTS):
        core_people.lock_access(met.people["P2"], by="officer")
        db.session.commit()


def moved(app: Flask, met: Met) -> None:
    take(app, event("person.amended", time=LATER, person=sara(email="new@example.com")))


def removed(app: Flask, met: Met) -> None:
    take(app, event("person.amended", time=LATER, person=sara(), removed=True))


def hidden(app: Flask, met: Met) -> None:
    take(app, event("crime.amended", time=LATER, flags=["domestic_abuse"]))


@pytest.mark.parametrize("change", [locked, moved, removed, hidden])
def test_what_ends_the_code_of_one_ends_that_of_a_second_person(app: Flask, change: Any) -> None:
    met, browser = on_one_case(app), Browser(app, HERTS)
    with clock.travel(NOON):
        codes = asked(app, browser)
    with clock.travel(NOON + timedelta(seconds=30)):
        change(app, met)
    with clock.travel(NOON + timedelta(seconds=60)):
        assert enter(browser, codes["sara@example.com"]).status_code == 400
    with clock.travel(NOON + timedelta(seconds=90)):
        left = enter(browser, codes["amina@example.com"]).status_code
    assert left == (400 if change is hidden else 303), "the other's stays as it was"


def test_a_locked_twin_gets_no_code_and_her_sister_does(app: Flask) -> None:
    met = on_one_case(app)
    with clock.travel(NOON):
        locked(app, met)
        assert asked(app, Browser(app, HERTS)).keys() == {"amina@example.com"}
    assert why_withheld(app) == ["locked"]


def test_a_code_of_one_that_is_too_old_is_so_for_the_other(app: Flask) -> None:
    on_one_case(app)
    browser = Browser(app, HERTS)
    with clock.travel(NOON):
        codes = asked(app, browser)
    with clock.travel(NOON + timedelta(seconds=601)):
        assert enter(browser, codes["sara@example.com"]).status_code == 400


def test_asking_again_leaves_her_older_code_good_when_only_her_sister_gets_a_new_one(app: Flask) -> None:
    met = on_one_case(app)
    with clock.travel(NOON):
        browser = Browser(app, HERTS)
        first = asked(app, browser)
        with app.app_context(), force_scope(HERTS):
            for _ in range(guesses.PER_HOUR):
                limits.count("codes/hour", limits.hashed("contact/sara@example.com"), guesses.HOUR)
            db.session.commit()
        second = asked(app, browser)
        assert second.keys() == {"amina@example.com"}
        assert enter(browser, first["sara@example.com"]).status_code == 303
    assert who_is_in(app, met) == ["P2"]


def test_two_who_ask_for_each_others_codes_do_not_wait_for_each_other(app: Flask) -> None:
    """On one case she was first, on the other her sister: both contacts are held in one order."""
    with clock.travel(NOON):
        take(app, recorded(people=[amina(), sara()]), recorded("41/2/24", people=[sara(), amina()]))
    held: list[list[str]] = []
    with clock.travel(NOON), app.app_context(), force_scope(HERTS), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "lock", lambda name: held[-1].append(name))
        for reference in ("41/1/24", "41/2/24"):
            held.append([])
            begin(crime_reference=reference)
    assert held[0] == held[1] and len(held[0]) == 2


# --- one mailbox ----------------------------------------------------------------------------------


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
        answer = enter(browser, codes_in(post)[post.letters[0].to_address])
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
