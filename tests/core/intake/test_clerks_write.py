"""What clerks write in single details: read where it can mean one thing, else left out and told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.base.phone import text_number
from core.intake.reading import like_safety
from core.testing import allocated, event, officer, person, recorded
from tests.core.intake.reading import left_out, read


def read_person(**more: Any) -> tuple[Any, list[str]]:
    """(what is kept of the one detail, which details were left out)."""
    said = recorded(people=[person(**more)])
    (name,) = more
    return getattr(read(said).people[0], name), left_out(said)


# --- birthdays -----------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [
    "1980-05-17T00:00:00Z", "1980-05-17Z", "1980-05-17T00:00:00+00:00", "1980-05-17T00:00:00.000Z",
    "19800517",
    "1980-05-17T00:00Z", "1980/05/17", "1980.05.17", "1980/5/17", "1980-5-17", "1980-05-17 00:00:00 +0000",
    "1980-05-17 00:00:00", " 19800517 ",
])
def test_a_birthday_is_read_where_the_year_stands_first(written: str) -> None:
    assert read_person(date_of_birth=written) == (date(1980, 5, 17), [])


@pytest.mark.parametrize("written", [
    "05/06/1980", "17/05/1980", "17-05-1980", "17051980", 17051980, 19800517, "1980-05-17T23:00:00Z",
    "1980-05-16T23:00:00Z", "1980-05-17T00:00:00+01:00", "1980-05-17T00:00:00-05:00", "1980-05-17T12:00:00",
    "1980/05-17", "80-05-17", "198005", "1980-17-05", "1980-02-30", "1980/517", True, 19800517.0,
    "20101910",
])
def test_a_birthday_that_could_be_another_day_is_left_out_and_told(written: Any) -> None:
    assert read_person(date_of_birth=written) == (None, ["/data/people/0/date_of_birth"])


# --- the language of letters and pages -----------------------------------------------------------


@pytest.mark.parametrize("written", [
    "cy", "cym", "wel", "Cymraeg (Welsh)", "Welsh (Cymraeg)", "Welsh/English", "cy;en", "cy, en",
    "Welsh speaker",
    "Welsh-speaking", "First language Welsh", "Cymraeg / Saesneg", "Welsh preferred", "prefers Welsh",
    "WELSH.",
    "cy-GB, en-GB", "Welsh and English", "Iaith: Cymraeg", "Speaks Welsh", "Siaradwr Cymraeg",
    "Bilingual - Welsh first",
    "English (Welsh speaker)",
])
def test_who_has_welsh_first_or_speaks_it_reads_welsh(written: str) -> None:
    assert read_person(language=written) == ("cy", [])


@pytest.mark.parametrize("written", [
    "en", "eng", "English", "English/Welsh", "en;cy", "en-GB, cy", "Saesneg", "pl", "Polish", "fr-FR",
    "zh-Hant-TW",
    "English speaker", "English (British)", "Punjabi", "British Sign Language", "BSL",
    "Polish, some English",
])
def test_other_languages_that_are_named_are_served_in_english(written: str) -> None:
    assert read_person(language=written) == ("en", [])


@pytest.mark.parametrize("written", [
    "bilingual", "Dwyieithog", "not Welsh", "no Welsh", "does not speak Welsh", "non-Welsh speaker",
    "unknown", "W",
    "?", "1", "both", "English, or Welsh speaker", "Welsh?", "N/A", "other", "Polish; Welsh",
    "doesn't speak Welsh",
    "unk", "see notes", 7,
])
def test_a_language_that_is_not_understood_is_left_out_and_told(written: Any) -> None:
    assert read_person(language=written) == ("en", ["/data/people/0/language"])


# --- contacts ------------------------------------------------------------------------------------

ADA = "ada@mail.org.uk"


@pytest.mark.parametrize("written", [
    f"MAILTO:{ADA}", f"Mailto: {ADA}", f"Ada Khan <{ADA}>", f"<{ADA}>", f'"Khan, Ada" <{ADA}>', f"{ADA};",
    f"{ADA},",
    f"{ADA}; {ADA}", f"{ADA}, ADA@mail.org.uk", f"Ada <mailto:{ADA}>", f"Email: {ADA}", f"e-mail:{ADA}.",
])
def test_an_email_is_read_out_of_what_stands_around_it(written: str) -> None:
    assert read_person(email=written) == (ADA, [])


@pytest.mark.parametrize("written", [
    f"{ADA}; bob@mail.org.uk", f"{ADA} or bob@mail.org.uk", f"{ADA} / b@mail.org.uk",
    f"{ADA} <bob@mail.org.uk>",
    f"Ada <{ADA}> Bob <bob@mail.org.uk>", f"Ada <{ADA}>, Bob <bob@mail.org.uk>", f"not {ADA}",
    f"{ADA} (old)",
    f"{ADA} ({ADA})",
])
def test_of_two_emails_or_one_beside_a_word_none_is_guessed(written: str) -> None:
    assert read_person(email=written) == (None, ["/data/people/0/email"])


@pytest.mark.parametrize("written", [
    "none@none.com", "noemail@noemail.com", "unknown@unknown.co.uk", "na@na.com", "test@test.com",
    "None@None.com",
    "no.email@no-email.co.uk", "no@no.com", "nomail@nomail.com", "xxx@xxx.com", "a@a.com",
    "noemail@gmail.com",
    "no-email@hotmail.co.uk", "notknown@police.uk", "not.provided@gmail.com", "none@gmail.com",
    "email@email.com",
    "refused@refused.com", "noreply@herts.police.uk", "NA@NA.CO.UK", "No Email <noemail@noemail.com>",
])
def test_an_address_that_says_none_gets_no_letter(written: str) -> None:
    """Somebody owns such a domain, and would read of the crime."""
    (missing,) = read(recorded(people=[person(email=written)])).left_out
    assert (missing.pointer, missing.why) == (
        "/data/people/0/email", "stands for no address, and somebody else may read there")


@pytest.mark.parametrize("written", [
    "ada@ada.wales", "smith@smith.me.uk", "info@info.org.uk", "noel@mail.com", "nona@nona.wales",
    "na@mail.org",
    "unknown.pleasures@gmail.com", "test.pilot@mail.com", "no1fan@gmail.com", "ada@none.org.uk",
    "a@mail.com",
])
def test_who_has_a_domain_of_their_own_gets_their_letters(written: str) -> None:
    assert read_person(email=written) == (written, [])


@pytest.mark.parametrize("written", [
    "07912345678 (home)", "07912 345678 mobile", "mob: 07912345678", "Tel. +44 7912 345678",
    "07912345678 (symudol)",
    "(mobile) 07912-345-678", "tel:07912345678",
])
def test_a_text_goes_to_the_number_beside_a_word_for_it(written: str) -> None:
    assert read_person(phone=written)[1] == []
    assert text_number(read_person(phone=written)[0]) == "+447912345678"


@pytest.mark.parametrize("written", [
    "07912345678 (mother)", "07912345678 do not text", "07912345678 (old)", "07912345678 (ex)",
    "07912345678 not safe",
    "07912345678 (work)", "07912345678 / 07912345679", "07912345678 ext 5",
    "07912345678 (home) 07912345679",
])
def test_no_text_goes_where_a_word_may_mean_somebody_else_or_no(written: str) -> None:
    assert text_number(read_person(phone=written)[0]) is None


# --- small things --------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [18, 18.0, "18", "018", "0018", "18.0", " 18 ", "18.00"])
def test_an_outcome_is_known_by_its_number(written: Any) -> None:
    assert read(event("crime.outcome", outcome=written)).outcome == "18"
    assert read(event("crime.outcome", outcome="01A")).outcome == "1A"
    assert read(event("crime.outcome", outcome="180")).outcome == "180"  # none: it waits to be put right


def test_the_rank_of_an_officer_may_stand_under_role_and_moved_is_no_removal() -> None:
    assert read(allocated(officer=officer(role="DC", Role="DC"))).officer.name == "Sam Officer"
    assert read(event("person.amended", person=person(moved="2024-01-01"), moved=True)).removed is None
    assert like_safety("moved") is None
    assert {like_safety(one) for one in ("remved", "isremoved", "remove")} == {"removed"}


@pytest.mark.parametrize(("written", "text", "line"), [
    ("It\x92s here", "It’s here", "It’s here"), ("\x93Yes\x94 \x96 no\x85", "“Yes” – no…", "“Yes” – no…"),
    ("one\x0btwo", "one\ntwo", "one two"), ("one\x0ctwo", "one\ntwo", "one two"), ("\x80 5", "€ 5", "€ 5"),
])
def test_signs_of_windows_and_of_word_are_read_as_they_look(written: str, text: str, line: str) -> None:
    assert read(event("crime.progress", text=written)).text == text
    assert read(event("message.sent", officer=officer(), text=written)).text == text
    assert read(recorded(summary=written)).summary == text
    assert read(recorded(people=[person(name={"family": written})])).people[0].name.family == line
    assert read(recorded(officer=officer(name=written))).officer.name == line
