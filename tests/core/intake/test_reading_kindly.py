"""What record systems really write: taken as it is meant, left out and named, or kept waiting."""

from __future__ import annotations

from typing import Any

import pytest

from core.intake.reading import like_safety, read_envelope
from core.intake.shapes import NotUnderstood
from core.testing import allocated, event, officer, person, recorded
from tests.core.intake.reading import left_out, one, read

AMENDED = "person.amended"

# --- unset --------------------------------------------------------------------------------------

OPTIONAL = ("date_of_birth", "postcode", "email", "phone", "organisation", "language", "safe_contact")
BLANKS = (None, "", " ", "\t\n", "\u00a0", "\u2003")


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("name", OPTIONAL)
def test_a_blank_detail_of_a_person_is_not_there(name: str, blank: Any) -> None:
    said = recorded(people=[person(**{name: blank})])
    assert getattr(read(said).people[0], name) == ("en" if name == "language" else None)
    assert left_out(said) == []


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("name", [
    "incident_reference", "home_office_code", "occurred_from", "occurred_to", "summary", "flags",
    "service_level", "officer", "time_precision",
])
def test_a_blank_detail_of_a_crime_is_not_there(name: str, blank: Any) -> None:
    data = read(recorded(**{name: blank}))
    assert getattr(data, name) == {"flags": [], "service_level": "standard"}.get(name)
    assert data.left_out == ()


@pytest.mark.parametrize("blank", BLANKS)
def test_blank_parts_of_names_officers_and_safe_contact_are_not_there(blank: Any) -> None:
    who = one(name={"given": blank, "family": "Khan"},
              safe_contact={"channels": ["email", blank], "silent": blank, "words": blank,
                            "not_before": blank, "review_on": blank})
    assert who.name.given is None
    assert (who.safe_contact.channels, who.safe_contact.silent) == (["email"], False)
    found = read(allocated(officer=officer(unit=blank, email=blank, rest_days_until=blank)))
    assert (found.officer.unit, found.officer.email, found.left_out) == (None, None, ())


@pytest.mark.parametrize("name", ["datacontenttype", "sequence", "dataschema", "traceparent"])
@pytest.mark.parametrize("unset", BLANKS)
def test_null_and_blanks_in_the_envelope_are_unset(name: str, unset: Any) -> None:
    found = read_envelope({**recorded(), name: unset})
    assert (found.datacontenttype, found.sequence) == ("application/json", "")


@pytest.mark.parametrize("name", ["id", "source", "type", "time", "subject", "data", "specversion"])
def test_null_where_something_is_needed_is_missing(name: str) -> None:
    with pytest.raises(NotUnderstood, match=f"/{name}: is missing"):
        read_envelope({**recorded(), name: None})


@pytest.mark.parametrize(("said", "pointer"), [
    (recorded(crime_type=""), "/data/crime_type"),
    (recorded(people=None), "/data/people"),
    (recorded(people=[person(role=" ")]), "/data/people/0/role"),
    (event("message.sent", officer=officer(), text="Hello", to=" "), "/data/to"),
])
def test_blank_where_something_is_needed_waits(said: dict[str, Any], pointer: str) -> None:
    """Also whom a message is for: left out, everybody would read it."""
    with pytest.raises(NotUnderstood) as waits:
        read(said)
    assert waits.value.pointer == pointer


@pytest.mark.parametrize("name", ["flags", "service_level"])
def test_null_does_not_take_back_what_keeps_somebody_safe(name: str) -> None:
    assert read(event("crime.amended", **{name: None})).model_fields_set == set()
    said = read(event(AMENDED, person=person(safe_contact=None), removed=None))
    assert "safe_contact" not in said.person.model_fields_set
    assert said.removed is None


@pytest.mark.parametrize("name", ["email", "phone", "postcode", "date_of_birth", "organisation"])
def test_a_detail_that_is_null_or_blank_in_later_news_is_emptied(name: str) -> None:
    for unset in (None, ""):
        said = read(event(AMENDED, person=person(**{name: unset}))).person
        assert name in said.model_fields_set and getattr(said, name) is None


