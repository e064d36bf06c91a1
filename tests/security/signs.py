"""Texts of signs that no keyboard has or that can be written in two ways, and what is stored of them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import Flask
from hypothesis import strategies as st

from core.intake.models import RecordEvent
from core.storage.db import db, force_scope
from core.storage.row_guard import Base
from core.storage.sealed import Secret
from tests.conftest import HERTS
from tests.security.payloads import ODD_TEXTS
from tests.security.store import everything

AS_IT_CAME = RecordEvent  # keeps the sender's bytes, as evidence; nobody reads them on a page
APART, TOGETHER = "cafe\u0301 A\u030angstro\u0308m", "café Ångström"  # the same word, as NFD and as NFC
HUGE = ("x" * 50_000, "\u0301" * 9_000, "\U0001f469\u200d" * 6_000, "\ufdfa" * 9_000, "1" * 30_000)
_sign = st.one_of(
    st.sampled_from(["\x00", "\x08", "\x1b", "\x7f", "\x85", "\x9f", "\ud800", "\udc00", "\u202e", "\u2066",
                     "\u2028", "\ufeff", "\ufffe", "e\u0301", "\u0301", "\u212b", "\u1100\u1161", "\r\n",
                     "\t", "\u200d", "\U0010ffff", "\ufb01", "%", "\\", "'", "<", "&", "\u0663", "\xb2"]),
    st.characters(), st.sampled_from("abc 019-/@."),
)
ODD = st.one_of(
    st.sampled_from([*ODD_TEXTS, *HUGE, APART]),
    st.lists(_sign, min_size=1, max_size=12).map("".join),
    st.lists(_sign, min_size=1, max_size=4).map(lambda parts: f"Some words {''.join(parts)} with more."),
)


def unclean(text: str) -> str | None:
    """What is wrong with a text that is stored."""
    if any(unicodedata.category(sign) == "Cs" for sign in text):
        return "half a sign"
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\t\r" for sign in text):
        return "a control character"
    return None if unicodedata.is_normalized("NFC", text) else "not composed"


def stored(app: Flask, force: str = HERTS) -> Iterator[tuple[str, str]]:
    """(where, text) of all that is stored, opened, but for what is kept as it came."""
    for (table, _, _), row in everything(app).items():
        if table != AS_IT_CAME.__tablename__:
            for name, value in row.items():
                yield from ((f"{table}.{name}", text) for text in _texts(value))
    with app.app_context(), force_scope(force):
        for mapper in Base.registry.mappers:
            names = [name for name, value in vars(mapper.class_).items() if isinstance(value, Secret)]
            if names and mapper.class_ is not AS_IT_CAME:
                for row in db.session.scalars(sa.select(mapper.class_)):
                    yield from ((f"{mapper.class_.__name__}.{name}", text)
                                for name in names for text in _texts(getattr(row, name)))


def faults_in_store(app: Flask, force: str = HERTS) -> list[str]:
    found = [(where, text, unclean(_of_people(where, text))) for where, text in stored(app, force)]
    return [f"{where}: {wrong}: {text[:60]!r}" for where, text, wrong in found if wrong]


def _of_people(where: str, text: str) -> str:
    """The stamps that put news in order have a sign of our own between their parts."""
    return text.replace("\x1f", "") if "stamp" in where else text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(("{", "[")):
        try:
            yield from _texts(json.loads(value))
        except ValueError:
            yield value
    elif isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in (*value.keys(), *value.values()) if isinstance(value, dict) else value:
            yield from _texts(inner)
