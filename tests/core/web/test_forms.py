"""A form takes what somebody typed, says what to put right, and looks as the macros look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, current_app
from flask_babel import lazy_gettext as N_
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import PackageLoader
from wtforms.validators import AnyOf, ValidationError

from core.base import NotADay, i18n, typed_day
from core.base.templates import Templates
from core.web import forms

KINDS = [("bag", "Bag & purse"), ("bike", "Bicycle", "Also its <parts>")]


class FoundForm(forms.Form):
    """Something that was found."""

    what = forms.Line(
        "What's found", filters=[str.strip, forms.at_most(20)], autocomplete="off")
    story = forms.LongText("How it was found", maxlength=300, hint="It's read by <one> person")
    kind = forms.Choice("Which kind", [AnyOf(("bag", "bike"), "Choose which kind it is")], options=KINDS)
    place = forms.Select("Where", default=None, options=[("", "Choose one"), ("park", "Park")])
    marks = forms.Several("Marks", options=KINDS)
    day = forms.Day(
        "Which day", explain=lambda day: f"{day.slip.part} of {day.boxes['year']}", optional=True)
    form_key = forms.Key()

    def validate_what(self, field: Any) -> None:
        if not field.data:
            raise ValidationError("Say what it is")


@pytest.fixture(scope="module")
def page() -> Iterator[Flask]:
    app = Flask("core")
    app.jinja_environment = Templates
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.loader = PackageLoader("core", "web/templates")
    i18n.init_app(app)
    with app.test_request_context("/"):
        yield app


def drawn(call: str) -> str:
    name = call.partition("(")[0]
    environment: Any = current_app.jinja_env
    page = environment.in_language(i18n.words()).from_string(
        f"{{% from 'macros.html' import {name} %}}{{{{ {call} }}}}")
    return str(page.render(kinds=KINDS))


TYPED = {"what": " a 'red' <bag> ", "story": "By\n<me>", "kind": "bike", "place": "park", "marks": "bag",
         "day-day": "5", "day-month": "May", "day-year": "x"}
SAME = {
    "what": """text_input("what", "What's found" | safe, value="a 'red' <bag>", autocomplete="off")""",
    "story": """textarea_with_count("story", "How it was found", 300, value="By\n<me>",
                hint="It's read by <one> person" | safe)""",
    "kind": """radios("kind", "Which kind", (kinds[0], ("bike", "Bicycle", "Also its <parts>" | safe)),
               value="bike")""",
    "place": """select_input("place", "Where", [("", "Choose one"), ("park", "Park")], value="park")""",
    "marks": """checkboxes("marks", "Marks", (kinds[0], ("bike", "Bicycle", "Also its <parts>" | safe)),
                values=["bag"])""",
    "day": """date_input("day", "Which day", day="5", month="May", year="x", error="year of x",
              wrong=("year",))""",
}


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("name", SAME)
def test_a_field_is_drawn_as_its_macro_to_the_byte(name: str) -> None:
    form = FoundForm(TYPED)
    assert not form.validate()
    assert str(form[name]()) == drawn(SAME[name])


@pytest.mark.usefixtures("page")
def test_what_a_page_says_of_a_field_goes_before_what_its_class_says() -> None:
    field = FoundForm({}).what
    assert str(field(label="<b>", hint="new", value="x", error="No", autocomplete="on")) == drawn(
        'text_input("what", "<b>", value="x", hint="new", error="No", autocomplete="on")')


def test_a_sentence_is_translated_when_it_is_shown_and_not_when_the_class_is_made(page: Flask) -> None:
    class Later(forms.Form):
        what = forms.Line(N_("Day"), hint=N_("Where the case stands now"))

    for lang, words in (("en", ("Day", "Where the case stands now")),
                        ("cy", ("Diwrnod", "Sefyllfa'r achos nawr"))):
        with page.test_request_context("/"), i18n.force_locale(lang):
            assert all(one in str(Later({}).what()) for one in words)


BODIES: dict[str, dict[str, Any]] = {
    "nothing": {}, "JSON of a number": {"json": {"what": 5}}, "JSON of a list": {"json": {"what": ["a"]}},
    "JSON of a text": {"json": {"what": "a"}}, "JSON that is no object": {"json": ["what"]},
    "a file": {"data": {"what": (BytesIO(b"a"), "a.txt")}}, "the address": {"query_string": {"what": "a"}},
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_only_what_a_form_sends_is_taken(page: Flask, body: dict[str, Any]) -> None:
    with page.test_request_context("/", method="POST", **body):
        form = FoundForm(what="as it was")
        assert form.what.data == ""
        assert [*form.written()] == ["what", "story", "kind", "place", "day-day", "day-month", "day-year"]
        assert {*form.written().values()} == {""}


def test_what_was_kept_is_shown_until_something_is_sent(page: Flask) -> None:
    assert FoundForm(what="a bag").what.data == "a bag"
    with page.test_request_context("/", method="POST", data={"kind": "bag"}):
        form = FoundForm(what="a bag", kind="bike")
        assert (form.what.data, form.kind.data) == ("", "bag")


@pytest.mark.usefixtures("page")
def test_problems_stand_in_the_order_of_the_page_and_lead_to_their_boxes() -> None:
    form = FoundForm({"what": " ", "kind": "cat", "day-day": "5", "day-month": "13", "day-year": "2024"})
    assert form.validate() is False
    form.refuse("story", "This has a sign that cannot be shown")
    form.refuse("what", "And say more")
    assert form.problems == [
        ("what", "Say what it is"), ("story", "This has a sign that cannot be shown"),
        ("kind", "Choose which kind it is"), ("day-month", "month of 2024")]


@pytest.mark.parametrize(("data", "keeps"), [({"what": "a"}, False), ({"what": "a", "keep": "1"}, True)])
def test_the_other_language_only_keeps_what_is_written(
    page: Flask, data: dict[str, str], keeps: bool
) -> None:
    with page.test_request_context("/?keep=1", method="POST", data=data):
        assert FoundForm().only_keeps is keeps


@pytest.mark.usefixtures("page")
def test_a_key_that_came_is_kept_and_each_new_form_has_one_of_its_own() -> None:
    assert FoundForm({"form_key": "k"}).form_key.data == "k"
    assert len({FoundForm({}).form_key.data for _ in range(20)}) == 20
    assert str(FoundForm({"form_key": '"<'}).form_key()) == (
        '<input type="hidden" name="form_key" value="&#34;&lt;">')


def test_a_day_that_is_asked_for_is_not_left_out() -> None:
    class BornForm(forms.Form):
        born = forms.Day("Born", explain=lambda day: f"Enter the {day.slip.part}")

    form = BornForm({"born-year": " "})
    assert form.validate() is False
    assert form.problems == [("born-day", "Enter the day")]


BOXES = st.fixed_dictionaries({f"day-{part}": st.one_of(
    st.text(max_size=4), st.integers(-1, 2030).map(str), st.sampled_from(["", " ", "May", "1 May 2024"]))
    for part in ("day", "month", "year")})


def _day(boxes: Mapping[str, str]) -> date | str | None:
    """The day of these boxes, or which of them is at fault."""
    try:
        return typed_day(boxes["day-day"], boxes["day-month"], boxes["day-year"])
    except NotADay as wrong:
        return wrong.part


@given(BOXES)
def test_three_boxes_are_a_day_or_empty_or_one_is_at_fault_and_all_of_them_come_back(
    boxes: dict[str, str]
) -> None:
    form, empty = FoundForm({**boxes, "what": "a", "kind": "bag"}), not "".join(boxes.values()).strip()
    expected = None if empty else _day(boxes)
    fine = not isinstance(expected, str)
    assert form.validate() is fine
    assert form.day.data == (expected if fine else None)
    assert form.day.box == (f"day-{'day' if fine else expected}")
    assert boxes.items() <= form.written().items()
