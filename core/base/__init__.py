"""What every room stands on.

Settings, the clock, the scope of the work in hand, the log, languages, and fields that come from outside.
"""

from __future__ import annotations

from core.base import clock, languages
from core.base.ascii_digits import ascii_digits
from core.base.bodies import LARGEST_BODY
from core.base.csv import SEPARATORS, CsvTable, NotCsv, csv_text, encoding_of
from core.base.email_address import ascii_address, comparable, is_address
from core.base.fields import clean_line, clean_text, is_birth_day, stamp_of
from core.base.i18n import force_locale, language, offered_languages, when
from core.base.installation import State, installation
from core.base.languages import SOURCE_LANGUAGE
from core.base.languages import installed as installed_languages
from core.base.scope import EVERYWHERE, current_force_id
from core.base.settings import Settings
from core.base.typed_day import NotADay, months, typed_day

__all__ = [
    "EVERYWHERE",
    "LARGEST_BODY",
    "SEPARATORS",
    "SOURCE_LANGUAGE",
    "CsvTable",
    "NotADay",
    "NotCsv",
    "Settings",
    "State",
    "ascii_address",
    "ascii_digits",
    "clean_line",
    "clean_text",
    "clock",
    "comparable",
    "csv_text",
    "current_force_id",
    "encoding_of",
    "force_locale",
    "installation",
    "installed_languages",
    "is_address",
    "is_birth_day",
    "language",
    "languages",
    "months",
    "offered_languages",
    "stamp_of",
    "typed_day",
    "when",
]
