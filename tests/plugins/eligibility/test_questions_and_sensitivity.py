"""What needs care, what is counted of questions, and what the answer to a question says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from core.base import clock
from core.force.eligibility import eligibility, is_sensitive, is_sensitive_flag, why_not_shown
from core.force.file.reading import build_force
from core.plugin_host.host import the_force
from core.storage.db import db, force_scope
from plugins.eligibility import counting, questions
from plugins.eligibility.forms import QuestionForm
from plugins.eligibility.questions import IN_PERSON, Question
from tests.conftest import HERTS
from tests.core.force.force_texts import GOOD

TODAY = date(2024, 6, 12)
NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FORCE = build_force(GOOD)


@pytest.mark.parametrize(("flag", "sensitive"), [
    ("online", False), ("Online", False), (" online ", False), ("domestic-abuse", True),
    ("Domestic_Abuse", True),
    ("domestic abuse", True), ("never-heard-of", True), ("knife-crime", False), ("knife_crime", False)])
def test_a_flag_is_known_however_it_is_written_and_an_unknown_one_needs_care(flag: str,
    sensitive: bool) -> None:
    assert is_sensitive_flag(flag) is sensitive


@pytest.mark.parametrize(("kind", "service", "flags", "sensitive"), [
    ("bicycle-theft", "standard", None, False), ("bicycle-theft", "standard", [], False),
    ("bicycle-theft", "standard", ["online"], False), ("bicycle-theft", "enhanced", [], True),
    ("bicycle-theft", "standard", ["online", "domestic-abuse"], True), ("rape", "standard", [], True),
    ("no-longer-there", "standard", [], True)])
def test_each_mark_of_a_case_alone_asks_for_care(
    kind: str, service: str, flags: list[str] | None, sensitive: bool
) -> None:
    assert is_sensitive(FORCE, kind, service, flags) is sensitive


def test_each_reason_is_told_to_staff_in_words_of_its_own() -> None:
    reasons = ("sensitive_flag", "sensitive_crime_type", "not_open_yet", "district_not_covered",
               "crime_type_not_covered", "closed", "unknown_district")
    assert len({str(why_not_shown(one)) for one in reasons}) == len(reasons)
    assert str(why_not_shown("unknown_district")) == str(why_not_shown("unknown_crime_type"))


@pytest.mark.parametrize(("on", "reason", "opens"), [
    (date(2016, 3, 31), "not_open_yet", date(2016, 4, 1)), (date(2016, 4, 1), "offered", None)])
@pytest.mark.usefixtures("english")
def test_the_first_day_of_a_phase_is_said(on: date, reason: str, opens: date | None) -> None:
    found = eligibility(FORCE, "north-side", "bicycle-theft", (), on)
    assert (found.reason, found.opens_on, found.offered) == (reason, opens, reason == "offered")
    if opens:
        assert "1 April 2016" in str(found.text)


# --- questions ----------------------------------------------------------------------------------


def asked(**more: str) -> dict[str, str]:
    return {"kind": "bicycle-theft", "district": "north-side", **more}


def on(day: str, month: str, year: str) -> dict[str, str]:
    return asked(**{"reported-day": day, "reported-month": month, "reported-year": year})


READ: list[tuple[dict[str, str], Question | None, set[str]]] = [
    (asked(), Question("bicycle-theft", "north-side", TODAY), set()),
    (asked(flagged="yes"), Question("bicycle-theft", "north-side", TODAY, True), set()),
    (asked(flagged="no"), Question("bicycle-theft", "north-side", TODAY), set()),
    (asked(kind="other", district="other"), Question("other", "other", TODAY), set()),
    (asked(kind=IN_PERSON), Question(IN_PERSON, "north-side", TODAY), set()),
    (asked(district=IN_PERSON), None, {"district"}), (asked(kind="x"), None, {"kind"}),
    (asked(kind="", district=""), None, {"kind", "district"}),
    (on("12", "6", "2024"), Question("bicycle-theft", "north-side", TODAY), set()),
    (on(" 1 ", "1", "1900"), Question("bicycle-theft", "north-side", date(1900, 1, 1)), set()),
    (on(" ", "", "  "), Question("bicycle-theft", "north-side", TODAY), set()),
    (on("31", "12", "1899"), None, {"reported"}), (on("13", "6", "2024"), None, {"reported"}),
    (on("31", "6", "2024"), None, {"reported"}), (on("", "6", "2024"), None, {"reported"}),
    (on("1", "6", ""), None, {"reported"}), (on("1", "", "2024"), None, {"reported"}),
    (on("x", "6", "2024"), None, {"reported"}), (on("1", "6", "02024"), None, {"reported"}),
    (on("١", "6", "2024"), Question("bicycle-theft", "north-side", date(2024, 6, 1)), set())]


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("args", "question", "fields"), READ, ids=range(len(READ)))
def test_a_question_is_read_or_each_slip_is_told(
    args: dict[str, str], question: Question | None, fields: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{QuestionForm.__module__}.the_force", lambda: FORCE)
    form = QuestionForm(args)
    assert (form.validate(), set(form.errors)) == (not fields, fields)
    assert question is None or form.question == question


@pytest.mark.parametrize(("args", "was"), [
    ({}, False), ({"kind": ""}, True), ({"district": "x"}, True), ({"lang": "cy"}, False)])
def test_a_page_without_a_question_has_no_slip(args: dict[str, str], was: bool) -> None:
    assert QuestionForm(args).was_asked is was


ANSWERS: list[tuple[Question, date, str, str, bool]] = [
    (Question("bicycle-theft", "north-side", date(2016, 6, 1)), TODAY, "offered", "Yes, you can", False),
    (Question("bicycle-theft", "north-side", date(2016, 6, 1), True), TODAY, "sensitive_flag",
     "An officer", True),
    (Question(IN_PERSON, "north-side", date(2016, 6, 1)), TODAY, "sensitive_flag", "An officer", True),
    (Question("rape", "north-side", date(2016, 6, 1)), TODAY, "sensitive_crime_type", "An officer", True),
    (Question("bicycle-theft", "north-side", date(2016, 3, 1)), date(2016, 3, 1), "not_open_yet",
     "Not yet", False),
    (Question("bicycle-theft", "north-side", date(2016, 3, 1)), date(2016, 4, 1), "not_open_yet",
     "No, you", False),
    (Question("other", "north-side", date(2016, 6, 1)), TODAY, "unknown_crime_type", "We cannot tell", False),
    (Question("bicycle-theft", "other", date(2016, 6, 1)), TODAY, "unknown_district", "We cannot tell",
     False),
    (Question("shoplifting", "north-side", date(2016, 6, 1)), TODAY, "crime_type_not_covered", "No, you",
     False)]


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("question", "today", "reason", "title", "in_person"), ANSWERS,
    ids=range(len(ANSWERS)))
def test_the_answer_is_called_what_it_is(
    question: Question, today: date, reason: str, title: str, in_person: bool
) -> None:
    found = questions.answer(FORCE, question, today)
    assert (found.eligibility.reason, found.in_person) == (reason, in_person)
    assert found.title.startswith(title)


@pytest.mark.usefixtures("english")
def test_help_for_care_tells_of_no_kind_of_crime() -> None:
    """Whatever crime that needs care is asked about, the same services are shown."""
    force = the_force()
    careful = [kind.id for kind in force.crime_types if kind.sensitive]
    district = force.districts[0].id
    shown = {questions.answer(force, Question(kind, district, TODAY), TODAY).services
             for kind in (*careful, IN_PERSON)}
    assert len(careful) > 2 and len(shown) == 1
    [services] = shown
    serving = {one for one in force.support if any(one.serves(district, kind) for kind in careful)}
    assert set(services) == serving and serving
    plain = next(kind.id for kind in force.crime_types if not kind.sensitive)
    answer = questions.answer(force, Question(plain, district, TODAY), TODAY)
    assert answer.services == force.support_for(district, plain)


@pytest.mark.usefixtures("english")
def test_help_for_care_is_that_of_the_district_and_of_crimes_that_need_care() -> None:
    served = "".join(f"""
