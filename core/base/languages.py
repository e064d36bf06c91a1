"""The portal's languages: each is one folder of ``translations/`` and one word of the setting ``languages``.

What else there is to know of a language (its own name, its direction, how it writes a day, what record
systems call it) is asked of CLDR, the Unicode Consortium's data of languages, as Babel has it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.support import NullTranslations, Translations

SOURCE_LANGUAGE = "en"  # what the sentences in the code are written in; it needs no catalogue
# Not resolved: an installation may link to the code and have translations of its own beside it.
FOLDER = Path(__file__).parents[2] / "translations"
CATALOGUE = "LC_MESSAGES/messages.mo"
FORMS = ("zero", "one", "two", "few", "many", "other")
_CODE = re.compile(r"[a-z]{2,3}")


@cache
def installed() -> tuple[str, ...]:
    """The codes (ISO 639) of all languages that have a folder here, the source first."""
    found = (folder.parent.name for folder in FOLDER.glob("*/LC_MESSAGES"))
    return (SOURCE_LANGUAGE, *sorted(code for code in found if code != SOURCE_LANGUAGE))


@cache
def locale_of(code: str) -> Locale:
    """What CLDR knows of a language. Raises ``ValueError`` for one that it does not know."""
    try:
        if not _CODE.fullmatch(code):  # a folder's name and an attribute of pages, so nothing longer
            raise ValueError
        # English of the United Kingdom: in that of the United States the month comes first.
        return Locale(SOURCE_LANGUAGE, "GB") if code == SOURCE_LANGUAGE else Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"there is no language “{code}”: a code of ISO 639, like {SOURCE_LANGUAGE}"
                         ) from None


def own_name(code: str) -> str:
    """A language's name in itself, as a switch between languages shows it."""
    name = str(locale_of(code).languages.get(code, code))
    return name[:1].upper() + name[1:]


def english_name(code: str) -> str:
    """A language's name in English, as commands say it."""
    return str(locale_of(SOURCE_LANGUAGE).languages.get(code, code))


def direction(code: str) -> str:
    """``ltr`` or ``rtl``: where lines of this language begin."""
    return str(locale_of(code).text_direction)


def plural_forms(code: str) -> tuple[tuple[str, int], ...]:
    """The forms that a language has for numbers of things, as CLDR calls them, each with such a number."""
    form_of = locale_of(code).plural_form
    has = {*form_of.tags, "other"}
    first = {form_of(number): number for number in range(200, -1, -1)}
    return tuple((form, first.get(form, 0)) for form in FORMS if form in has)


def refuse_missing(codes: Collection[str]) -> None:
    """Raises ``ValueError`` for languages that the portal cannot be read in, naming what is missing."""
    if SOURCE_LANGUAGE not in codes:
        raise ValueError(f"“{SOURCE_LANGUAGE}” is missing: it is shown where a text is in no other language")
    for code in codes:
        locale_of(code)
        if code != SOURCE_LANGUAGE and not (FOLDER / code / CATALOGUE).is_file():
            raise ValueError(f"the language “{code}” has no catalogue: there is no "
                             f"translations/{code}/{CATALOGUE}; `make setup` compiles it from messages.po")


def N_(sentence: str) -> str:  # noqa: N802 - the name that sentences are looked for by
    """Marks a sentence for the catalogues, to be said by :func:`translated`."""
    return sentence


def translated(sentence: str, code: str) -> str:
    """A sentence in a language, for what has no reader yet, as a file; pages ask flask_babel."""
    return str(_catalogue(code).gettext(sentence))


@cache
def _catalogue(code: str) -> NullTranslations:
    return Translations.load(str(FOLDER), [code])


@cache
def names() -> Mapping[str, frozenset[str]]:
    """What each language here is called by others, in small letters: codes, and its names in all of these.

    The codes of three letters are the aliases of CLDR; what it lacks, as words that begin otherwise after
    others, is in the folder's ``also_called.txt``.
    """
    aliases: Mapping[str, str] = get_global("language_aliases")
    found = {}
    for code in installed():
        called = {code, *(alias for alias, meant in aliases.items() if meant == code)}
        called |= {str(locale_of(other).languages.get(code, code)).casefold() for other in installed()}
        found[code] = frozenset(called | {*_lines(code, "also_called.txt")})
    return found


def frequent_words(code: str) -> list[str]:
    """The words by which a text of the language is known, of its ``frequent_words.txt``; none without."""
    return [word for line in _lines(code, "frequent_words.txt") for word in line.split()]


def _lines(code: str, file: str) -> list[str]:
    """Without notes, which begin with #."""
    path = FOLDER / code / file
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else ()
    return [line for line in lines if not line.startswith("#")]
