"""Forms that people fill in: Flask-WTF's, each field drawn by one of the portal's own macros.

A plugin has a class of :class:`Form` for each of its forms, in a ``forms.py`` of its own. A field says its
label, what is done with what was typed (``filters``), and in a translated sentence what is wrong
(``validators``, or a method ``validate_…`` of the form). What else it says is an argument of its macro in
``macros.html``, by its name there: ``hint``, ``options``. The template says ``form.name_of_the_field()``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from flask import current_app, request
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.validators import StopValidation

from core.base.typed_day import NotADay, typed_day

OF_WTFORMS = {"filters", "name", "_form", "_prefix", "_translations", "_meta"}
BOXES = ("day", "month", "year")


def at_most(longest: int) -> Callable[[str], str]:
    """A filter: what is over *longest* characters is cut off."""
    return lambda text: text[:longest]


class Form(FlaskForm):  # type: ignore[misc]
    """What somebody sent by POST, or *given*: an address, a draft. A field that did not come is empty.

    Without either it holds *values*, by the fields' names.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        # Every POST's token is looked at before its view, with or without a form: see core/web/security.py.
        csrf = False

        def get_translations(self, form: Any) -> None:
            """WTForms' own sentences are nowhere shown: each of ours says what to do in this very place."""

    def __init__(self, given: Mapping[str, str] | None = None, **values: Any) -> None:
        if given is None and self.is_submitted():
            given = request.form  # and nothing else: FlaskForm also takes files, and JSON that holds no texts
        elif given is not None and not isinstance(given, MultiDict):
            given = MultiDict(given)
        super().__init__(given, **({} if given is not None else values))

    @property
    def only_keeps(self) -> bool:
        """Whether somebody chose the other language while writing: nothing is sent, what is begun stays."""
        return "keep" in request.form

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(id of a box, what to put right) in the order of the form: what ``error_summary`` lists."""
        return [(field.box, field.errors[0]) for field in self if field.errors]

    def refuse(self, name: str, text: str) -> None:
        """Say at this field what is wrong with it: what only the view can know."""
        self[name].errors = [*self[name].errors, text]

    def written(self) -> dict[str, str]:
        """Box -> what stands in it, for :func:`core.web.drafts.keep`; of what people do not see nothing."""
        return {box: text for field in self for box, text in field.written().items()}


class Macro:
    """Draws a field by the macro of this name: the one markup that is compared with GOV.UK's."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, field: Any, label: Any = None, **page: Any) -> Markup:
        macro = getattr(current_app.jinja_env.get_template("macros.html").module, self.name)
        own = dict(field.macro)
        if "hint" in own:
            own["hint"] = _ours(own["hint"])
        if "options" in own:
            own["options"] = [(value, text, *map(_ours, hint)) for value, text, *hint in own["options"]]
        told = {**own, **field.shown(), "error": field.errors[0] if field.errors else None, **page}
        drawn: Markup = macro(field.name, label or _ours(field.label.text), **told)
        return drawn


def _ours(text: Any) -> Markup:
    """A label or hint as a form's class has it, as if it stood in the template: its signs are not escaped.

    What comes from elsewhere (a name in a label, the text of an option) is.
    """
    return Markup(str(text))  # noqa: S704


class Line(Field):  # type: ignore[misc]
    """A line of text; *default* when it did not come."""

    widget: Any = Macro("text_input")

    def __init__(self, label: Any = "", validators: Iterable[Any] = (), *, default: Any = "",
                 **more: Any) -> None:
        self.macro = {name: more.pop(name) for name in [*more] if name not in OF_WTFORMS}
        super().__init__(label, validators, default=default, **more)

    @property
    def box(self) -> str:
        """The id of the box that a link of the summary leads to."""
        return str(self.id)

    def shown(self) -> dict[str, Any]:
        """What the macro is told of what was typed."""
        return {"value": self.data}

    def written(self) -> dict[str, str]:
        """Box -> what stands in it."""
        return {self.name: self.data or ""}


class LongText(Line):
    """Several lines, with a count of how many signs of ``maxlength`` are left."""

    widget = Macro("textarea_with_count")


class Choice(Line):
    """One of several, as radios. ``options``: (value, text) or (value, text, hint) each."""

    widget = Macro("radios")


class Select(Line):
    """One of many, as a list that opens."""

    widget = Macro("select_input")


class Several(Line):
    """Any of several, as boxes to tick; its data is the list of those that are ticked."""

    widget = Macro("checkboxes")

    def process_data(self, value: Any) -> None:
        self.data = value or []

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist

    def shown(self) -> dict[str, Any]:
        return {"values": self.data}

    def written(self) -> dict[str, str]:
        return {}


class Hidden(Line):
    """What the page itself says and nobody sees."""

    widget = Macro("hidden_input")

    def written(self) -> dict[str, str]:
        return {}


class Key(Hidden):
    """What makes a form count once, however often it is sent. *made* is given what came, and says the key."""

    def __init__(self, made: Callable[[str], Any] = lambda key: key or secrets.token_urlsafe(16),
                 **more: Any) -> None:
        super().__init__(filters=(made,), **more)


class Day(Line):
    """A date in three boxes; None if all are empty and it is *optional*.

    *read* makes it of day, month and year, or raises :class:`core.base.NotADay`, the field's ``slip``. Then
    *explain* is given the field, with what was typed in its ``boxes``, and says what to put right.
    """

    widget = Macro("date_input")

    def __init__(self, label: Any, *, explain: Callable[[Any], str], read: Callable[..., date] = typed_day,
                 optional: bool = False, **more: Any) -> None:
        super().__init__(label, **more)
        self.explain, self.read, self.optional = explain, read, optional

    def process(self, formdata: Any, *_values: Any, **_filters: Any) -> None:
        self.data = self.slip = None
        self.boxes = {part: (formdata or {}).get(f"{self.name}-{part}", "") for part in BOXES}
        for one in self.filters:
            self.boxes = {part: one(text) for part, text in self.boxes.items()}
        if self.optional and not any(text.strip() for text in self.boxes.values()):
            return
        try:
            self.data = self.read(*self.boxes.values())
        except NotADay as slip:
            self.slip = slip

    def pre_validate(self, form: Any) -> None:
        if self.slip:
            raise StopValidation(self.explain(self))

    @property
    def wrong(self) -> tuple[str, ...]:
        """The part at fault, if one is."""
        return (self.slip.part,) if self.slip and self.slip.part else ()

    @property
    def box(self) -> str:
        """The one at fault, or the first."""
        return f"{self.id}-{(*self.wrong, BOXES[0])[0]}"

    def shown(self) -> dict[str, Any]:
        return {**self.boxes, "wrong": self.wrong}

    def written(self) -> dict[str, str]:
        return {f"{self.name}-{part}": text for part, text in self.boxes.items()}
