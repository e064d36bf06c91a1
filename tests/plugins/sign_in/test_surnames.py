"""The surname that somebody types is compared with the record's, whatever stands beside either of them."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from plugins.police_uk.people import FAMILY, GIVEN
from plugins.sign_in import names
from plugins.sign_in.matching import can_match
from plugins.sign_in.names import name_of, same_name, surname_of
from tests.conftest import HERTS
from tests.pages import Browser
from tests.plugins.sign_in.ways_in import RIGHT

# What is typed, and the family and given names on the record.
WITH_GIVEN_NAMES = (
    ("Jose Garcia Lopez", "Garcia Lopez", "Jose"), ("José García López", "Garcia Lopez", "Jose"),
    ("Garcia Lopez, Jose", "Garcia Lopez", "José"), ("Jose Maria Garcia Lopez", "Garcia Lopez", "Jose Maria"),
    ("Maria Garcia Lopez", "Garcia Lopez", "Jose Maria"), ("J. Garcia Lopez", "Garcia Lopez", "Jose"),
    ("Mr Jose Garcia Lopez", "Garcia Lopez", "Jose"), ("Jose Garcia", "Garcia Lopez", "Jose"),
    ("Gwen Llywelyn-Jones", "Llywelyn-Jones", "Gwen"), ("gwen llywelyn jones", "Llywelyn-Jones", "Gwen"),
    ("Mary-Ann Hope Smith", "Hope-Smith", "Mary Ann"), ("Maryann Hope Smith", "Hope-Smith", "Mary-Ann"),
    ("Thi Le", "Le", "Thi"), ("Le Thi", "Le", "Thi"), ("Xiu Ma", "Ma", "Xiu"), ("Ma Xiu", "Ma", "Xiu"),
    ("Ms Thi Le", "Le", "Thi"), ("Bjoern Van Le", "Van Le", "Björn"), ("Lee Child", "Child", "Lee"),
    ("Ana de la O", "de la O", "Ana"), ("Owen Ap Rhys", "ap Rhys", "Owen"),
    ("Man Ip", "Ip", "Man"), ("Ta Co", "Ta", "Co"),
    ("Garcia Lopez", "Jose Garcia Lopez", "Jose"), ("Garcia Lopez", "GARCIA LOPEZ, Jose", "Jose"),
    ("Amina Khan", "Khan", "Amina"), ("Khan", "Amina Khan", "Amina"),
)
OTHERS_WITH_GIVEN_NAMES = (
    ("Jose", "Garcia Lopez", "Jose"), ("Jose Maria", "Garcia Lopez", "Jose Maria"), ("Thi", "Le", "Thi"),
    ("Maria Garcia Perez", "Garcia Lopez", "Maria"), ("Minh Le", "Le", "Thi"), ("Wei Ma", "Ma", "Xiu"),
    ("Xiu Le", "Ma", "Xiu"), ("Le Ma", "Ma", "Xiu"), ("Gwen Llywelyn-Smith", "Llywelyn-Jones", "Gwen"),
    ("T Li", "Le", "Thi"), ("Rhys ap", "ap Owen", "Rhys"), ("Owen Ap", "ap Rhys", "Owen"),
    ("Thi Le", "Le", None), ("ap", "ap Rhys", "Rhys"), ("Le", "Thi Le", "Thi"), ("", "Khan", ""),
    ("Amina", "Khan", "Amina"), ("A", "Khan", "Amina"), ("\n", "Khan", "\n"),
)
# Either side may be the one that holds it.
SAME_NAME = (
    ("M'Baye", "Mbaye"), ("Mbappe", "M'Bappé"), ("M’Bappe", "Mbappé"), ("M`Bappe", "Mbappe"),
    ("M'Donald", "MacDonald"), ("Djokovic", "Đoković"), ("Dokovic", "Đoković"), ("Djordjevic", "Đorđević"),
    ("Smith", "Smith.Jones"), ("Smith-Jones", "Smith.Jones"), ("Jones Smith", "Smith.Jones"),
    ("Smith_Jones", "Smith Jones"), ("Mr.Khan", "Khan"), ("Khan", "Khan1"), ("Khan", "Khan 1"),
    ("Khan", "Khan01"), ("Khan", "01 Khan"), ("O'Brien", "0'Brien"), ("Smith", "Smith Ph.D."),
    ("Smith", "Smith O.B.E."), ("Mbaye Smith", "Smith-M'Baye"), ("St John", "St.John"),
)
BESIDE_A_NAME = (  # what clerks write beside a name, or in its place
    "Ltd", "Limited", "PLC", "LLP", "Cyf", "Cyfyngedig", "and Co Ltd", "and Sons Ltd", "(deceased)",
    "- do not contact", "DO NOT CALL", "child", "male", "Female", "01", "2", "(1)", "juvenile",
    "complainant", "TBC", "no middle name", "adult male", "IC3 male", "c/o", "see notes", "duplicate",
    "DOB 17/05/1980", "age 12",
)

CALLED_SO = ("child", "male")  # so are some people called


@pytest.mark.parametrize(("typed", "family", "given_names"), WITH_GIVEN_NAMES)
def test_given_names_beside_the_surname_are_no_part_of_it(typed: str, family: str, given_names: str) -> None:
    assert same_name(typed, surname_of(family, given_names))


@pytest.mark.parametrize(("typed", "family", "given_names"), OTHERS_WITH_GIVEN_NAMES)
def test_a_given_name_stands_for_no_surname(typed: str, family: str, given_names: str | None) -> None:
    assert not same_name(typed, surname_of(family, given_names))


@given(st.sampled_from(GIVEN), st.sampled_from(FAMILY), st.sampled_from(FAMILY), st.sampled_from(["-", " "]))
def test_a_full_name_is_its_persons_and_no_other_persons(
    first: str, one: str, other: str, between: str
) -> None:
    family = f"{one}{between}{other}"
    assert same_name(f"{first} {one} {other}", surname_of(family, first))
    assert same_name(f"{one} {other} {first}", surname_of(family, first))


@given(st.sampled_from(GIVEN), st.sampled_from(FAMILY), st.sampled_from(FAMILY), st.sampled_from(FAMILY))
def test_a_given_name_makes_no_stranger_somebody(first: str, one: str, other: str, stranger: str) -> None:
    if stranger not in (one, other, first):
        assert not same_name(f"{first} {stranger}", surname_of(f"{one}-{other}", first))


@pytest.mark.parametrize(("one", "other"), SAME_NAME)
def test_one_name_is_written_in_several_ways_on_either_side(one: str, other: str) -> None:
    assert same_name(one, other) and same_name(other, one)


@pytest.mark.parametrize("remark", BESIDE_A_NAME)
def test_a_remark_a_legal_form_or_a_figure_is_nobodys_surname(remark: str) -> None:
    """On the record, or typed; the name beside it is compared without it."""
    for on_record in (f"Khan {remark}", f"Acme {remark}", f"Unknown {remark}"):
        words = [remark, *remark.replace("/", " ").replace("-", " ").split(), "unknown"]
        assert [word for word in words if same_name(word, surname_of(on_record, None))] == []
    assert same_name("Khan", f"Khan {remark}") and same_name(f"Khan {remark}", "Khan")
    assert not can_match("surname", surname_of(f"Unknown {remark}", None))
    assert same_name(remark, remark) is (remark in CALLED_SO)


@pytest.mark.parametrize("name", [
    "Child", "Ma", "Le", "Null", "Given", "Co", "Early", "Young", "Son", "Baby"])
def test_who_is_called_as_a_remark_is_signs_in_with_it(name: str) -> None:
    assert same_name(name, name) and same_name(f"Mrs {name}", name) and can_match("surname", name)
    assert same_name(f"Robin {name}", surname_of(name, "Robin")) and same_name(name, f"{name} Jr")


@pytest.mark.parametrize(("on_record", "can"), [
    ("Garc?a", False), ("Gar\ufffd\ufffda", False), ("M\ufffdller", False), ("Khan?", True),
    ("Garc?a Lopez", True),
    ("Unknown male", False), ("01", False), ("Ltd", False), ("Acme Ltd", True), ("陳", True), ("Ó", True),
    ("do not contact", False),
])
def test_a_surname_that_nobody_can_type_is_none(on_record: str, can: bool) -> None:
    assert can_match("surname", surname_of(on_record, None)) is can
    if on_record != "01":  # whoever has no family name has the given one as surname
        assert can_match("surname", surname_of(on_record, "Amina")) is can


@pytest.mark.parametrize(("typed", "status"), [
    ("Man Ip", 303), ("Null", 303), ("Child", 303), ("Acme Ltd", 303), ("陳", 303), ("Ó", 303), ("Ltd", 400),
    ("01", 400), ("-", 400), ("deceased", 400), ("Mr", 303), ("n/a", 400),
])
def test_what_can_be_nobodys_surname_is_a_slip_whoever_types_it(app: Flask, typed: str, status: int) -> None:
    answer = Browser(app, HERTS).post("/sign-in", {**RIGHT, "surname": typed})
    assert answer.status_code == status
    assert ("Enter your surname" in answer.text) is (status == 400)


@pytest.mark.parametrize("typed", ["a " * 100, "Amina " * 30, "Amina-" * 12 + "a"])
def test_a_list_of_given_names_makes_no_more_work(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a hundred letters each could be the first of a given name: looked for in names alone."""
    looked = []
    monkeypatch.setattr(names, "name_of", lambda text: looked.append(text) or name_of(text))
    assert not same_name(typed, surname_of("Khan", "Amina Anna Aisha"))
    assert len(looked) <= 6


def test_two_whom_a_figure_tells_apart_are_two() -> None:
    assert not same_name("Khan1", "Khan2") and not same_name("Amina Khan1", surname_of("Khan2", "Amina"))


def test_of_a_name_that_lost_a_letter_the_rest_is_compared() -> None:
    assert same_name("Lopez", "Garc?a Lopez") and not same_name("Garc?a", "Garc?a Lopez")
    assert not same_name("Garca", "Garc?a")
