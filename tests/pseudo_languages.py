"""Two languages that nobody speaks, made of the sentences in the code when the tests run.

In *accented*, German to the program, every letter is another and every sentence a third longer: what stands
on a page as it stands in the code was not marked for translation. *Turned*, Arabic to the program, runs from
right to left. Both are made into a copy of the portal; no installation has them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
ACCENTED, TURNED = "de", "ar"
CODE = ("core", "plugins", "forces", "translations", "wsgi.py")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WITH_ACCENTS = dict(zip(LETTERS + LETTERS.upper(), (
    "áƀçđéƒğĥíĵķļɱñóþɋŕšţúṽŵẋýž" "ÁɃÇĐÉƑĞĤÍĴĶĻṀÑÓÞɊŔŠŢÚṼŴẊÝŽ"), strict=True))
OF_ARABIC = dict(zip(LETTERS, "ابتدهفغحيجكلمنوثقرسطعضوخيز", strict=True))
OF_ARABIC |= {letter.upper(): other for letter, other in OF_ARABIC.items()}
KEPT = re.compile(r"(%\(\w+\)[a-z]|%%\{\w+\}|\{\w+\}|%%|%[sd]|<[^>]*>|&\w+;)")


def pseudo(sentence: str, letters: dict[str, str]) -> str:
    """The sentence in other letters and a third longer; placeholders and markup stay as they are."""
    said = "".join(part if KEPT.fullmatch(part) else part.translate(str.maketrans(letters))
                   for part in KEPT.split(sentence))
    longer = " ".join(["ñó" if letters is WITH_ACCENTS else "نو"] * (len(sentence) // 9))
    return f"{said} {longer}".strip()


def catalogue(code: str, letters: dict[str, str]) -> Catalog:
    """Every sentence of messages.pot in the pseudo-language that takes the place of *code*."""
    with (ROOT / "translations/messages.pot").open("rb") as file:
        template = read_po(file)
    made = Catalog(Locale.parse(code))
    for message in template:
        if message.id:
            made.add(message.id, _translated(message, made.num_plurals, letters), context=message.context)
    return made


def _translated(message: Message, forms: int, letters: dict[str, str]) -> str | tuple[str, ...]:
    if isinstance(message.id, str):
        return pseudo(message.id, letters)
    one, many = message.id
    return (pseudo(one, letters), *[pseudo(many, letters)] * (forms - 1))


def install(folder: Path) -> Path:
    """The portal as it is here, in *folder*, with two folders of translations more."""
    ours = shutil.ignore_patterns("__pycache__")
    for name in CODE:
        copy: Callable[..., object] = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name, **({"ignore": ours} if (ROOT / name).is_dir() else {}))
    for code, letters in ((ACCENTED, WITH_ACCENTS), (TURNED, OF_ARABIC)):
        place = folder / "translations" / code / "LC_MESSAGES"
        place.mkdir(parents=True)
        with (place / "messages.mo").open("wb") as file:
            write_mo(file, catalogue(code, letters))
    return folder
