"""What record systems write otherwise than we would: taken as it is meant, where it can mean one thing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from core.intake.reading import read_envelope
from core.intake.shapes import NotUnderstood
from core.testing import event, person, recorded
from tests.core.intake.reading import one, read

AMENDED = "person.amended"


@pytest.mark.parametrize(("written", "moment"), [
    ("2024-03-01 10:00:00+00:00", datetime(2024, 3, 1, 10, tzinfo=UTC)),
    ("2024-03-01t10:00:00z", datetime(2024, 3, 1, 10, tzinfo=UTC)),
    ("2024-06-01T10:00+01:00", datetime(2024, 6, 1, 9, tzinfo=UTC)),
    ("2024-06-01T10:00:00+0100", datetime(2024, 6, 1, 9, tzinfo=UTC)),
    ("2024-06-01T10:00:00+01", datetime(2024, 6, 1, 9, tzinfo=UTC)),
    ("2024-03-01T10:00:00.1234567Z", datetime(2024, 3, 1, 10, microsecond=123456, tzinfo=UTC)),
    ("2024-03-01T10:00:00,5Z", datetime(2024, 3, 1, 10, microsecond=500000, tzinfo=UTC)),
    (" 2024-03-01T10:00:00 Z ", datetime(2024, 3, 1, 10, tzinfo=UTC)),
])
def test_a_moment_with_its_zone_is_understood_however_iso_writes_it(
    written: str, moment: datetime
) -> None:
    assert read_envelope({**recorded(), "time": written}).time == moment


@pytest.mark.parametrize("written", [
    "2024-03-01T10:00:00", "2024-03-01", "01/03/2024 10:00", 1709287200, "2024-03-01T10:00:00 BST",
    "2024-03-01T25:00:00Z", "2024-13-01T10:00:00Z",
])
def test_a_moment_that_could_be_another_is_refused_and_says_what_would_be_right(written: Any) -> None:
    with pytest.raises(NotUnderstood) as refused:
        read_envelope({**recorded(), "time": written})
    assert refused.value.pointer == "/time"


@pytest.mark.parametrize("written", [
    "1980-05-17", " 1980-05-17 ", "1980-05-17T00:00:00", "1980-05-17 00:00:00.000", "1980-05-17T00:00",
])
def test_a_day_may_have_midnight_beside_it(written: str) -> None:
    assert one(date_of_birth=written).date_of_birth == date(1980, 5, 17)


@pytest.mark.parametrize(("name", "written", "kept"), [
    ("email", " ada@example.com ", "ada@example.com"),
    ("email", "ada@example.com.", "ada@example.com"),
    ("email", "mailto:ada@example.com", "ada@example.com"),
    ("phone", "tel:+447700900123", "+447700900123"),
    ("phone", 447700900123, "447700900123"),
    ("phone", "+44 (0)7700 900123", "+44 (0)7700 900123"),
    ("phone", "01438\u00a0757000   (work)", "01438 757000 (work)"),
    ("postcode", "wd171aa", "wd171aa"),
    ("id", 4711, "4711"),
    ("id", " P-1 ", "P-1"),
    ("role", "Victim", "victim"),
    ("role", "Business Contact", "business_contact"),
    ("role", "Helper", "helper"),
    ("role", "BUSINESS-CONTACT", "business_contact"),
    ("language", "en-GB", "en"),
    ("language", "cy-GB", "cy"),
    ("language", "cy_GB", "cy"),
    ("language", "CYM", "cy"),
    ("language", "Welsh", "cy"),
    ("language", "eng", "en"),
    ("language", "pl", "en"),
])
def test_a_detail_is_taken_as_it_is_meant(name: str, written: Any, kept: str) -> None:
    assert getattr(one(**{name: written}), name) == kept


def test_names_lose_double_blanks_and_come_composed() -> None:
    who = one(name={"given": " Zoe\u0308  Ann", "family": "de  la\u00a0Cruz"})
    assert (who.name.given, who.name.family) == ("Zoë Ann", "de la Cruz")


@pytest.mark.parametrize("written", [
    ["Email", "SMS"], "email, sms", "email;sms", "E-Mail | sms", ["email", "sms", None, ""],
])
def test_safe_channels_may_be_written_otherwise(written: Any) -> None:
    assert one(safe_contact={"channels": written}).safe_contact.channels == ["email", "sms"]


def test_hours_of_safe_contact_and_flags_may_be_written_otherwise() -> None:
    safe = one(safe_contact={"not_before": "09:00", "not_after": "17:30:00"}).safe_contact
    assert (safe.not_before, safe.not_after) == (time(9), time(17, 30))
    data = read(recorded(flags="domestic-abuse; hate-race,, "))
    assert data.flags == ["domestic-abuse", "hate-race"]


@pytest.mark.parametrize(("said", "name", "kept"), [
    (event("crime.outcome", outcome=18), "outcome", "18"),
    (event("crime.outcome", outcome="1a"), "outcome", "1A"),
    (event("crime.progress", stage="Suspect Action"), "stage", "suspect_action"),
    (event("crime.progress", stage="INVESTIGATING"), "stage", "investigating"),
    ({**event("suspect.released"), "data": {"kind": "Under investigation"}}, "kind",
     "under_investigation"),
    (recorded(service_level="Enhanced"), "service_level", "enhanced"),
    (recorded(incident_reference=77), "incident_reference", "77"),
    (recorded(time_precision="Day"), "time_precision", "day"),
])
def test_words_of_our_lists_are_known_in_any_case(said: dict[str, Any], name: str, kept: str) -> None:
    assert getattr(read(said), name) == kept


@pytest.mark.parametrize("more", [
    {"specversion": 1.0}, {"id": 77}, {"datacontenttype": "Application/JSON; charset=utf-8"},
    {"subject": " 41/1/24 "},
])
def test_the_envelope_is_read_kindly_too(more: dict[str, Any]) -> None:
    assert read_envelope({**recorded(), **more}).subject == "41/1/24"


@pytest.mark.parametrize("more", [
    {"sequence": 5}, {"specversion": "0.3"}, {"datacontenttype": "text/xml"}, {"id": 1.5},
])
def test_what_would_change_its_meaning_is_refused(more: dict[str, Any]) -> None:
    """A number sorts otherwise than its digits: ``sequence`` 10 would come before 9."""
    with pytest.raises(NotUnderstood) as refused:
        read_envelope({**recorded(), **more})
    assert refused.value.pointer == f"/{next(iter(more))}"


def test_somebody_listed_twice_is_one_person_and_two_people_under_one_id_are_a_fault() -> None:
    assert len(read(recorded(people=[person(), person(), person(2)])).people) == 2
    with pytest.raises(NotUnderstood, match="the same id"):
        read(recorded(people=[person(), person(name={"family": "Other"})]))
