"""The reader's language: ``?lang=cy`` chooses and is kept; else the person's; else English."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale, get_translations

from core.clock import LONDON
from core.scope import force_id_or_none

LANGUAGES = {"en": "English", "cy": "Cymraeg"}

__all__ = ["LANGUAGES", "force_locale", "language", "pick_language", "when", "words_in"]


def pick_language() -> str:
    """The language of this request, kept for the next."""
    if not has_request_context():
        return "en"
    if "language" in g:
        return str(g.language)
    asked = request.args.get("lang")
    if asked in LANGUAGES and force_id_or_none() is not None and session.get("language") != asked:
        session["language"] = asked
    g.language = asked if asked in LANGUAGES else session.get("language", "en")
    return str(g.language)


def language() -> str:
    """The present language: ``en`` or ``cy``."""
    return str(get_locale() or "en")


def words_in(template_environment: Any = None) -> Any:
    """``gettext`` of the present language, bound once: for pages with many sentences."""
    return get_translations().ugettext


def when(moment: datetime | date, precision: str | None = None) -> str:
    """A date as the reader says it, no finer than *precision* (``month``, ``day`` or None).

    Moments (UTC) are shown in the time of the United Kingdom.
    """
    locale = language()
    if isinstance(moment, datetime):
        local = moment.astimezone(LONDON)
        if precision is None:
            return format_datetime(local, "d MMMM y, HH:mm", tzinfo=LONDON, locale=locale)
        moment = local.date()
    return format_date(moment, "MMMM y" if precision == "month" else "d MMMM y", locale=locale)


def iso(moment: datetime, precision: str | None = None) -> str:
    """A moment for machines, no finer than *precision*."""
    if precision is None:
        return moment.isoformat(timespec="minutes")
    return moment.astimezone(LONDON).strftime("%Y-%m" if precision == "month" else "%Y-%m-%d")


def init_app(app: Flask) -> None:
    Babel(app, locale_selector=pick_language, default_translation_directories=_catalogues())
    app.jinja_env.filters.update(when=when, iso=iso)
    app.context_processor(_page_values)


def _catalogues() -> str:
    from pathlib import Path

    import core

    return str(Path(core.__file__).parent.parent / "translations")


def _page_values() -> dict[str, Any]:
    here = language()
    others = [(code, name, f"?lang={code}") for code, name in LANGUAGES.items()]
    return {"lang": here, "languages": others}
