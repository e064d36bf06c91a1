"""The words of every letter and text: templates, ``templates/letters/<kind>/<manner>.txt``.

A letter's manner is ``named`` (with the force's name), ``discreet`` (nothing of police, crime or a force, in
any language: no link, no brand, no telephone number) or ``staff``; a text's is ``named_sms`` or
``discreet_sms``. None names a crime, a reference, an officer or a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flask import current_app
from jinja2 import FileSystemLoader, Template, TemplateNotFound

from core.hookspecs import NoticeKind

Manner = Literal["named", "discreet", "staff"]
TEMPLATES = FileSystemLoader(Path(__file__).parent / "templates")
# Nothing reads these as HTML; what they say is escaped by the frame that shows it as HTML.
PLAIN_TEXT = frozenset(name for name in TEMPLATES.list_templates() if name.endswith(".txt"))


class UnknownKind(Exception):
    """No words for a notice: of no known kind, or of none that goes to whom it is for. Names the kind."""


@dataclass(frozen=True)
class Words:
    """A letter's words in the order they stand; each of ``steps`` and ``closing`` is a paragraph.

    ``opening`` is what a mailbox shows beside the subject.
    """

    subject: str
    opening: str
    steps: tuple[str, ...]
    closing: tuple[str, ...]
    code: str | None = None
    link: str | None = None


def known(kind: str) -> NoticeKind:
    """The kind of a notice, of which the row has the text. Raises :class:`UnknownKind`."""
    try:
        return NoticeKind(kind)
    except ValueError as unknown:
        raise UnknownKind(str(unknown)) from None


def letter_words(kind: NoticeKind, manner: Manner, values: Mapping[str, str]) -> Words:
    """What a letter of this kind says in the present language; *values* are all that its template can show.

    Raises :class:`UnknownKind` where no such letter goes to whom this *manner* is for.
    """
    said: dict[str, str] = vars(_template(kind, manner).make_module(dict(values)))
    return Words(
        said["subject"].strip(), said["opening"].strip(), _paragraphs(said["steps"]),
        _paragraphs(said["closing"]), code=said["code"].strip() or None, link=said["link"].strip() or None,
    )


def text_words(kind: NoticeKind, values: Mapping[str, str], *, discreet: bool) -> str:
    """What a text of this kind says, as :func:`letter_words` for letters."""
    return _template(kind, "discreet_sms" if discreet else "named_sms").render(values).strip()


def _template(kind: NoticeKind, manner: str) -> Template:
    try:
        return current_app.jinja_env.get_template(f"letters/{kind}/{manner}.txt")
    except TemplateNotFound:
        raise UnknownKind(f"there are no words ({manner}) for a notice of the kind {kind.value!r}") from None


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())
