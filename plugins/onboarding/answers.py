"""The questions of ``forces new``: what is asked, and what is a right answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from core.base import SOURCE_LANGUAGE, clock, installed_languages, languages
from core.force import field_types as kinds
from core.force import one_of, reference, report, vocabulary
from core.plugin_host import find_plugins, languages_of
from plugins.onboarding.day_like import is_day
from plugins.onboarding.reference_shape import Shape, shapes_of

Answers = dict[str, Any]
_INSTALLED = installed_languages()[1:]  # beside English
_CHOICE = f"{SOURCE_LANGUAGE}, or {', '.join(installed_languages())}"
_KIND_OF_FORCE = re.compile(
    r"^(?:Heddlu|Police Service of)\s+|(?<!\s)\s+(?:Constabulary|Police(?: Service)?)$",
    re.IGNORECASE,
)


class WrongAnswer(ValueError):
    """What is wrong with an answer, and what would be right."""


@dataclass(frozen=True)
class Question:
    """One question. ``default`` is written as a person would answer; None: there must be one.

    ``flag`` is also the key of the answer. ``many``: asked until the answer is empty, and an answer
    may hold several with one of the signs of ``apart`` between them. ``shown``: what is said of the
    answers so far, for the person to confirm.
    """

    flag: str
    ask: str
    check: Callable[[str, Answers], Any]
    default: Callable[[Answers], str | None] = lambda answers: None
    many: bool = False
    apart: str = ";|\n\t"
    wanted: Callable[[Answers], bool] = lambda answers: True
    shown: Callable[[Answers], list[str]] = lambda answers: []


def _as(kind: Any) -> Callable[[str, Answers], Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def check(text: str, answers: Answers) -> Any:
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            wrong, right = report.explain_fault(error.errors(include_url=False)[0])
            raise WrongAnswer(f"{wrong}. Right would be: {right}") from None

    return check


def _if_any(check: Callable[[str, Answers], Any]) -> Callable[[str, Answers], Any]:
    return lambda text, answers: check(text, answers) if text.strip() else None


def _nation(text: str, answers: Answers) -> str:
    return _known(text, get_args(vocabulary.Nation), "nation")


def _known(text: str, known: tuple[str, ...], what: str) -> str:
    for name in known:
        if name.casefold() == text.strip().casefold():
            return name
    raise WrongAnswer(f"there is no {what} “{text}”. Right would be: {one_of(text, known)}")


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[,;\s]+", text.strip()) if part]


def _languages(text: str, answers: Answers) -> tuple[str, ...]:
    spoken = tuple(dict.fromkeys(_known(part, installed_languages(), "language") for part in _parts(text)))
    if SOURCE_LANGUAGE not in spoken:
        raise WrongAnswer(f"English is missing. Right would be: {_CHOICE}")
    return spoken


def _groups(text: str, answers: Answers) -> tuple[str, ...]:
    known = tuple(open_groups())
    found = tuple(dict.fromkeys(_known(part, known, "group of crime types") for part in _parts(text)))
    if not found:
        raise WrongAnswer(f"at least one group is needed. Right would be: {one_of('', known)}")
    return found


def open_groups() -> list[str]:
    """The groups of crime types that have one a phase may open."""
    opened = {one.group for one in vocabulary.CRIME_TYPES.values() if not one.sensitive}
    return [group for group in vocabulary.GROUPS if group in opened]


def _others(answers: Answers) -> list[str]:
    """The languages that names are asked in beside English."""
    return [code for code in answers.get("languages") or () if code != SOURCE_LANGUAGE]


def _district(text: str, answers: Answers) -> tuple[str, dict[str, str]]:
    """``Name``, or ``Name / its name in another language``, or ``id = Name``; without an id it is made of
    the name."""
    others = _others(answers) or _INSTALLED[:1]
    given, _, name = text.rpartition("=")
    if not given and _looks_like_several(name, len(others)):
        raise WrongAnswer(f"“{text}” looks like several districts. Right would be: semicolons between them; "
                          f"or, if it is one, its id before it: {slug(name)[:20].strip('-')} = {name}")
    name, *more = (part.strip() for part in name.split(" / "))
    district = _as(kinds.Id)(given.strip() or slug(name), answers)
    known = [*answers.get("district", ())]
    if any(district == other or name.casefold() == called[SOURCE_LANGUAGE].casefold()
           for other, called in known):
        raise WrongAnswer(f"“{name}” is there already. Right would be: another district")
    named = {SOURCE_LANGUAGE: name, **{code: one for code, one in zip(others, more, strict=False) if one}}
    return district, {code: _as(kinds.Line)(one, answers) for code, one in named.items()}


def _looks_like_several(name: str, most: int) -> bool:
    """A comma stands in the name of one district where it ends in “and …” or in “City of”."""
    listed = [part.strip() for part in name.split(",")]
    one = re.search(r"(\b(and|a|ac)|&) \S", listed[-1]) or re.fullmatch(
        r"(City|County|Borough|District|Royal Borough) of", listed[-1], re.IGNORECASE)
    return name.count("/") > most or (len(listed) > 1 and not one)


def slug(name: str) -> str:
    """A name as an id: “St Albans” is st-albans."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