# --- left out -----------------------------------------------------------------------------------

UNUSABLE = {
    "email": ("none", "amina@", "a@b@c.example", "o’brien@example.com", "ada..b@example.com", 7, [],
              "a" * 65 + "@example.com", "amina@example.com; b@example.com", "Amina <a@example.com> (old)"),
    "phone": ("none", "n/a", "-", {"home": "1"}, True, "\x00"),
    "postcode": ("---", "?", "no fixed abode, in Watford", ["WD17"], "WD17\n1AA", "NFA", "Unknown",
                 "not known", "N.F.A."),
    "date_of_birth": ("07/05/1980", "1980", 19800507, "1980-02-30", "3026-01-01", "unknown",
                      "1900-01-01", "1899-12-30", "1904-01-01", "0001-01-01",
                      "1980-05-06T23:00:00Z"),
    "language": (7, ["cy"], {"code": "cy"}),
    "organisation": (["Ltd"], "x" * 501, "a\x1bb"),
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in UNUSABLE.items() for v in vs])
def test_a_detail_that_cannot_be_used_is_left_out_and_the_rest_counts(name: str, value: Any) -> None:
    said = recorded(people=[person(1), person(2, **{name: value})])
    data = read(said)
    (missing,) = data.left_out
    assert (missing.pointer, missing.person) == (f"/data/people/1/{name}", "P2")
    assert missing.field == name
    assert getattr(data.people[1], name) == ("en" if name == "language" else None)
    assert data.people[0].email == "amina1@example.com"


@pytest.mark.parametrize(("said", "pointers"), [
    (recorded(incident_reference=["1"], occurred_from="yesterday"),
     ["/data/incident_reference", "/data/occurred_from"]),
    (recorded(officer=officer(name=None)), ["/data/officer"]),
    (recorded(officer="PC 1234"), ["/data/officer"]),
    (recorded(officer={"name": "Sam", "unit": ["CID"], "email": "x"}), ["/data/officer"]),
    (recorded(officer={"id": "O1", "name": "a\x1bb", "rest_days_until": "soon"}), ["/data/officer"]),
    (event("crime.amended", officer=officer(id=None, unit=7.5), summary=[]),
     ["/data/officer", "/data/summary"]),
    (recorded(summary="It\x1bs a bicycle"), ["/data/summary"]),
    (recorded(summary=["A bicycle"]), ["/data/summary"]),
    (event("crime.amended", summary={"text": "A bicycle"}), ["/data/summary"]),
    (recorded(time_precision="year"), ["/data/time_precision"]),
    (event("crime.progress", text="News", time_precision=7), ["/data/time_precision"]),
    (recorded(officer=officer(unit=["CID"], email="x")), ["/data/officer/unit", "/data/officer/email"]),
    (recorded(people=[person(name={"given": ["A"], "family": "Khan"})]),
     ["/data/people/0/name/given"]),
    (recorded(people=[person(safe_contact={"review_on": "in May"})]),
     ["/data/people/0/safe_contact/review_on"]),
    (event("crime.progress", text="News", next_update_by="next week"), ["/data/next_update_by"]),
    (event("crime.outcome", outcome="18", received_at="today"), ["/data/received_at"]),
    (event("message.sent", officer=officer(), text="Hello", in_reply_to=[]), ["/data/in_reply_to"]),
])
def test_every_optional_detail_can_be_left_out(said: dict[str, Any], pointers: list[str]) -> None:
    assert sorted(left_out(said)) == sorted(pointers)


@pytest.mark.parametrize(("said", "shown"), [
    ("year", "month"), (7, "month"), ([], "month"), ("hour", None), (" Minute", None), ("DAY", "day"),
])
def test_where_it_is_not_understood_how_exact_a_time_is_no_day_is_made_up(said: Any, shown: Any) -> None:
    assert read(recorded(time_precision=said)).time_precision == shown


