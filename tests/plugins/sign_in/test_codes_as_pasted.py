"""A code is read from whatever was pasted around it, of both kinds; between two codes nobody guesses."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from core.storage.db import db, force_scope
from core.testing import recorded
from plugins.sign_in import codes, rules
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import take
from tests.plugins.sign_in.test_officers_codes import NOTHING, made_at, on_the_desk
from tests.plugins.sign_in.ways_in import enter, give, newest_code

AROUND_A_SENT_ONE = (
    "{}", "code{}", "a{}", "Code:{}", "Use {} or {}", "{} {}", "{}.", "({})", "{}\n", "Eich cod yw {}",
    "Your code is {}. It works for 10 minutes.", "G-{}", "{} is your code, from 01438 757000",
    "07700 900123: {}", "the code is {}!", "On 4 March 2026 at 12:01: {}", "41/12345/26: {}",
    "code={}", "{}x", "take {}", "Your code is {}. Ref 41/900001/26", "41/900001/26: {}",
)
AROUND_A_HANDED_ONE = (
    "{}", "My code is {}", "code: {}", "{} thanks", "my officer gave me {}.", "({})", "Use {} or {}", "{}\n",
    "Y cod yw {}", "code {}, from Sam", "Understand this: {}",
)
SEVERAL = (
    "123456 654321", "123 456 654 321", "123456 or 654321", "Use 123456, not 654321", "123456\n654321",
    "code123456 code654321",
    "M8XJM-7R79T or 123456", "M8XJM-7R79T M8XJM-7R79U", "123456, 654321 or 111222", "a123456b654321",
)


@pytest.mark.parametrize("around", AROUND_A_SENT_ONE)
@pytest.mark.parametrize("written", ["{0}{1}", "{0} {1}", "{0}-{1}", "{0}–{1}"])
def test_a_code_that_was_sent_is_read_alone(around: str, written: str) -> None:
    for code in ("123456", "234567", "000000"):
        typed = around.format(*[written.format(code[:3], code[3:])] * 2)
        if "01438" not in around or written == "{0}{1}":
            assert codes.typed_code(typed) == code, typed
            assert not codes.has_several(typed), typed


@pytest.mark.parametrize("around", AROUND_A_HANDED_ONE)
@given(code=st.text(alphabet=codes.ALPHABET, min_size=10, max_size=10).filter(
    lambda code: any(map(str.isdigit, code[:5])) and any(map(str.isdigit, code[5:]))))
def test_an_officers_code_is_read_with_words_around_it(around: str, code: str) -> None:
    printed = f"{code[:5]}-{code[5:]}"
    for written in (printed, printed.lower(), code, printed.replace("-", " "), printed.replace("-", "–")):
        typed = around.format(written, written)
        assert codes.typed_code(typed) == code, typed
        assert not codes.has_several(typed), typed


@pytest.mark.parametrize("typed", SEVERAL)
def test_between_two_codes_nobody_guesses(typed: str) -> None:
    assert codes.has_several(typed)
    assert codes.typed_code(typed) not in ("123456", "654321", "111222", "M8XJM7R79T", "M8XJM7R79U")


@pytest.mark.parametrize("typed", [
    "", "12345", "1234567", "12345 67", "07700 900123", "1234 5678 9012", "code", "understand", "Wednesday",
    "123 456 789", "hello world"])
def test_what_holds_no_code_opens_nothing_and_is_not_several(typed: str) -> None:
    assert not codes.has_several(typed)
    read = codes.typed_code(typed)
    assert len(read) != codes.SENT_LENGTH or not read.isdigit()


def test_two_codes_in_one_paste_cost_no_try_and_one_of_them_opens(app: Flask) -> None:
    take(app, recorded())
    browser, early = Browser(app, HERTS), Browser(app, HERTS)
    give(browser)
    code = str(newest_code(app))
    other = "111111" if code != "111111" else "222222"
    for _ in range(7):
        answer = enter(browser, f"{code} or {other}")
        assert answer.status_code == 400 and "more than one code" in answer.text
    with app.app_context(), force_scope(HERTS):
        assert [one.tries for one in db.session.query(rules.Attempt)] == [0]
    give(early)
    assert "more than one code" in enter(early, f"{other} or {code}").text, "also where none was sent yet"
    assert enter(browser, f"Use code{code} now").status_code == 303


def test_an_officers_code_opens_with_words_around_it(app: Flask) -> None:
    met, desk = on_the_desk(app, **NOTHING)
    code = made_at(desk, met)
    give(hers := Browser(app, HERTS))
    assert enter(hers, f"My code is {code}").status_code == 303