def _reference(text: str, answers: Answers) -> str:
    text = re.sub(r"\s*([/*])\s*", r"\1", " ".join(text.split()))  # as it is compared
    usable = text.isascii() and text.isprintable() and len(text) <= reference.LONGEST
    if is_day(text):
        raise WrongAnswer(f"“{text}” is a day. Right would be: a crime reference as it is printed on a "
                          "letter, like 41/12345/16; if it only looks like a day, another one")
    if not usable or not any(sign.isdigit() for sign in text):
        raise WrongAnswer(f"“{text}” is no crime reference. Right would be: one as it is printed on "
                          "a letter, like 41/12345/16")
    return text


def shapes(answers: Answers) -> tuple[Shape, ...]:
    """The shapes of the crime references that were given as examples."""
    return shapes_of(answers["reference"], clock.today().year)


def _how_read(answers: Answers) -> list[str]:
    """What the examples so far would take, and what not, for the person to see."""
    told = []
    for shape in shapes(answers):
        told.append(f"{' and '.join(shape.examples)} is read as: {shape.said}.")
        told += [f"  {what}: {', '.join(some)}" for what, some in (
            ("would be taken", shape.fits), ("would not", shape.differs)) if some]
    return [*told, "If that is wrong, give another example that differs where it may."] if told else []


def short_name(name: str) -> str:
    """The force's name without the words that all forces share."""
    return _KIND_OF_FORCE.sub("", name) or name


def name_in(code: str) -> str:
    """The key of the answer that is the force's name in the language."""
    return f"name_{code}"


def _name_question(code: str) -> Question:
    return Question(name_in(code), f"Its name in {languages.english_name(code)} (empty: not known yet)",
                    _if_any(_as(kinds.Line)), lambda a: "", wanted=lambda a: code in _others(a))


def _own_languages(answers: Answers) -> str:
    return ", ".join((SOURCE_LANGUAGE, *languages_of(answers.get("nation", ""), find_plugins())))


QUESTIONS = (
    Question("name", "The force's name, as on its letters", _as(kinds.Line)),
    Question("short_name", "Its short name", _as(kinds.Line), lambda a: short_name(a["name"])),
    Question("nation", "Nation: " + ", ".join(get_args(vocabulary.Nation)), _nation, lambda a: "England"),
    Question("languages", f"Languages of its own texts: {_CHOICE}", _languages, _own_languages),
    *map(_name_question, _INSTALLED),
    Question("website", "Its website (empty: not known yet)", _if_any(_as(kinds.Website)), lambda a: ""),
    Question("non_emergency", "Its number when it is no emergency", _as(kinds.Phone), lambda a: "101"),
    Question("district", "A district, like St Albans (with its names in the other languages: "
             "Swansea / Abertawe; several: with semicolons between)", _district, many=True),
    Question("crime_types", "Crime types to begin with, of: " + ", ".join(open_groups()), _groups,
             lambda a: "vehicle, burglary, theft"),
    Question("opens", "The first day, of crimes reported from then on", _as(kinds.Day),
             lambda a: clock.today().isoformat()),
    Question("reference", "A crime reference as an example (empty: not known yet)",
             _reference, lambda a: "", many=True, apart=";,|\n\t", shown=_how_read),
    Question("colour", "Its colour, dark enough for white text, like #14505c", _as(kinds.Colour)),
)


def id_question(known: Mapping[str, Path]) -> Question:
    """Which id the force gets; none of a force that is there, by its folder in *known*."""
    check = _as(kinds.Id)

    def unused(text: str, answers: Answers) -> str:
        force_id: str = check(text, answers)
        if force_id in known:
            raise WrongAnswer(f"the force {force_id} is there already, in {known[force_id]}. "
                              "Right would be: another id, or change that file")
        return force_id

    return Question("id", "Its id, in small letters and dashes, like st-albans", unused)


def settle(question: Question, given: Any, answers: Answers) -> None:
    """Put the checked answer to a question among *answers*; of many all or none of those *given*.

    Raises :class:`WrongAnswer`.
    """
    if not question.many:
        answers[question.flag] = question.check(given, answers)
        return
    found = {**answers, question.flag: [*answers.get(question.flag, ())]}
    for one in (part for text in given for part in re.split(f"[{question.apart}]", text) if part.strip()):
        found[question.flag].append(question.check(one.strip(), found))
    answers[question.flag] = found[question.flag]