def test_of_a_detail_with_parts_the_part_at_fault_is_named() -> None:
    (missing,) = read(recorded(officer=officer(name=None))).left_out
    assert str(missing) == "left out /data/officer: name is missing"


def test_an_email_that_cannot_be_used_takes_the_place_of_the_old_one_and_a_birthday_does_not() -> None:
    """The record system no longer has the old address: whoever reads it now may be somebody else."""
    said = read(event(AMENDED, person=person(email="none", date_of_birth="none"))).person
    assert "email" in said.model_fields_set and said.email is None
    assert "date_of_birth" not in said.model_fields_set


@pytest.mark.parametrize("value", ["Zebedee@", ["Zebedee"], {"Zebedee": 1}, "Zebedee" * 100, "\x1bZebedee"])
@pytest.mark.parametrize("name", [
    "email", "phone", "postcode", "date_of_birth", "organisation", "role", "name", "safe_contact", "id",
])
def test_no_reason_repeats_what_was_sent(name: str, value: Any) -> None:
    try:
        said = "".join(map(str, read(recorded(people=[person(**{name: value})])).left_out))
    except NotUnderstood as waits:
        said = waits.reason
    assert said or name in ("phone", "postcode", "organisation", "id")
    assert "Zebedee" not in said


# --- names ---------------------------------------------------------------------------------------

ONE_NAME = ({"given": "Amina"}, {"given": "Amina", "family": None}, {"given": "Amina", "family": ""},
            {"given": " Amina ", "family": " "})
NO_NAME: tuple[Any, ...] = (
    "Amina Khan", {"first": "Amina", "last": "Khan"}, {"given": None, "family": ""}, {"family": ["Khan"]},
    {"given": "Amina", "family": {"now": "Khan"}}, ["Amina", "Khan"], 7, True, {}, None, "", "\x1b",
    {"family": "x" * 501},
)


@pytest.mark.parametrize("name", ONE_NAME)
def test_who_has_one_name_only_needs_no_family_name(name: dict[str, Any]) -> None:
    said = recorded(people=[person(1), person(2, name=name)])
    who = read(said).people[1].name
    assert (who.given, who.family) == ("Amina", None)
    assert left_out(said) == []


@pytest.mark.parametrize("name", NO_NAME, ids=range(len(NO_NAME)))
def test_a_name_that_cannot_be_used_keeps_the_crime_from_nobody(name: Any) -> None:
    """Neither from whoever has it, nor from the others; also not the name that is not there at all."""
    said = recorded(people=[person(1), person(2, name=name)])
    data = read(said)
    (missing,) = data.left_out
    assert (missing.pointer, missing.person, missing.field) == ("/data/people/1/name", "P2", "name")
    assert (data.people[1].name.given, data.people[1].name.family) == (None, None)
    assert data.people[0].name.family == "Khan"
    nameless = person(2)
    nameless.pop("name")
    assert left_out(recorded(people=[nameless])) == ["/data/people/0/name"]


# --- safety -------------------------------------------------------------------------------------

