"""Names and references compare kindly, whatever keyboard and habit they were typed with."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from core.plugin_host.host import host
from core.testing import recorded
from plugins.sign_in.names import NAMES_NOBODY, plain_name, readings, same_name
from plugins.sign_in.postcodes import plain_code
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import take
from tests.plugins.sign_in.ways_in import RIGHT, enter, give, newest_code

LETTERS = st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F)
NAMES = st.text(alphabet=LETTERS, min_size=2, max_size=12).filter(
    lambda name: len(plain_name(name)) > 1 and plain_name(name) not in NAMES_NOBODY)
MARKS = "\u0300\u0301\u0302\u0303\u0308\u030a\u030c\u0327\u0328"
APOSTROPHES = ["", "'", "\u2019", "\u02bc", "`", " "]


@given(NAMES, st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_capitals_do_not_matter(name: str, change: object) -> None:
    assert same_name(change(name), name)  # type: ignore[operator]


@given(NAMES, st.data())
def test_accents_may_be_left_out_or_written_apart(name: str, data: st.DataObject) -> None:
    marked = "".join(letter + data.draw(st.sampled_from(["", *MARKS])) for letter in name)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        typed = unicodedata.normalize(form, marked)
        assert same_name(typed, name) and same_name(name, typed)


@given(NAMES, NAMES, st.sampled_from(["-", " ", "\u2010", "\u2011", "\u2013", " - ", "  "]))
def test_a_double_barrelled_name_is_found_by_whole_and_halves(one: str, other: str, sign: str) -> None:
    whole = f"{one}-{other}"
    assert same_name(f"{one}{sign}{other}", whole) and same_name(f"{one}{other}", whole)
    for half in (one, other):
        if len(plain_name(half)) > 3 and plain_name(half) not in NAMES_NOBODY:
            assert same_name(half, whole) and same_name(whole, half)


@given(st.lists(NAMES, min_size=2, max_size=3), st.data())
def test_the_parts_of_a_double_barrelled_name_may_come_in_any_order(
    names: list[str], data: st.DataObject
) -> None:
    swapped = data.draw(st.permutations(names))
    if all(plain_name(name) not in NAMES_NOBODY for name in names):
        assert same_name(" ".join(swapped), "-".join(names))


@pytest.mark.parametrize("day", ["+3", "1_1", "0x3", "-3", "3.0", "iii", ""])
def test_what_is_no_number_is_no_day(app: Flask, day: str) -> None:
    """Numbers as programs write them are slips of a finger here."""
    answer = Browser(app, HERTS).post("/sign-in", {**RIGHT, "date_of_birth-day": day})
    assert answer.status_code == 400 and "Enter the day of your birth as a number" in answer.text


@pytest.mark.parametrize("day", ["17", " 17 ", "１７"])
def test_a_day_may_be_typed_with_spaces_and_wide_digits(app: Flask, day: str) -> None:
    answer = Browser(app, HERTS).post("/sign-in", {**RIGHT, "date_of_birth-day": day})
    assert answer.status_code == 303


@given(NAMES)
@example("İpek")
@example("straße")
def test_every_name_is_itself(name: str) -> None:
    assert same_name(name, name) and same_name(f"  {name} ", name)


@given(st.sampled_from(APOSTROPHES), st.sampled_from(APOSTROPHES), st.booleans())
def test_o_and_an_apostrophe_may_be_written_in_every_way(one: str, other: str, small: bool) -> None:
    typed = f"O{one}Connor"
    assert same_name(typed.lower() if small else typed, f"O{other}Connor")


@pytest.mark.parametrize("one", [
    "McDonald", "Mc Donald", "MacDonald", "Mac Donald", "macdonald", "M\u1d9cDonald",
])
@pytest.mark.parametrize("other", ["McDonald", "MacDonald", "Mac Donald"])
def test_mc_and_mac_are_one(one: str, other: str) -> None:
    assert same_name(one, other)


@pytest.mark.parametrize(("typed", "on_record"), [
    ("Wisniewski", "Wiśniewski"), ("Walesa", "Wałęsa"), ("Soerensen", "Sørensen"), ("Sorensen", "Sørensen"),
    ("Mueller", "Müller"), ("Muller", "Müller"), ("Strasse", "Straße"), ("Yildiz", "Yıldız"),
    ("YILDIZ", "Yıldız"), ("Ipek", "İpek"), ("Aakesson", "Åkesson"), ("Akesson", "Åkesson"),
    ("Thorsson", "Þórsson"), ("Gudmundsdottir", "Guðmundsdóttir"), ("Dordevic", "Đorđević"),
    ("Nguyen", "Nguyễn"), ("Aebi", "Æbi"), ("Coeur", "Cœur"), ("DAngelo", "D’Angelo"),
    ("Al Hassan", "Al-Hassan"), ("Hassan", "Al-Hassan"), ("Llywelyn Jones", "Llywelyn-Jones"),
    ("St. John", "St John"), ("Σωτήρης", "ΣΩΤΗΡΗΣ"), ("иванов", "Иванов"),
])
def test_letters_of_other_languages_may_be_written_with_plain_ones(typed: str, on_record: str) -> None:
    assert same_name(typed, on_record) and same_name(on_record, typed)


@given(NAMES, NAMES)
def test_another_name_is_another_name(one: str, other: str) -> None:
    if not readings(one) & readings(other):
        assert not same_name(one, other)


@pytest.mark.parametrize(("typed", "on_record"), [
    ("Smith-Jones", "Llywelyn-Jones"),
    ("Mack", "Mc"), ("Macey", "Cey"), ("O", "O'Connor"), ("Mc", "McDonald"), ("Smith", "Smithson"),
    ("Donald", "McDonald"), ("Connor", "O'Connor"),
])
def test_a_piece_of_a_name_is_not_the_name(typed: str, on_record: str) -> None:
    assert not same_name(typed, on_record)


# --- references -------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["", " ", "/", "-", ".", "  ", "\u2013"]), min_size=7, max_size=7))
def test_a_reference_is_compared_without_its_signs(signs: list[str]) -> None:
    typed = "".join(sign + letter for sign, letter in zip(signs, "411abc4", strict=True))
    assert plain_code(typed) == "411ABC4"


def test_every_shape_that_a_force_ever_gave_out_goes_through_at_once(portal: Flask) -> None:
    for installed in host(portal).installed.values():
        for shape in installed.force.references.patterns:
            assert installed.force.looks_like_reference(shape.example)
    old = {p.example for i in host(portal).installed.values()
           for p in i.force.references.patterns if not p.given_out_on(date(2026, 3, 4))}
    today = {e for i in host(portal).installed.values()
             for e in i.force.reference_examples(date(2026, 3, 4))
             if any(p.given_out_on(date(2026, 3, 4)) for p in i.force.references.patterns)}
    assert not old & today, "what is not given out any more is nobody's example"


def test_an_incident_number_is_asked_about_once_and_then_believed(app: Flask) -> None:
    """By its shape alone: whether there is such a case plays no part."""
    take(app, recorded("ISR-2024-00077"))
    answers = []
    for reference in ("ISR-2024-00077", "ISR-2024-99999"):
        browser = Browser(app, HERTS)
        asked = give(browser, crime_reference=reference)
        assert asked.status_code == 400 and browser.page
        assert "An incident number is another number" in browser.page.text
        answers.append(browser.page.text.replace(reference, ""))
        fields = browser.page.forms[-1]["fields"]
        assert fields["crime_reference"] == reference
        sent = {**RIGHT, "crime_reference": reference, "checked": fields["checked"]}
        again = browser.post("/sign-in", sent)
        assert again.location == f"/{HERTS}/sign-in/code"
        if reference.endswith("77"):
            assert enter(browser, str(newest_code(app))).status_code == 303
    assert answers[0] == answers[1]


def test_another_reference_of_another_shape_is_asked_about_again(app: Flask) -> None:
    browser = Browser(app, HERTS)
    give(browser, crime_reference="ISR-2024-00077")
    answer = browser.post("/sign-in", {**RIGHT, "crime_reference": "ISR-1", "checked": "ISR202400077"})
    assert answer.status_code == 400


@pytest.mark.parametrize(("sent", "kept"), [
    ("ISR202400077", "ISR202400077"), (" ISR202400077\r\n", "ISR202400077"), (" ", None),
    ("x" * 200, "x" * 200), ("x" * 201, "x" * 200)], ids=["as it was", "blanks", "blank", "200", "201"])
def test_what_was_asked_about_comes_back_trimmed_and_short(app: Flask, sent: str, kept: str | None) -> None:
    """It stands in the page that asks for something else to be put right."""
    browser = Browser(app, HERTS)
    answer = browser.post("/sign-in", {**RIGHT, "surname": "", "checked": sent})
    assert answer.status_code == 400 and browser.page
    assert browser.page.forms[-1]["fields"].get("checked") == kept
