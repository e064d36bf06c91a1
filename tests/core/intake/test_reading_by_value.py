"""Record events read value by value: what is unset, what is left out, what looks like a word of safety."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.cases.registers import Registers
from core.cases.safe_contact import SafeContact
from core.intake import reading
from core.intake.reading import (
    escaped,
    in_words,
    is_unset,
    like_safety,
    out_of_place,
    read_data,
    read_envelope,
    tidied,
)
from core.intake.safety import _may_be_true
from core.intake.shapes import NotUnderstood, PersonShape, Recorded
from core.testing import event, person, recorded


@pytest.mark.parametrize(("value", "unset"), [
    (None, True), ("", True), (" \n", True), ("x", False), (0, False), (False, False), ([], False),
    ({}, False)])
def test_null_and_blanks_are_unset_and_nothing_else(value: Any, unset: bool) -> None:
    assert is_unset(value) is unset


@pytest.mark.parametrize(("value", "may"), [
    (True, True), ("yes", True), (1, True), ("maybe", True), ([1], True), (False, False), ("False", False),
    (" no ", False), ("N", False), (0, False), ("0", False), (0.0, False), (None, False), ("", False),
    ([], False),
    ({}, False), ("f", False)])
def test_anything_but_an_unmistakable_no_may_mean_yes(value: Any, may: bool) -> None:
    assert _may_be_true(value) is may


@pytest.mark.parametrize(("name", "word"), [
    ("removed", "removed"), ("Removed", "removed"), ("safeContact", "safe_contact"),
    ("safe-contact", "safe_contact"),
    ("SAFE_CONTACT", "safe_contact"), ("flag", "flags"), ("flagss", "flags"), ("silent", "silent"),
    ("silence", "silent"), ("Silenced", "silent"), ("role", "role"), ("roles", "role"), ("rol", "role"),
    ("moved", None), ("remove", "removed"),
    ("rmoved", "removed"), ("name", None), ("email", None), ("ro", None), ("", None), ("summary", None),
    ("safecontactsafecontact", None), ("x" * 30, None), ("reported_at", None), ("ｆｌａｇｓ", "flags")])
def test_a_word_of_safety_is_known_when_it_is_nearly_written(name: str, word: str | None) -> None:
    assert like_safety(name) == word


PLACES: list[tuple[dict[str, Any], list[tuple[str, str, str]]]] = [
    ({"flags": ["online"], "people": [{"role": "victim", "safe_contact": {"silent": True}}]}, []),
    ({"Flags": ["online"]}, [("/data", "/data/Flags", "flags")]),
    ({"flag": None, "Removed": ""}, []),
    ({"people": [{"role": "victim"}, {"removed": True}]},
     [("/data/people/1", "/data/people/1/removed", "removed")]),
    ({"people": [{"safe_contact": {"quiet": True}}]},
     [("/data/people/0/safe_contact", "/data/people/0/safe_contact/quiet", "safe_contact")]),
    ({"extra": {"deep/er": [{"silent": True}]}}, [("/data", "/data/extra/deep~1er/0/silent", "silent")]),
    ({"officer": {"silent": "x"}}, [("/data/officer", "/data/officer/silent", "silent")]),
    ({"officer": {"role": "DC"}}, []),
]


@pytest.mark.parametrize(("data", "found"), PLACES, ids=range(len(PLACES)))
def test_words_of_safety_where_they_mean_nothing_are_found(
    data: dict[str, Any], found: list[tuple[str, str, str]]
) -> None:
    assert list(out_of_place(Recorded, data, "/data")) == found


@pytest.mark.parametrize(("step", "written"),
    [("a", "a"), ("a/b", "a~1b"), ("a~b", "a~0b"), ("x" * 200, "x" * 100)])
def test_a_step_of_a_pointer_is_escaped_and_not_too_long(step: str, written: str) -> None:
    assert escaped(step) == written


TIDIED: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
    (PersonShape, {"id": "P1", "email": None, "phone": " ", "unknown": 1},
     {"id": "P1", "email": None, "phone": None}),
    (PersonShape, {"id": "", "postcode": "WD17"}, {"id": "", "postcode": "WD17"}),
    (PersonShape, {"id": None}, {}), (PersonShape, {"safe_contact": None, "role": None}, {}),
    (PersonShape, {"safe_contact": {"silent": None, "words": "x"}}, {"safe_contact": {"words": "x"}}),
    (SafeContact, {"channels": ["email", None, " ", "sms"]}, {"channels": ["email", "sms"]}),
    (PersonShape, {"name": {"given": "", "family": "Khan", "more": 1}},
     {"name": {"given": None, "family": "Khan"}}),
]


@pytest.mark.parametrize(("shape", "given", "found"), TIDIED, ids=range(len(TIDIED)))
def test_what_is_unset_is_taken_out_but_where_nothing_is_an_answer(
    shape: Any, given: dict[str, Any], found: dict[str, Any]
) -> None:
    assert tidied(shape, given) == found


LEFT_OUT: list[tuple[dict[str, Any], list[tuple[str, str, str | None]], dict[str, Any]]] = [
    ({}, [], {"email": "amina1@example.com", "postcode": "WD17 1AA"}),
    ({"email": "none"}, [("/data/people/0/email", "email", "P1")], {"email": None, "postcode": "WD17 1AA"}),
    ({"date_of_birth": "sometime", "phone": "x"},
     [("/data/people/0/date_of_birth", "date_of_birth", "P1"), ("/data/people/0/phone", "phone", "P1")],
     {"date_of_birth": None, "phone": None}),
]


@pytest.mark.parametrize(("who", "left_out", "kept"), LEFT_OUT, ids=range(len(LEFT_OUT)))
def test_a_detail_that_cannot_be_used_is_left_out_and_named(
    who: dict[str, Any], left_out: list[tuple[str, str, str | None]], kept: dict[str, Any]
) -> None:
    data: Any = read_data(read_envelope(recorded(people=[person(**who)])))
    assert [(one.pointer, one.field, one.person) for one in data.left_out] == left_out
    assert {name: getattr(data.people[0], name) for name in kept} == kept


def test_a_detail_of_the_crime_and_of_its_officer_is_named_as_the_documents_call_it() -> None:
    given = recorded(occurred_from="sometime", officer={"id": "O1", "name": "Sam", "email": "none"})
    data: Any = read_data(read_envelope(given))
    assert [(one.field, one.person) for one in data.left_out] == [
        ("occurred_from", None), ("officer/email", None)]
    assert (data.occurred_from, data.officer.name) == (None, "Sam")


WAITS: list[tuple[dict[str, Any], str]] = [
    ({"people": [person(role="nobody")]}, "/data/people/0/role"),
    ({"people": [person(safe_contact={"silent": "true"})]}, "/data/people/0/safe_contact/silent"),
    ({"people": [person(safe_contact="never")]}, "/data/people/0/safe_contact"),
    ({"people": [{**person(), "id": None}]}, "/data/people/0/id"),
    ({"district": None}, "/data/district"), ({"people": "P1"}, "/data/people"),
    ({"service_level": "gold"}, "/data/service_level"), ({"Removed": True}, "/data/Removed")]


@pytest.mark.parametrize(("more", "pointer"), WAITS, ids=range(len(WAITS)))
def test_what_somebodys_safety_hangs_on_is_understood_or_the_event_waits(more: dict[str, Any],
    pointer: str) -> None:
    with pytest.raises(NotUnderstood) as found:
        read_data(read_envelope(recorded(**more)))
    assert found.value.pointer == pointer


IN_WORDS: list[tuple[dict[str, Any], str]] = [
    ({"people": ["P1"]}, "/data/people/0: is not an object"),
    ({"officer": "Sam"}, "/data/officer: is not an object"),
    ({"people": "P1"}, "/data/people: is not a list"),
    ({"crime_type": []}, "/data/crime_type: is not text"),
    ({"people": [person(email="\ud800@example.com")]}, "/data/people/0/email: is not text"),
    ({"people": [person(made_up=[])]}, "/data/people/0/made_up: is neither true nor false"),
    ({"people": [person(made_up="maybe")]}, "/data/people/0/made_up: is neither true nor false"),
    ({"district": None}, "/data/district: is missing"),
    ({"people": [person(date_of_birth="1980-02-31")]},
     "/data/people/0/date_of_birth: is not a day, like 2024-03-01"),
    ({"people": [person(date_of_birth="0000-01-01")]},
     "/data/people/0/date_of_birth: is not a day, like 2024-03-01"),
    ({"reported_at": "2024-02-31T10:00:00Z"},
     "/data/reported_at: is not a moment with its zone, like 2024-03-01T10:00:00Z"),
    ({"reported_at": "0000-01-01T10:00:00Z"},
     "/data/reported_at: is not a moment with its zone, like 2024-03-01T10:00:00Z"),
    ({"people": [person(email="x" * 321)]}, "/data/people/0/email: is longer than 320 characters"),
    ({"flags": ["x"] * 101}, "/data/flags: is longer than 100"),
    ({"service_level": "gold"}, "/data/service_level: is none of 'standard' or 'enhanced'"),
    ({"summary": "\x00"}, "/data/summary: holds a control character"),
]


@pytest.mark.parametrize(("more", "said"), IN_WORDS, ids=range(len(IN_WORDS)))
def test_each_kind_of_fault_is_said_in_plain_words(more: dict[str, Any], said: str) -> None:
    try:
        found = [f"{one.pointer}: {one.why}" for one in read_data(read_envelope(recorded(**more))).left_out]
    except NotUnderstood as fault:
        found = [fault.reason]
    assert found == [said]


def test_a_kind_of_fault_that_has_no_plain_words_is_said_in_the_middle_of_a_sentence() -> None:
    assert in_words({"type": "new", "msg": "Input should be another"}) == "input should be another"


@pytest.mark.parametrize(("sent", "said"), [
    ([], "the event: is not an object"), ({**recorded(), "data": []}, "/data: is not an object"),
    ({**recorded(), "time": "2024-02-31T10:00:00Z"},
     "/time: is not a moment with its zone, like 2024-03-01T10:00:00Z")], ids=["event", "data", "time"])
def test_what_is_wrong_with_an_envelope_is_said_in_plain_words(sent: Any, said: str) -> None:
    with pytest.raises(NotUnderstood) as found:
        read_envelope(sent)
    assert found.value.reason == said


@pytest.mark.parametrize(("changed", "pointer"), [
    ({"specversion": "0.3"}, "/specversion"), ({"id": None}, "/id"), ({"id": " "}, "/id"),
    ({"data": []}, "/data"),
    ({"time": "yesterday"}, "/time"), ({"time": "2124-03-01T10:00:00Z"}, "/time"),
    ({"datacontenttype": "text/plain"}, "/datacontenttype")])
def test_an_envelope_that_is_none_names_its_first_fault(changed: dict[str, Any], pointer: str) -> None:
    with pytest.raises(NotUnderstood) as found:
        read_envelope({**recorded(), **changed})
    assert found.value.pointer == pointer
    assert pointer in found.value.reason


def test_a_type_that_is_not_known_is_named() -> None:
    with pytest.raises(NotUnderstood) as found:
        read_data(read_envelope({**recorded(), "type": "uk.police.crime.dreamt.v1"}))
    assert found.value.pointer == "/type"


def test_news_is_ordered_by_time_then_sequence_then_id_then_source() -> None:
    def stamp(**more: Any) -> str:
        return read_envelope({**event("crime.reopened", id="5", source="m"), **more}).stamp

    base = stamp(sequence="5")
    assert stamp(sequence="5", time="2024-03-01T10:00:00.000001Z") > base > stamp(
        sequence="9", time="2024-03-01T09:59:59.999999Z")
    assert stamp(sequence="6", id="1") > base > stamp(sequence="4", id="9")
    assert stamp(sequence="5", id="6", source="a") > base > stamp(sequence="5", id="4", source="z")
    assert stamp(sequence="5", source="n") > base > stamp(sequence="5", source="l")
    assert stamp(sequence="5", time="2024-03-01T11:00:00+01:00") == base


# --- the newest news decides --------------------------------------------------------------------


@pytest.mark.parametrize(("before", "stamp", "wins"), [("", "1", True), ("2", "3", True), ("2", "2", True), (
    "2", "1", False)])
def test_news_wins_over_older_news_and_over_itself(before: str, stamp: str, wins: bool) -> None:
    registers = Registers(json.dumps({before: "field other"}) if before else None)
    assert registers.wins("field", stamp) is wins
    assert registers.stamp("field") == (stamp if wins else before)
    assert registers.stamp("other") == before
    assert registers.stamp("nothing") == ""


def test_registers_are_kept_by_stamp_and_read_again() -> None:
    registers = Registers()
    for field, stamp in (("b", "2"), ("a", "1"), ("c", "1")):
        registers.put(field, stamp)
    assert json.loads(registers.stored()) == {"1": "a c", "2": "b"}
    again = Registers(registers.stored())
    assert {field: again.stamp(field) for field in "abcd"} == {"a": "1", "b": "2", "c": "1", "d": ""}
    again.put("a", "0")
    assert again.stamp("a") == "0"


def test_every_field_of_a_person_and_a_crime_says_how_it_is_read() -> None:
    """What is a detail may be left out; what is of safety never is."""
    found = reading.fields_of(PersonShape)
    assert {name for name, field in found.items() if field.safety} == {"role", "safe_contact"}
    assert {name for name, field in found.items() if field.required} == {"id", "role", "name"}
    assert not {name for name, field in found.items() if field.safety and field.detail}
    crime = reading.fields_of(Recorded)
    assert {name for name, field in crime.items() if field.safety} == {"flags", "service_level"}
