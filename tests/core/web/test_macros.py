"""Our quick macros keep the markup people know: that of the published GOV.UK macros."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from core.base import i18n
from core.base.templates import Templates
from core.cases.entry_words import EntryTexts
from core.cases.timeline import TimelineEntry
from core.force.model import SupportService
from core.force.words import Called, Words

VOID = {"input", "br", "img", "meta", "link", "hr"}


class Shape(HTMLParser):
    """Tags, sorted attributes and words of a piece of HTML, without its white space."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[Any] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        ready = {name: value if name != "class" else " ".join(sorted((value or "").split()))
                 for name, value in attrs}
        self.parts.append((tag, sorted(ready.items())))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.parts.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.parts.append(" ".join(data.split()))


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("core")
    app.jinja_environment = Templates
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    published = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_env.loader = ChoiceLoader([PackageLoader("core", "web/templates"), published])
    i18n.init_app(app)
    return app


def ours(app: Flask, call: str, **values: Any) -> list[Any]:
    name = call.partition("(")[0]
    return shape(app, f"{{% from 'macros.html' import {name} %}}{{{{ {call} }}}}", **values)


def known(app: Flask, component: str, params: dict[str, Any]) -> list[Any]:
    name = "govuk" + component.title().replace("-", "")
    return shape(
        app,
        f"{{% from 'govuk_frontend_jinja/components/{component}/macro.html' import {name} %}}"
        f"{{{{ {name}(params) }}}}",
        params=params,
    )


def shape(app: Flask, template: str, **values: Any) -> list[Any]:
    with app.test_request_context():
        environment: Any = app.jinja_env
        return Shape(environment.in_language(i18n.words()).from_string(template).render(values)).parts


def test_a_button_is_the_button_people_know(app: Flask) -> None:
    assert ours(app, "button('Send', style='secondary', name='do', value='1')") == known(
        app, "button",
        {"text": "Send", "classes": "govuk-button--secondary", "name": "do", "value": "1",
         "preventDoubleClick": True},
    )


def test_a_link_that_looks_like_a_button_says_so(app: Flask) -> None:
    assert ours(app, "link_button('Go on', '/next')") == known(
        app, "button", {"text": "Go on", "href": "/next"})


@pytest.mark.parametrize("error", [None, "Enter your surname"])
@pytest.mark.parametrize("hint", [None, "As on your letter"])
def test_a_text_field_has_its_label_hint_and_error(
    app: Flask, hint: str | None, error: str | None
) -> None:
    assert ours(
        app, "text_input('surname', 'Surname', 'O’Neill', hint=hint, error=error, "
             "autocomplete='family-name', spellcheck=False, size='s')", hint=hint, error=error,
    ) == known(app, "input", {
        "name": "surname", "label": {"text": "Surname", "classes": "govuk-label--s"},
        "value": "O’Neill", "hint": {"text": hint} if hint else None,
        "errorMessage": {"text": error} if error else None, "autocomplete": "family-name",
        "spellcheck": False,
    })


def test_a_field_can_be_the_heading_of_its_page(app: Flask) -> None:
    assert ours(app, "text_input('code', 'Enter the code', heading=True)") == known(app, "input", {
        "name": "code",
        "label": {"text": "Enter the code", "classes": "govuk-label--l", "isPageHeading": True},
    })


@pytest.mark.parametrize("error", [None, "Date of birth must include a month"])
def test_a_date_is_asked_in_three_fields(app: Flask, error: str | None) -> None:
    wrong = " govuk-input--error" if error else ""
    assert ours(
        app, "date_input('born', 'Date of birth', '27', None, '1984', hint='For example', "
             "error=error, wrong=['month'], autocomplete='bday', size='s')", error=error,
    ) == known(app, "date-input", {
        "id": "born", "namePrefix": "born",
        "fieldset": {"legend": {"text": "Date of birth", "classes": "govuk-fieldset__legend--s"}},
        "hint": {"text": "For example"}, "errorMessage": {"text": error} if error else None,
        "items": [
            {"name": "day", "classes": "govuk-input--width-2", "value": "27",
             "autocomplete": "bday-day"},
            {"name": "month", "classes": "govuk-input--width-2" + wrong,
             "autocomplete": "bday-month"},
            {"name": "year", "classes": "govuk-input--width-4", "value": "1984",
             "autocomplete": "bday-year"},
        ],
    })


