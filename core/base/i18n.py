"""The reader's language: ``?lang=…`` chooses and is kept; else the person's, the browser's, or English."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import flask_babel
from babel.dates import format_date, format_skeleton
from babel.support import NullTranslations
from flask import Flask, g, has_app_context, has_request_context, request, session
from flask_babel import Babel, Domain, get_domain, get_locale
from flask_babel.speaklater import LazyString
from jinja2 import pass_context, pass_eval_context
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from core.base.clock import LONDON
from core.base.languages import (
    FOLDER,
    SOURCE_LANGUAGE,
    direction,
    installed,
    locale_of,
    own_name,
    plural_forms,
)
from core.base.scope import force_id_or_none
from core.base.written_language import written_in

__all__ = ["force_locale", "language", "offered_languages", "pick_language", "when"]

# Flask-Babel's lazy texts say of themselves that they are HTML. A force's own words may be in them, and a
# plugin's, so they are escaped like any other text.
LazyString.__html__ = lambda self: escape(str(self))


class Sentences(Domain):  # type: ignore[misc]  # Flask-Babel ships no types
    """What Flask-Babel's own ``gettext`` says; it would look for the language anew at every sentence."""

    def __init__(self, listed: Iterable[str]) -> None:
        """*listed*: the codes of the languages that the portal can be read in."""
        super().__init__()
        self.offered = {code: own_name(code) for code in listed}
        self.words: dict[str, Words] = {}  # by language

    def get_translations(self) -> Any:
        if not g:
            return super().get_translations()
        found: Words = g.get("tmc_words") or words()
        return found.catalogue


class Words:
    """One language as templates speak it: its sentences, each looked up once, its days and its marks."""

    def __init__(self, language: str, catalogue: Any) -> None:
        self.language, self.catalogue = language, catalogue
        self.direction = direction(language)
        self.plural_forms = plural_forms(language)
        self._whole: dict[str, Markup] = {}
        self._marks: dict[str, str] = {language: ""}

    def whole(self, message: str) -> Markup:
        """A sentence without placeholders."""
        found = self._whole.get(message)
        if found is None:
            found = self._whole[message] = Markup(self.catalogue.ugettext(message)) % {}  # noqa: S704
        return found

    def mark(self, code: str) -> str:
        """The attributes of an element in the language *code*; "" for one that is not known."""
        found = self._marks.get(code)
        if found is None:
            other = direction(code) if code else "auto"
            turned = ' lang="{}" dir="{}"' if other != self.direction else ' lang="{}"'
            found = _filled(turned, code, other)
            self._marks[code] = found
        return found

    @pass_eval_context
    def say(self, context: Any, message: str, **values: Any) -> str:
        """``_()`` of templates: a sentence in this language, its values escaped."""
        if values or not context.autoescape:
            text: str = self.catalogue.ugettext(message)
            return (Markup(text) if context.autoescape else text) % values  # noqa: S704
        return self.whole(message)

    def when(self, moment: datetime | date, precision: str | None = None) -> str:
        """A date as readers of this language write it, no finer than *precision* (``month``, ``day``,
        ``weekday``, which is a day with its name, or None).

        Moments (UTC) are shown in the time of the United Kingdom, with the clock of 24 hours in every
        language.
        """
        clock = ""
        if isinstance(moment, datetime):
            moment = moment.astimezone(LONDON)
            clock = "" if precision else f", {moment.hour:02}:{moment.minute:02}"
            moment = moment.date()
        return _written(moment, self.language, precision) + clock

    def lang_of(self, text: str | None) -> str:
        """The attribute of an element that shows what somebody wrote, where that is another language.

        ``lang=""`` says that the language is not known; without it, the page's would be claimed.
        """
        return self.mark(written_in(text) or "") if text else ""

    def in_language(self, code: str | None) -> str:
        """The attributes of an element that shows a text in the language *code*; none in the page's own."""
        return self.mark(code) if code else ""

    def name_in(self, names: Any, code: str) -> Markup:
        """A name of the force for who reads the language *code*, inside a sentence of ours."""
        text, spoken = names.in_language(code)
        return _filled("<bdi{}>{}</bdi>", self.in_language(spoken), text)

    def filters(self) -> dict[str, Any]:
        """What templates have as filters in this language."""
        named: dict[str, Callable[..., str]] = {
            "when": self.when, "lang_of": self.lang_of, "in_language": self.in_language,
            "name_in": self.name_in}
        return {name: _not_while_compiling(each) for name, each in named.items()}

    def globals(self) -> dict[str, Any]:
        """What templates know by these names in this language."""
        return {"_": self.say, "gettext": self.say, "lang": self.language, "plural_forms": self.plural_forms}


