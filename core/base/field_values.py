"""What record systems write in single fields, read as it is meant, before the shapes see it."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from core.base.email_address import comparable
from core.base.fields import Email, Line, key
from core.base.languages import SOURCE_LANGUAGE, names
from core.base.phone import holds_a_number

_HOUR = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?)")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def read_phone(text: str) -> str:
    text = re.sub("^tel:", "", text, flags=re.IGNORECASE).strip()
    if not holds_a_number(text):
        raise ValueError("is no phone number")
    return text


def read_postcode(text: str) -> str:
    signs = "".join(filter(str.isalnum, text)).upper()
    figures = any(map(str.isdecimal, signs)) or signs == "GIROAA"  # none: NFA, unknown
    if not 3 <= len(signs) <= 10 or not figures:
        raise ValueError("is no postcode, like SG1 1AA")
    return text


_SENDER = re.compile(r"(?:\"[^\"<>@]*\"\s*|[^\"<>@]*)<([^<>]*)>", re.DOTALL)
_KIND_OF_ADDRESS = re.compile(r"(?:mailto|e-?mail)\s*:\s*", re.IGNORECASE)
# What is typed where a form asks for an email and there is none, letters and figures only.
_SAYS_NONE = _words("""
    declined donotreply none noaddress noemail noemailaddress noemailgiven noemailprovided nomail noreply
    notapplicable notgiven notknown notprovided refused unknown withheld
""")
_NONE_IF_TWICE = _words("""
    a aa aaa abc anon email example mail na nil nk no null test x xx xxx xxxx
""")


def read_email(value: Any) -> Any:
    """The one address of ``Name <a@b>``, ``MAILTO:a@b``, or ``a@b; a@b``; two are never guessed between."""
    if not isinstance(value, str):
        return value
    found = _SENDER.fullmatch(value.strip().rstrip(";,. "))
    text = found[1].strip() if found else value.strip()
    if kind := _KIND_OF_ADDRESS.match(text):
        text = text[kind.end():]
    parts = [part.strip() for part in re.split("[;,]", text) if part.strip()]
    return parts[0] if len({comparable(part) for part in parts}) == 1 else text


def not_nobodys(text: str) -> str:
    """Raises ``ValueError`` for an address that says that there is none."""
    local, _, domain = text.casefold().rpartition("@")
    here, there = ("".join(filter(str.isalnum, one)) for one in (local, domain.partition(".")[0]))
    if here in _SAYS_NONE or (here in _NONE_IF_TWICE and here == there):
        raise ValueError("stands for no address, and somebody else may read there")
    return text


_OUTCOME = re.compile(r"0*([1-9][0-9]*[A-Za-z]?)(?:\.0+)?")
_CALLED = {name: code for code, called in names().items() for name in called if code != SOURCE_LANGUAGE}
_NO_LANGUAGE = f"is no language, like {' or '.join(names())}"
_TAG = re.compile(r"[a-z]{2,3}([-_][a-z0-9]+)*")
_ANY = "|".join(map(re.escape, sorted(_CALLED, key=len, reverse=True))) or "(?!)"  # else it fits nothing
_SPEAKS = re.compile(rf"\b({_ANY})\W+(?:speak|first|prefer)|\bsiaradwr ({_ANY})\b")
# Beside a language they leave its meaning; in place of one they say nothing.
_BESIDE = _words("""
    first language main preferred prefers speaks spoken speaker native fluent mother tongue iaith gyntaf
    siarad siaradwr
""")
_UNCLEAR = _words("""
    bilingual both ddim dim does doesn don interpreter dwyieithog known na needed neither nid nk no non none
    nor not notes or other see stated tbc unk unknown
""")


def read_language(value: Any) -> Any:
    """The code of a language of the portal for who has it first or speaks it; who speaks none reads English.

    Raises ``ValueError`` for what may mean either.
    """
    if not isinstance(value, str):
        return value
    text = value.strip().casefold()
    words = re.findall(r"[^\W\d_]+", text)
    if _TAG.fullmatch(text) and words[0] not in _UNCLEAR:
        return _CALLED.get(words[0], SOURCE_LANGUAGE)
    speaks = _SPEAKS.search(text)
    unclear = _UNCLEAR & set(words) - ({"bilingual"} if speaks else set())
    if "?" in text or unclear or all(len(word) < 2 for word in words):
        raise ValueError(_NO_LANGUAGE)
    if speaks:
        return _CALLED[speaks[1] or speaks[2]]
    before = next((place for place, word in enumerate(words) if word in _CALLED), None)
    if before is not None and set(words[:before]) <= _BESIDE:
        return _CALLED[words[before]]
    if before is not None and not names()[SOURCE_LANGUAGE] & set(words[:before]):
        raise ValueError(_NO_LANGUAGE)
    return SOURCE_LANGUAGE


def read_outcome(value: Any) -> Any:
    """Without the noughts before a number, and what a spreadsheet adds: ``018``, ``18.0``."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    found = _OUTCOME.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[1] if found else value


def read_hour(value: Any) -> Any:
    """An hour of the day as people write it. A bare 22 could be an hour or a second; a zone needs a day."""
    if isinstance(value, time) and value.tzinfo is None:
        return value
    found = _HOUR.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise ValueError("is not an hour, like 22:00")
    return f"{found[1]:0>2}:{found[2]}"


def read_exact(value: Any) -> Any:
    """What says that the hour is known is unset; people are shown it then."""
    said = value.strip().casefold() if isinstance(value, str) else None
    return None if said in ("exact", "hour", "minute", "second", "time", "datetime") else value


Hour = Annotated[time, BeforeValidator(read_hour)]
Precision = Annotated[Literal["day", "month"], key("day", "month")]
WrittenEmail = Annotated[Email, BeforeValidator(read_email), AfterValidator(not_nobodys)]
Phone = Annotated[Line, AfterValidator(read_phone)]
Postcode = Annotated[Line, AfterValidator(read_postcode)]