@pytest.mark.parametrize("error", [None, "Write your message"])
def test_a_long_text_counts_its_characters(app: Flask, error: str | None) -> None:
    assert ours(
        app, "textarea_with_count('text', 'Your message', 2000, 'Hello', hint='Plain words', "
             "error=error)", error=error,
    ) == known(app, "character-count", {
        "name": "text", "label": {"text": "Your message"}, "maxlength": 2000, "value": "Hello",
        "rows": 5, "hint": {"text": "Plain words"},
        "errorMessage": {"text": error} if error else None,
        "charactersUnderLimitText": {
            "one": "You have %{count} character remaining",
            "other": "You have %{count} characters remaining",
        },
        "charactersAtLimitText": "You have no characters remaining",
        "charactersOverLimitText": {
            "one": "You have %{count} character too many",
            "other": "You have %{count} characters too many",
        },
    })


def test_what_is_wrong_is_listed_and_linked(app: Flask) -> None:
    assert ours(app, "error_summary([('surname', 'Enter your surname')])") == known(
        app, "error-summary", {
            "titleText": "There is a problem",
            "errorList": [{"href": "#surname", "text": "Enter your surname"}],
        })


def test_a_warning_is_said_to_be_one(app: Flask) -> None:
    assert ours(app, "warning_text('Others may see this')") == known(
        app, "warning-text", {"text": "Others may see this"})


def test_everybody_can_leave_in_a_hurry(app: Flask) -> None:
    assert ours(app, "exit_this_page('/leave')") == known(app, "exit-this-page", {
        "redirectUrl": "/leave", "activatedText": "Loading.",
        "timedOutText": "Exit this page expired.",
        "pressTwoMoreTimesText": "Shift, press 2 more times to exit.",
        "pressOneMoreTimeText": "Shift, press 1 more time to exit.",
    })


def test_news_has_its_banner(app: Flask) -> None:
    assert ours(app, "notification_banner('Sent', title='Done', type='success')") == known(
        app, "notification-banner", {"text": "Sent", "titleText": "Done", "type": "success"})


def test_facts_stand_in_pairs(app: Flask) -> None:
    assert ours(app, "summary_list([('Name', 'Ann')])") == known(app, "summary-list", {
        "rows": [{"key": {"text": "Name"}, "value": {"text": "Ann"}}]})


ODD = "\"'><script>alert(1)</script>"


def an_entry(odd: str) -> TimelineEntry:
    now, told = datetime(2026, 11, 23, 9, tzinfo=UTC), EntryTexts(odd, odd, odd, odd)
    return TimelineEntry(uuid4(), odd, now, None, told, odd, odd, odd, None, odd, odd)


def a_service(odd: str) -> SupportService:
    words = {"en": odd}
    return SupportService.model_construct(
        id="odd", names=Called(words), words=Words(words), hours=Words(words),
        phone=odd, website=odd, email=odd)


@pytest.mark.parametrize("call", [
    "button(odd)", "link_button(odd, odd)", "text_input(odd, odd, odd, odd, odd)",
    "textarea_with_count(odd, odd, 5, odd)", "date_input(odd, odd, odd)",
    "error_summary([(odd, odd)])", "notification_banner(odd)", "inset(odd)",
    "warning_text(odd)", "panel(odd, odd)", "tag(odd)", "back_link(odd, odd)",
    "summary_list([(odd, odd, odd, odd, odd)])",
    "radios(odd, odd, [(odd, odd, odd)])", "pagination(odd, odd)",
    "select_input(odd, odd, [(odd, odd)])", "exit_this_page(odd)",
    "standing(odd, odd, odd)", "officer_card(odd, odd, odd, odd, odd)",
    "timeline([entry(odd)], words_by=odd)",
    "message_bubble(odd, odd, odd, state=odd, id=odd)",
    "support_card(service(odd), odd)",
    "desk_labels([odd])", "desk_row(odd, odd, [(odd, odd)], odd)",
])
def test_what_somebody_wrote_never_becomes_part_of_the_page(app: Flask, call: str) -> None:
    parts = ours(app, call, odd=ODD, entry=an_entry, service=a_service)
    assert parts
    assert not [part for part in parts if part[0] == "script"]