def _not_while_compiling(named: Callable[..., str]) -> Callable[..., str]:
    """Of values that stand in a template Jinja would work a filter out as it compiles, for all languages."""

    @pass_context
    def filtered(context: Any, *values: Any) -> str:
        return named(*values)

    return filtered


def words() -> Words:
    """The words of the present language: looked for once in a request."""
    here = g._get_current_object()
    found: Words | None = here.get("tmc_words")
    if found is None:
        sentences: Sentences = get_domain()
        kept, code = sentences.words, get_locale().language
        found = kept.get(code) or kept.setdefault(code, Words(code, Domain.get_translations(sentences)))
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


def offered_languages() -> dict[str, str]:
    """The languages that this portal can be read in, as the settings list them: code and own name."""
    sentences: Sentences = get_domain()
    return sentences.offered


def readable(code: str) -> str:
    """The language, or the source where the portal cannot be read in it (any more)."""
    return code if code in offered_languages() else SOURCE_LANGUAGE


def pick_language() -> str:
    """The language of this request, kept for the next."""
    if not has_request_context():
        return SOURCE_LANGUAGE
    if "language" in g:
        return str(g.language)
    asked = request.args.get("lang")
    if asked in offered_languages() and force_id_or_none() is not None and session.get("language") != asked:
        session["language"] = asked
    kept = session.get("language")
    g.language = asked if asked in offered_languages() else readable(kept) if kept else of_browser()
    return str(g.language)


def of_browser() -> str:
    """What the visitor's browser asks for, of the languages that the force has its own texts in."""
    here, at = offered_languages(), getattr(session, "at", None)  # the force, as the session was opened for
    own = at.force.languages if at else here
    offered = [SOURCE_LANGUAGE, *(code for code in here if code in own and code != SOURCE_LANGUAGE)]
    return _best_of(request.headers.get("Accept-Language", ""), tuple(offered))


@lru_cache(256)
def _best_of(accepted: str, offered: tuple[str, ...]) -> str:
    """Kept, because most browsers ask for one of few, with every page."""
    wanted = parse_accept_header(accepted, LanguageAccept)
    return wanted.best_match(offered, SOURCE_LANGUAGE) or SOURCE_LANGUAGE


def language() -> str:
    """The code of the present language, like ``cy``."""
    return words().language if has_app_context() else SOURCE_LANGUAGE


def when(moment: datetime | date, precision: str | None = None) -> str:
    """A date as the present reader writes it: :meth:`Words.when`."""
    reader = words() if has_app_context() else Words(SOURCE_LANGUAGE, NullTranslations())
    return reader.when(moment, precision)


@lru_cache(4096)
def _written(day: date, code: str, precision: str | None) -> str:
    """Kept, because a page has dozens of the same few days, and CLDR's patterns are slow to fill in."""
    if precision == "month":
        return str(format_skeleton("yMMMM", day, locale=locale_of(code)))
    return str(format_date(day, "full" if precision == "weekday" else "long", locale=locale_of(code)))


def iso(moment: datetime, precision: str | None = None) -> str:
    """A moment for machines, no finer than *precision*."""
    if precision is None:
        return moment.isoformat(timespec="minutes")
    day = moment.astimezone(LONDON).date().isoformat()
    return day[:7] if precision == "month" else day


def bdi(text: object) -> str:
    """What people or record systems wrote (a name, a reference), inside a sentence of ours: its direction is
    its own, so that neither turns the other round."""
    return _filled("<bdi>{}</bdi>", text) if text else ""


def _filled(pattern: str, *values: object) -> Markup:
    """A pattern of ours with the values escaped."""
    return Markup(pattern).format(*values)  # noqa: S704


def init_app(
    app: Flask, plugins: Iterable[ModuleType] = (), listed: Iterable[str] | None = None
) -> None:
    """*plugins* that may bring sentences of their own; *listed*: the languages to be read in, all without."""
    babel = Babel(app, locale_selector=pick_language, default_translation_directories=_catalogues(plugins))
    babel.domain_instance = Sentences(installed() if listed is None else listed)
    app.jinja_env.filters.update(iso=iso, direction=direction, bdi=bdi, own_name=own_name)
    app.jinja_env.globals.update(source_language=SOURCE_LANGUAGE)


def _catalogues(plugins: Iterable[ModuleType]) -> str:
    """The portal's folder last: of a sentence that is in two catalogues, its words are said."""
    brought = (Path(str(module.__file__)).parent / "translations" for module in plugins)
    return ";".join(str(folder) for folder in (*filter(Path.is_dir, brought), FOLDER))
