"""Safe contact value by value: what holds, what is looser, when a letter may go, and how it is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from core.cases import safe_contact
from core.cases.safe_contact import (
    CHANNELS,
    Effective,
    SafeContact,
    kind,
    loosens,
    minutes,
    safer_of,
)
from core.notices.letters import Withhold, ask_safe_contact
from plugins.your_account import contact_words, forms

NOW = datetime(2024, 1, 10, 12, tzinfo=UTC)  # in winter, so that London has the hours of UTC
TODAY = date(2024, 1, 10)
Safe = dict[str, Any]


SAFER: list[tuple[Safe, Safe, Safe]] = [
    ({}, {}, {}), ({"silent": True}, {}, {"silent": True}), ({}, {"silent": True}, {"silent": True}),
    ({"channels": ["sms", "email"]}, {}, {"channels": ["sms", "email"]}),
    ({}, {"channels": ["post"]}, {"channels": ["post"]}),
    ({"channels": ["sms", "email", "post"]}, {"channels": ["post", "sms"]}, {"channels": ["sms", "post"]}),
    ({"channels": ["sms"]}, {"channels": ["email"]}, {"channels": []}),
    ({"channels": []}, {"channels": ["email"]}, {"channels": []}),
    ({"words": "named"}, {}, {"words": "named"}), ({}, {"words": "NAMED "}, {"words": "named"}),
    ({"words": "named"}, {"words": "neutral"}, {"words": "discreet"}),
    ({"words": "neutral"}, {"words": "named"}, {"words": "discreet"}),
    ({"words": "x"}, {}, {"words": "discreet"}),
    ({"not_before": time(9), "not_after": time(17)}, {}, {"not_before": time(9), "not_after": time(17)}),
    ({}, {"not_before": time(9), "not_after": time(17)},
     {"also_not_before": time(9), "also_not_after": time(17)}),
    ({"not_before": time(9)}, {"not_after": time(17)}, {"not_before": time(9), "also_not_after": time(17)}),
    ({"review_on": date(2024, 5, 1)}, {"review_on": date(2024, 4, 1)}, {"review_on": date(2024, 4, 1)}),
    ({"review_on": date(2024, 3, 1)}, {"review_on": date(2024, 4, 1)}, {"review_on": date(2024, 3, 1)}),
    ({}, {"review_on": date(2024, 4, 1)}, {"review_on": date(2024, 4, 1)}),
]


@pytest.mark.parametrize(("record", "chosen", "holds"), SAFER, ids=range(len(SAFER)))
def test_the_safer_of_the_record_and_the_choice_holds(record: Safe, chosen: Safe, holds: Safe) -> None:
    assert safer_of(SafeContact(**record), SafeContact(**chosen)) == Effective(**holds)


def test_a_person_has_what_is_kept_of_both_and_nothing_is_nothing() -> None:
    class Row:
        safe_contact, chosen_contact = '{"silent": true}', None

    assert safe_contact.of_person(Row).silent is True
    Row.safe_contact, Row.chosen_contact = "", '{"channels": ["sms"]}'  # type: ignore[assignment]
    assert safe_contact.of_person(Row) == Effective(channels=["sms"])


@pytest.mark.parametrize(("words", "which"), [
    (None, None), ("", None), ("named", "named"), (" Named ", "named"), ("neutral", "discreet"),
    (" ", "discreet")])
def test_any_words_but_named_ask_for_the_discreet_kind(words: str | None, which: str | None) -> None:
    assert kind(words) == which


LOOSER: list[tuple[Safe, Safe, bool]] = [
    ({}, {}, False), ({"silent": True}, {}, True), ({}, {"silent": True}, False),
    ({"silent": True}, {"silent": True}, False), ({"channels": ["email"]}, {}, True),
    ({}, {"channels": ["email"]}, False), ({"channels": ["email"]}, {"channels": ["email", "sms"]}, True),
    ({"channels": ["email", "sms"]}, {"channels": ["sms"]}, False), ({}, {"channels": list(CHANNELS)}, False),
    ({"channels": []}, {"channels": ["post"]}, True), ({"channels": ["post"]}, {"channels": []}, False),
    ({"words": "x"}, {}, True), ({"words": "x"}, {"words": "named"}, True), ({}, {"words": "named"}, True),
    ({"words": "named"}, {}, False), ({"words": "named"}, {"words": "x"}, False), ({}, {"words": "x"}, False),
    ({"words": "x"}, {"words": "y"}, False),
    ({"not_before": time(9), "not_after": time(17)}, {}, True),
    ({}, {"not_before": time(9), "not_after": time(17)}, False),
    ({"not_before": time(9), "not_after": time(17)}, {"not_before": time(9), "not_after": time(17, 1)}, True),
    ({"not_before": time(9), "not_after": time(17)}, {"not_before": time(8, 59), "not_after": time(17)},
     True),
    ({"not_before": time(9), "not_after": time(17)}, {"not_before": time(10), "not_after": time(16)}, False),
    ({"not_before": time(22), "not_after": time(6)}, {"not_before": time(23), "not_after": time(5)}, False),
    ({"not_before": time(22), "not_after": time(6)}, {"not_before": time(5), "not_after": time(23)}, True)]


@pytest.mark.parametrize(("before", "after", "looser"), LOOSER, ids=range(len(LOOSER)))
def test_what_lets_anything_more_through_is_looser(before: Safe, after: Safe, looser: bool) -> None:
    assert loosens(SafeContact(**before), SafeContact(**after)) is looser


@pytest.mark.parametrize(("window", "expected"), [
    ({}, set(range(1440))), ({"not_before": time(23, 58)}, {1438, 1439}), ({"not_after": time(0, 1)}, {0, 1}),
    ({"not_before": time(9), "not_after": time(9, 2)}, {540, 541, 542}),
    ({"not_before": time(9), "not_after": time(9)}, {540}),
    ({"not_before": time(23, 59), "not_after": time(0, 1)}, {1439, 0, 1})])
def test_the_minutes_of_a_window_count_both_ends(window: Safe, expected: set[int]) -> None:
    assert minutes(SafeContact(**window)) == expected


OPENINGS: list[tuple[Safe, str, bool, str | None]] = [
    ({}, "12:00", True, "0 12:00"),
    ({"not_before": time(13)}, "12:00", False, "0 13:00"),
    ({"not_after": time(11)}, "12:00", False, "1 00:00"),
    ({"not_before": time(9), "not_after": time(17), "also_not_before": time(14)}, "12:00", False, "0 14:00"),
    ({"not_before": time(9), "not_after": time(17), "also_not_before": time(14)}, "18:00", False, "1 14:00"),
    ({"not_before": time(14), "also_not_before": time(9), "also_not_after": time(15)}, "12:00", False,
     "0 14:00"),
    ({"not_before": time(9), "not_after": time(10), "also_not_before": time(11), "also_not_after": time(12)},
     "10:30", False, None),
    ({"also_not_before": time(13)}, "12:00", False, "0 13:00"),
    ({"not_before": time(9), "not_after": time(12), "also_not_before": time(12), "also_not_after": time(13)},
     "12:00", True, "0 12:00"),
]


@pytest.mark.parametrize(("safe", "now", "open_", "opens"), OPENINGS, ids=range(len(OPENINGS)))
def test_a_letter_waits_for_the_first_moment_that_is_safe_by_both(
    safe: Safe, now: str, open_: bool, opens: str | None
) -> None:
    moment = datetime.combine(TODAY, time.fromisoformat(now), UTC)
    found = Effective(**safe)
    assert found.is_open(moment) is open_
    expected = None
    if opens:
        days, hour = opens.split()
        expected = datetime.combine(TODAY + timedelta(days=int(days)), time.fromisoformat(hour), UTC)
    assert found.next_opening(moment) == expected


ASKED: list[tuple[str | None, Safe, dict[str, Any], str | None, datetime | None]] = [
    ("a@x.org", {}, {}, None, None),
    ("a@x.org", {"silent": True}, {"code": True}, "never to be contacted", None),
    ("a@x.org", {"channels": ["email"]}, {}, None, None),
    ("a@x.org", {"channels": ["sms"]}, {}, "email is not a safe channel", None),
    ("a@x.org", {"channels": []}, {}, "email is not a safe channel", None),
    ("07", {"channels": ["sms"]}, {"channel": "sms"}, None, None),
    ("07", {"channels": ["email"]}, {"channel": "sms"}, "text is not a safe channel", None),
    (None, {}, {}, "no email on the record", None), ("", {}, {}, "no email on the record", None),
    (None, {}, {"channel": "sms"}, "no number on the record that texts may go to", None),
    ("a@x.org", {"not_before": time(13)}, {}, "outside safe hours", NOW + timedelta(hours=1)),
    ("a@x.org", {"not_before": time(13)}, {"code": True}, None, None),
    ("a@x.org", {"not_before": time(9), "not_after": time(10), "also_not_before": time(11),
                 "also_not_after": time(11, 30)}, {}, "never meet", None),
]


@pytest.mark.parametrize(("to", "safe", "how", "why", "until"), ASKED, ids=range(len(ASKED)))
def test_whether_it_is_safe_to_write_now(
    to: str | None, safe: Safe, how: dict[str, Any], why: str | None, until: datetime | None
) -> None:
    asked = {"now": NOW, "code": False, **how}
    if why is None:
        ask_safe_contact(to, Effective(**safe), **asked)
        return
    with pytest.raises(Withhold, match=why) as found:
        ask_safe_contact(to, Effective(**safe), **asked)
    assert found.value.until == until


# --- in words, and as it is typed ---------------------------------------------------------------

SAID: list[tuple[Safe, dict[str, str]]] = [
    ({}, {"Contact": "Any way", "Hours": "Any time", "Emails": "The usual ones for the report"}),
    ({"silent": True, "channels": ["email"]}, {"Contact": "None at all"}),
    ({"channels": ["email", "post"], "words": "NAMED ", "not_before": time(9)},
     {"Contact": "email, letter", "Hours": "from 09:00 to 23:59",
      "Emails": "Say that they are from the police"}),
    ({"channels": [], "words": "x", "not_after": time(17), "also_not_before": time(8)},
     {"Contact": "None at all", "Hours": "from 00:00 to 17:00, and only from 08:00 to 23:59",
      "Emails": "Do not mention the police"}),
    ({"not_before": time(9), "not_after": time(17), "also_not_before": time(9), "also_not_after": time(17)},
     {"Contact": "Any way", "Hours": "from 09:00 to 17:00", "Emails": "The usual ones for the report"}),
    ({"review_on": TODAY},
     {"Contact": "Any way", "Hours": "Any time", "Emails": "The usual ones for the report",
                            "Look at this again": "10 January 2024 – that day has come"}),
    ({"review_on": TODAY + timedelta(days=1)}, {
        "Contact": "Any way", "Hours": "Any time", "Emails": "The usual ones for the report",
        "Look at this again": "11 January 2024"}),
]


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("safe", "words"), SAID, ids=range(len(SAID)))
def test_safe_contact_is_said_in_words(safe: Safe, words: dict[str, str]) -> None:
    assert {str(what): str(how) for what, how in contact_words.rows(Effective(**safe))} == words


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("contact", "value", "shown"), [
    ("email", "amina@example.com", "a•••@example.com"), ("email", None, "None on your report"),
    ("phone", "07700 900 982", "••• 982"), ("phone", "", "None on your report"), ("email", "@x", "•••@x")])
def test_a_contact_is_shown_in_part(contact: str, value: str | None, shown: str) -> None:
    assert contact_words.masked(contact, value) == shown


def typed(**more: Any) -> dict[str, Any]:
    return {"silent": "no", "channels": list(CHANNELS), "not_before": "", "not_after": "", "words": "",
            "review": "", "language": "", **more}


KEPT = date(2023, 1, 1)
TYPED: list[tuple[dict[str, Any], Safe, str | None]] = [
    ({}, {}, None), ({"silent": "yes", "channels": []}, {"silent": True, "channels": []}, None),
    ({"channels": ["post", "email"]}, {"channels": ["email", "post"]}, None),
    ({"channels": ["email", "fax"]}, {"channels": ["email"]}, None),
    ({"not_before": "09:00", "not_after": "17:30"}, {"not_before": time(9), "not_after": time(17, 30)}, None),
    ({"words": "discreet", "language": "cy"}, {"words": "discreet"}, "cy"),
    ({"words": "named", "language": "fr"}, {"words": "named"}, None), ({"language": "en"}, {}, "en"),
    ({"review": "keep"}, {"review_on": KEPT}, None),
    ({"review": "1"}, {"review_on": TODAY + timedelta(30)}, None),
    ({"review": "3"}, {"review_on": TODAY + timedelta(90)}, None),
    ({"review": "6"}, {"review_on": TODAY + timedelta(180)}, None),
    ({"review": "12"}, {"review_on": TODAY + timedelta(360)}, None), ({"review": "2"}, {}, None)]


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("given", "kept", "language"), TYPED, ids=range(len(TYPED)))
def test_a_choice_is_kept_as_it_was_made(given: dict[str, Any], kept: Safe, language: str | None) -> None:
    form = forms.SafeContactForm(typed(**given))
    assert form.validate() and form.errors == {}
    assert form.chosen(SafeContact(review_on=KEPT)) == forms.Chosen(SafeContact(**kept), language)


SLIPS: list[tuple[dict[str, Any], set[str]]] = [
    ({"silent": ""}, {"silent"}), ({"channels": []}, {"channels"}), ({"channels": ["fax"]}, {"channels"}),
    ({"not_before": "09:00"}, {"not_before"}), ({"not_after": "09:00"}, {"not_before"}),
    ({"not_before": "09:00", "not_after": "09:00"}, {"not_before"}),
    ({"not_before": "9 o'clock", "not_after": "10:00"}, {"not_before"}), ({"words": "rude"}, {"words"}),
    ({"silent": "maybe", "channels": [], "not_before": "09:00", "words": "x"},
     {"silent", "channels", "not_before", "words"})]


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("given", "fields"), SLIPS, ids=range(len(SLIPS)))
def test_each_slip_is_told_at_its_field(given: dict[str, Any], fields: set[str]) -> None:
    form = forms.SafeContactForm(typed(**given))
    assert (form.validate(), set(form.errors)) == (False, fields)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("kept", [
    {}, {"silent": True}, {"channels": ["sms"]}, {"not_before": time(9), "not_after": time(10, 30)},
    {"words": "discreet", "review_on": KEPT}, {"words": "named"}])
@pytest.mark.parametrize("language", [None, "cy"])
def test_a_choice_is_shown_as_it_is_kept_and_sending_it_again_changes_nothing(
    kept: Safe, language: str | None
) -> None:
    before = SafeContact(**kept)
    again = forms.shown_contact(before, language)
    form = forms.SafeContactForm(again)
    assert (form.validate(), form.errors, form.chosen(before)) == (True, {}, forms.Chosen(before, language))
    sent = MultiDict([(name, value) for name, value in again.items() if name != "channels"]
                     + [("channels", one) for one in again["channels"]])
    assert forms.SafeContactForm(sent).data == forms.SafeContactForm(**again).data == again


def test_every_half_hour_can_be_chosen_and_what_is_kept_too() -> None:
    assert len(forms.HALF_HOURS) == 48
    assert (forms.HALF_HOURS[0], forms.HALF_HOURS[1], forms.HALF_HOURS[-1]) == ("00:00", "00:30", "23:30")
    form = forms.SafeContactForm(not_before="09:10", not_after="09:00")
    assert form.hours() == sorted({*forms.HALF_HOURS, "09:10"})
    assert forms.SafeContactForm().hours() == sorted(forms.HALF_HOURS)


@pytest.mark.usefixtures("english")
def test_a_slip_of_a_contact_names_what_is_wanted() -> None:
    assert "email address" in forms.contact_problem("email")
    assert "phone number" in forms.contact_problem("phone")
