"""Guessing a code: a million guesses, in virtual time, through the real rules."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from core.base import clock
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.storage.row_guard import Base
from core.testing import person, recorded
from plugins.sign_in import codes, guesses, rules, sending
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import meet, take
from tests.plugins.sign_in.ways_in import NOON, begin, enter, give, looks_in, newest_code, post_of
from tests.security.checklist import protection, requirement

GUESSES = 1_000_000
MOST = 1e-5  # chance of success for an account and a day


@contextmanager
def compared(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """The codes that guesses were really compared with."""
    seen: list[bytes] = []
    real = rules.same_code

    def watched(expected: bytes | None, given_hash: bytes) -> bool:
        if expected is not None:
            seen.append(expected)
        return real(expected, given_hash)

    with monkeypatch.context() as patch:
        patch.setattr(rules, "same_code", watched)
        yield seen


def test_guesses_at_an_officers_code_are_as_good_as_hopeless() -> None:
    """A million of them, with no day between."""
    possible = len(codes.ALPHABET) ** codes.HANDED_LENGTH
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET) >= 25
    assert GUESSES / possible < MOST / 1000


@requirement("A8")
def test_each_person_on_a_case_has_their_own_tries_and_their_own_code(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who knows two people's details guesses at two accounts; neither gets more than its own tries."""
    mother = person(2, name={"given": "Noor", "family": "Malik"})
    with clock.travel(NOON):
        take(app, recorded(people=[person(1), mother]))
    with app.app_context(), force_scope(HERTS), compared(monkeypatch) as seen:
        for number, surname in enumerate(["Khan", "Malik"] * 4):
            with clock.travel(NOON + timedelta(minutes=number)):
                attempts = [begin(f"203.0.113.{number}", surname=surname)]
            for second in range(6):
                with clock.travel(NOON + timedelta(minutes=number, seconds=70 * second)):
                    rules.open_with(attempts, "ABCDEF")
                    db.session.commit()
        assert 10 < len(seen) <= 20


@requirement("A8")
def test_the_wait_grows_with_each_wrong_code(app: Flask) -> None:
    assert [guesses.pause_after(tries) for tries in (1, 2, 3, 4, 5, 9)] == [1, 2, 4, 8, 16, 60]
    take(app, recorded())
    browser = Browser(app, HERTS)
    with clock.travel(NOON):
        give(browser)
        code = str(newest_code(app))
        assert enter(browser, "999999" if code != "999999" else "888888").status_code == 400
        soon = enter(browser, code)
    assert (soon.status_code, soon.headers["Retry-After"]) == (429, "1")
    with clock.travel(NOON + timedelta(seconds=1)):
        assert enter(browser, code).status_code == 303


# --- codes ------------------------------------------------------------------------------------


@requirement("A6")
@given(st.text(alphabet="0123456789", min_size=6, max_size=6), st.data())
def test_a_code_is_read_whatever_spaces_and_hyphens_stand_in_it(code: str, data: st.DataObject) -> None:
    signs = st.sampled_from(["", " ", "-", "  ", "\u2011", "\u00a0", "\t"])
    typed = "".join(data.draw(signs) + digit for digit in code) + data.draw(signs)
    assert codes.typed_code(typed) == code


@requirement("A6")
@given(st.text(alphabet=codes.ALPHABET, min_size=10, max_size=10))
def test_an_officers_code_is_read_in_small_letters_and_with_look_alikes(code: str) -> None:
    look_alikes = str.maketrans("0125 68", "OIZS GB")
    assert codes.typed_code(f"{code[:5]}-{code[5:]}".lower()) == code
    assert codes.typed_code(code.translate(look_alikes)) == code
    assert codes.is_handed(codes.typed_code(code))


