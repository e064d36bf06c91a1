"""The sheet with a code that an officer prints and hands over, or reads out: in the person's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from core.base import force_locale, when
from core.force import Force

LETTERS = {
    "A": "Alfa", "B": "Bravo", "C": "Charlie", "D": "Delta", "E": "Echo", "F": "Foxtrot", "G": "Golf",
    "H": "Hotel", "I": "India", "J": "Juliett", "K": "Kilo", "L": "Lima", "M": "Mike", "N": "November",
    "O": "Oscar", "P": "Papa", "Q": "Quebec", "R": "Romeo", "S": "Sierra", "T": "Tango", "U": "Uniform",
    "V": "Victor", "W": "Whiskey", "X": "X-ray", "Y": "Yankee", "Z": "Zulu",
}


@dataclass(frozen=True)
class Sheet:
    """What stands on it: nothing of the crime, nor whose it is. ``spelled``: each sign and its word."""

    language: str
    heading: str
    code: str
    spelled: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]
    closing: tuple[str, ...]


def sheet_for(force: Force, code: str, language: str, until: datetime, address: str) -> Sheet:
    with force_locale(language):
        return Sheet(
            language, str(_("Your sign-in code")), code, tuple(_spelled(code)),
            (
                str(_("Go to %(address)s", address=address)),
                str(_("Give the details that the page asks for, and press Continue.")),
                str(_("On the next page, type this code. It does not matter whether letters are small "
                      "or capital.")),
            ),
            (
                str(_("The code works once, until %(moment)s.", moment=when(until))),
                str(_("Keep this sheet where nobody else reads it. When you have signed in, you can "
                      "throw it away.")),
                str(_("If it does not work, call %(number)s. We never ask you for this code.",
                      number=force.non_emergency)),
            ),
        )


def _spelled(code: str) -> list[tuple[str, str]]:
    """Letters by the international alphabet, digits in the language of the sheet."""
    digits = (_("zero"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"),
              _("eight"), _("nine"))
    words = LETTERS | {str(number): str(word) for number, word in enumerate(digits)}
    return [(sign, words[sign]) for sign in code if sign in words]