FULL_WIDTH = {"ｒｅｍｏｖｅｄ": True}  # as a keyword, Python would make it plain
OUT_OF_PLACE: dict[str, tuple[dict[str, Any], str]] = {
    "removed in a person of a crime": (
        recorded(people=[person(removed=True)]), "/data/people/0/removed"),
    "removed in the person of an amendment": (
        event(AMENDED, person=person(removed=True)), "/data/person/removed"),
    "in capitals": (event(AMENDED, person=person(), Removed=True), "/data/Removed"),
    "shouted": (event(AMENDED, person=person(), REMOVED=True), "/data/REMOVED"),
    "with a slip": (event(AMENDED, person=person(), remved=True), "/data/remved"),
    "as is_removed": (event(AMENDED, person=person(), is_removed=True), "/data/is_removed"),
    "in full-width letters": (
        event(AMENDED, person=person(), **FULL_WIDTH), "/data/ｒｅｍｏｖｅｄ"),
    "removed in a name": (
        recorded(people=[person(name={"family": "Khan", "removed": True})]),
        "/data/people/0/name/removed"),
    "removed in another type": (event("crime.progress", text="x", removed=True), "/data/removed"),
    "silent beside safe_contact": (recorded(people=[person(silent=True)]), "/data/people/0/silent"),
    "silent in data": (event(AMENDED, person=person(), silent=True), "/data/silent"),
    "Silent in safe_contact": (
        recorded(people=[person(safe_contact={"Silent": True})]),
        "/data/people/0/safe_contact/Silent"),
    "hours in another spelling": (
        recorded(people=[person(safe_contact={"notBefore": "10:00"})]),
        "/data/people/0/safe_contact/notBefore"),
    "safeContact": (
        recorded(people=[person(safeContact={"silent": True})]), "/data/people/0/safeContact"),
    "safe_contact of a crime": (recorded(safe_contact={"silent": True}), "/data/safe_contact"),
    "flags of a person": (recorded(people=[person(flags=["x"])]), "/data/people/0/flags"),
    "flag": (recorded(flag="domestic-abuse"), "/data/flag"),
    "flags in another type": (event("crime.progress", text="x", flags=["x"]), "/data/flags"),
    "silence of an officer": (allocated(officer=officer(silent=True)), "/data/officer/silent"),
    "Role": (recorded(people=[person(Role="victim")]), "/data/people/0/Role"),
    "in something unknown": (recorded(extra=[{"more": {"silent": True}}]), "/data/extra/0/more/silent"),
}


@pytest.mark.parametrize("name", OUT_OF_PLACE)
def test_a_word_of_safety_where_it_means_nothing_waits(name: str) -> None:
    said, pointer = OUT_OF_PLACE[name]
    with pytest.raises(NotUnderstood) as waits:
        read(said)
    assert waits.value.pointer == pointer
    assert "field of safety" in waits.value.reason


@pytest.mark.parametrize(("said", "pointer"), [
    (event(AMENDED, person=person(), removed="true"), "/data/removed"),
    (event(AMENDED, person=person(), removed=1), "/data/removed"),
    (event(AMENDED, person=person(), removed=[True]), "/data/removed"),
    (recorded(people=[person(safe_contact={"silent": "Y"})]), "/data/people/0/safe_contact/silent"),
    (recorded(people=[person(safe_contact={"silent": 1})]), "/data/people/0/safe_contact/silent"),
    (recorded(people=[person(safe_contact=True)]), "/data/people/0/safe_contact"),
    (recorded(people=[person(safe_contact="never")]), "/data/people/0/safe_contact"),
    (recorded(people=[person(safe_contact={"channels": ["pigeon"]})]),
     "/data/people/0/safe_contact/channels/0"),
    (recorded(people=[person(safe_contact={"not_before": "late"})]),
     "/data/people/0/safe_contact/not_before"),
    (recorded(flags={"domestic-abuse": True}), "/data/flags"),
    (recorded(flags=[["domestic-abuse"]]), "/data/flags/0"),
    (recorded(people=[person(role="witness")]), "/data/people/0/role"),
    (recorded(service_level="gold"), "/data/service_level"),
])
def test_a_field_of_safety_that_is_not_understood_is_never_left_out(
    said: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(NotUnderstood) as waits:
        read(said)
    assert waits.value.pointer == pointer


def test_what_is_unset_or_only_resembles_a_word_of_safety_stands_nowhere_in_the_way() -> None:
    more = {"rule": 1, "client": 2, "roll": 3, "silence_fee": None, "relevant": True, "rolex": "",
            "local": 1, "contact": 2, "safety": 3, "channel": 4}
    assert read(recorded(removed=None, people=[person(silent=None, flags="", **more)], **more))
    assert [word for word in more if like_safety(word) and more[word]] == []