@requirement("A6")
def test_codes_come_from_the_systems_chance_and_have_six_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes.secrets is secrets
    made = {codes.new_sent_code() for _ in range(500)}
    assert len(made) > 490 and all(len(one) == 6 and one.isdecimal() for one in made)
    asked: list[int] = []
    monkeypatch.setattr(secrets, "randbelow", lambda most: asked.append(most) or 7)
    assert codes.new_sent_code() == "000007" and asked == [10**6]


def test_of_codes_that_go_out_together_no_two_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance draws one twice, and each still says whose it is."""
    drawn = iter(["000001", "000001", "000002", "000001", "000002", "000003"])
    monkeypatch.setattr(sending, "new_sent_code", lambda: next(drawn))
    taken: set[str] = set()
    assert [sending._new_code(taken) for _ in range(3)] == ["000001", "000002", "000003"]


@requirement("A6")
def test_no_table_holds_a_code_once_it_is_sent(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    give(browser)
    code = str(newest_code(app))
    assert stored(app, code) == []
    with post_of(app) as post:
        looks_in(app)
    assert code in post.letters[0].text
    with app.app_context(), force_scope(HERTS):
        assert db.session.query(rules.Attempt).one().code_hash
        assert [one.extra_sealed for one in db.session.query(Notice)] == [None]
    assert stored(app, code) == []
    assert enter(browser, code).status_code == 303


def stored(app: Flask, code: str) -> list[str]:
    """Every place of the database that holds *code* as it is."""
    found = []
    with app.app_context(), force_scope(HERTS):
        for mapper in Base.registry.mappers:
            for row in db.session.scalars(sa.select(mapper.class_)).all():
                for column in mapper.columns:
                    value = getattr(row, mapper.get_property_by_column(column).key)
                    plain = value if isinstance(value, bytes) else str(value).encode()
                    if code.encode() in plain and column.name not in ("id", "cause_id"):
                        found.append(f"{mapper.class_.__name__}.{column.name}")
    return found


@requirement("A6")
def test_a_code_sent_twice_at_the_same_moment_opens_once(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    give(browser)
    code = str(newest_code(app))
    page = browser.get("/sign-in/code")
    token = next(f["fields"]["csrf_token"] for f in browser.page.forms if "csrf_token" in f["fields"])
    cookie = browser.client.get_cookie(f"tmc-{HERTS}")
    assert page.status_code == 200 and cookie
    together, answers = Barrier(2), []

    def send() -> None:
        client = app.test_client()
        client.set_cookie(f"tmc-{HERTS}", cookie.value, path="/")
        together.wait()
        answer = client.post(
            f"/{HERTS}/sign-in/code", data={"code": code, "csrf_token": token}, buffered=True
        )
        answers.append(answer.status_code)

    threads = [Thread(target=send) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers) == [303, 400]


@requirement("A7")
def test_a_code_is_refused_in_every_browser_but_the_one_that_asked(app: Flask) -> None:
    assert borrowed(app) == [400, 400, 303]


@protection("A7")
def test_if_codes_were_not_bound_to_the_browser_another_one_could_use_hers(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rules._locked

    def of_anybody(attempts: Any) -> Any:
        every = sa.select(rules.Attempt.id).order_by(rules.Attempt.id.desc())
        found = real(db.session.scalars(every).all())
        found.sort(key=lambda one: one.id not in attempts)
        return found

    monkeypatch.setattr(rules, "_locked", of_anybody)
    assert borrowed(app)[0] == 303


def borrowed(app: Flask) -> list[int]:
    """What her code does in a browser that asked for its own, one that asked for none, and hers."""
    take(app, recorded())
    assert meet(app).people
    hers, thief, passer_by = Browser(app, HERTS), Browser(app, HERTS), Browser(app, HERTS)
    with clock.travel(NOON):
        give(hers)
        code = str(newest_code(app))
        give(thief)
    with clock.travel(NOON + timedelta(seconds=30)):
        return [
            one.post("/sign-in/code", {"code": code}, form_at="/sign-in").status_code
            for one in (thief, passer_by, hers)
        ]
