"""The reader's language: ``?lang=cy`` chooses and is kept; else the person's, the browser's, or English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import flask_babel
from babel.dates import get_month_names
from flask import Flask, current_app, g, has_app_context, has_request_context, request, session
from flask_babel import Babel, Domain, get_domain, get_locale
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from markupsafe import Markup, escape

from core.clock import LONDON
from core.scope import force_id_or_none
from core.written_language import written_in

LANGUAGES = {"en": "English", "cy": "Cymraeg"}
LANG = {code: Markup(' lang="{}"').format(code) for code in ("", *LANGUAGES)}

__all__ = ["LANGUAGES", "force_locale", "language", "pick_language", "when"]

# Flask-Babel's lazy texts say of themselves that they are HTML. A force's own words may be in them, and a
# plugin's, so they are escaped like any other text.
LazyString.__html__ = lambda self: escape(str(self))


class Sentences(Domain):  # type: ignore[misc]  # Flask-Babel ships no types
    """What Flask-Babel's own ``gettext`` says; it would look for the language anew at every sentence."""

    def get_translations(self) -> Any:
        return words().catalogue if g else super().get_translations()


class Words:
    """The sentences of one language as templates show them, each looked up once."""

    def __init__(self, language: str, catalogue: Any) -> None:
        self.language, self.catalogue = language, catalogue
        self.months = dict(get_month_names("wide", locale=language))
        self._whole: dict[str, Markup] = {}

    def whole(self, message: str) -> Markup:
        """A sentence without placeholders."""
        found = self._whole.get(message)
        if found is None:
            found = self._whole[message] = Markup(self.catalogue.ugettext(message)) % {}  # noqa: S704
        return found

    def filled(self, message: str, values: Mapping[str, Any], *, escape: bool) -> str:
        text: str = self.catalogue.ugettext(message)
        return (Markup(text) if escape else text) % values  # noqa: S704


def words() -> Words:
    """The words of the present language: looked for once in a request."""
    here = g._get_current_object()
    found: Words | None = here.get("tmc_words")
    if found is None:
        kept: dict[str, Words] = current_app.extensions["tmc_words"]
        code = get_locale().language
        found = kept.get(code) or kept.setdefault(code, Words(code, Domain.get_translations(get_domain())))
        here.tmc_words = found
    return found


@contextmanager
def force_locale(code: str) -> Iterator[None]:
    """Everything in the block is said in the language *code*."""
    before = g.pop("tmc_words", None)
    try:
        with flask_babel.force_locale(code):
            yield
    finally:
        g.tmc_words = before


@pass_eval_context
def say(context: Any, message: str, **values: Any) -> str:
    """``_()`` of templates: a sentence in the reader's language, its values escaped."""
    if values or not context.autoescape:
        return words().filled(message, values, escape=context.autoescape)
    return words().whole(message)


def pick_language() -> str:
    """The language of this request, kept for the next."""
    if not has_request_context():
        return "en"
    if "language" in g:
        return str(g.language)
    asked = request.args.get("lang")
    if asked in LANGUAGES and force_id_or_none() is not None and session.get("language") != asked:
        session["language"] = asked
    g.language = asked if asked in LANGUAGES else session.get("language") or of_browser()
    return str(g.language)


def of_browser() -> str:
    """What the visitor's browser asks for, of the languages that the force has its own texts in."""
    force_id = force_id_or_none()
    offered = current_app.extensions["tmc_host"].get(force_id).force.languages if force_id else LANGUAGES
    return request.accept_languages.best_match(["en", *offered], "en") or "en"


def language() -> str:
    """The present language: ``en`` or ``cy``."""
    return words().language if has_app_context() else "en"


def when(moment: datetime | date, precision: str | None = None) -> str:
    """A date as the reader says it, no finer than *precision* (``month``, ``day`` or None).

    Moments (UTC) are shown in the time of the United Kingdom. Written out here because a page has
    dozens; English and Welsh have one order.
    """
    clock = ""
    if isinstance(moment, datetime):
        moment = moment.astimezone(LONDON)
        clock = "" if precision else f", {moment.hour:02}:{moment.minute:02}"
    months = words().months if has_app_context() else get_month_names("wide", locale="en")
    month = f"{months[moment.month]} {moment.year}"
    return month if precision == "month" else f"{moment.day} {month}{clock}"


def iso(moment: datetime, precision: str | None = None) -> str:
    """A moment for machines, no finer than *precision*."""
    if precision is None:
        return moment.isoformat(timespec="minutes")
    day = moment.astimezone(LONDON).date().isoformat()
    return day[:7] if precision == "month" else day


def lang_of(text: str | None) -> str:
    """The attribute of an element that shows what somebody wrote, where the page's language is not theirs.

    ``lang=""`` says that the language is not known; without it, the page's would be claimed.
    """
    if not text:
        return ""
    said = written_in(text)
    return "" if said == words().language else LANG[said or ""]


def init_app(app: Flask) -> None:
    babel = Babel(app, locale_selector=pick_language, default_translation_directories=_catalogues(app))
    babel.domain_instance = Sentences()
    app.extensions["tmc_words"] = {}
    app.jinja_env.filters.update(when=when, iso=iso, lang_of=lang_of)
    app.jinja_env.globals.update(_=say, gettext=say)
    app.context_processor(_page_values)


def _catalogues(app: Flask) -> str:
    """The portal's folder last: of a sentence that is in two catalogues, its words are said."""
    from pathlib import Path

    import core

    own = Path(core.__file__).parent.parent / "translations"
    host = app.extensions.get("tmc_host")
    plugins = host.plugins.values() if host else ()
    brought = (Path(str(module.__file__)).parent / "translations" for module in plugins)
    return ";".join(str(folder) for folder in (*filter(Path.is_dir, brought), own))


def _page_values() -> dict[str, Any]:
    return {"lang": language()}