[[support]]
id = "{name}"
name = "{name}"
phone = "0808 157 0000"
{where}
""" for name, where in (
        ("elsewhere", 'districts = ["south-side"]'), ("for-bicycles", 'crime_types = ["bicycle-theft"]'),
        ("for-care", 'crime_types = ["rape"]'), ("here", 'districts = ["north-side"]')))
    force = build_force(GOOD + served)
    for kind in ("rape", IN_PERSON):
        found = questions.answer(force, Question(kind, "north-side", date(2016, 6, 1)), TODAY)
        assert [one.id for one in found.services] == ["helpline", "for-care", "here"]
    found = questions.answer(force, Question("bicycle-theft", "north-side", date(2016, 6, 1)), TODAY)
    assert [one.id for one in found.services] == ["helpline", "for-bicycles", "here"]


# --- counting -----------------------------------------------------------------------------------


def test_a_question_is_counted_once_an_hour_for_each_browser() -> None:
    session: dict[str, Any] = {}

    def first(question: str, minutes: float) -> bool:
        with clock.travel(NOW + timedelta(minutes=minutes)):
            return counting.first_time(session, question)

    assert [first("a", 0), first("a", 1), first("b", 1), first("a", 59.9), first("a", 60),
        first("a", 61)] == [
        True, False, True, False, True, False]
    for number in range(60):
        assert first(f"more {number}", 62)
    assert len(session[counting.ASKED]) == counting.MOST_KEPT == 50
    assert session[counting.ASKED][-1][0] == "more 59"
    assert first("more 59", 63) is False


def test_counts_are_of_a_month_a_place_a_kind_and_who_asked(app: Flask) -> None:
    with app.app_context(), force_scope(HERTS):
        for at, district, kind, by in (
            (NOW, "watford", "bicycle-theft", "public"), (NOW, "watford", "bicycle-theft", "public"),
            (NOW, "watford", "bicycle-theft", "call handler"), (NOW, "stevenage", "bicycle-theft", "public"),
            (NOW - 40 * DAY, "watford", "bicycle-theft", "public"),
            (datetime(2024, 5, 31, 23, 30, tzinfo=UTC), "watford", "dog-theft", "public"),  # June in London
        ):
            with clock.travel(at):
                counting.count(district, kind, by)
        db.session.commit()
        with clock.travel(NOW):
            lines = counting.lines(the_force(), "2024-06")
            assert [(one.month, one.district, one.crime_type, one.asked_by, one.count) for one in lines] == [
                ("2024-06", "stevenage", "bicycle-theft", "public", 1),
                ("2024-06", "watford", "bicycle-theft", "call handler", 1),
                ("2024-06", "watford", "bicycle-theft", "public", 2),
                ("2024-06", "watford", "dog-theft", "public", 1)]
            assert len(counting.lines(the_force())) == 5
            assert counting.lines(the_force(), "2024-07") == []
            expected = eligibility(the_force(), "watford", "dog-theft", (), TODAY).reason
            assert lines[-1].now == expected
    assert replace(lines[-1], count=2).count == 2
