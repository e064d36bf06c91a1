"""Bodies that want to do harm, by what is wrong with them."""

from __future__ import annotations

import json
from typing import Any

from core.testing import person, recorded

GOOD = json.dumps(recorded(id="good"))


def within(data: str) -> bytes:
    """An event whose data holds this JSON."""
    return GOOD.replace('"data": {', '"data": {"extra": ' + data + ", ", 1).encode()


def changed(**more: Any) -> bytes:
    return json.dumps({**recorded(), **more}).encode()


def data(**more: Any) -> bytes:
    return json.dumps(recorded(**more)).encode()


NOT_TAKEN: dict[str, bytes] = {
    "nothing": b"",
    "white space": b" \n",
    "a number": b"7",
    "a string": b'"x"',
    "null": b"null",
    "true": b"true",
    "an array": b"[]",
    "an empty object": b"{}",
    "half an object": GOOD[:-1].encode(),
    "two objects": (GOOD * 2).encode(),
    "a comma too many": GOOD[:-1].encode() + b",}",
    "single quotes": b"{'id': 1}",
    "a comment": b"{/* */}",
    "not UTF-8": GOOD.encode().replace(b"Amina", b"\xff\xfe"),
    "UTF-16": GOOD.encode("utf-16"),
    "UTF-32": GOOD.encode("utf-32"),
    "two byte order marks": b"\xef\xbb\xbf" * 2 + GOOD.encode(),
    "a byte order mark of UTF-16": b"\xff\xfe" + GOOD.encode(),
    "overlong UTF-8": within('"').replace(b'""', b'"\xc0\x80"'),
    "a surrogate in UTF-8": within('"X"').replace(b"X", b"\xed\xa0\x80"),
    "HTML": b"<html></html>",
    "XML": b"<?xml version='1.0'?><a/>",
    "a form": b"id=1&data=2",
    "a gzip": b"\x1f\x8b\x08\x00\x00",
    "zeros": b"\0" * 100,
    "NaN": within("NaN"),
    "Infinity": within("Infinity"),
    "minus Infinity": within("-Infinity"),
    "a huge float": within("1e999"),
    "21 digits": within("1" * 21),
    "5,000 digits": within("1" * 5000),
    "a long fraction": within("0." + "1" * 30),
    "a long exponent": within("1e" + "0" * 30),
    "a plus": within("+1"),
    "octal": within("017"),
    "hexadecimal": within("0x1F"),
    "33 deep": within("[" * 31 + "]" * 31),
    "100,000 deep": within("[" * 100_000 + "]" * 100_000),
    "100,000 open": b"[" * 100_000,
    "objects 100,000 deep": b'{"a":' * 100_000,
    "deep and closed objects": within('{"a":' * 40 + "1" + "}" * 40),
    "the same key twice": GOOD[:-1].encode() + b', "id": "other"}',
    "the same key twice, deep": within('[{"a": 1, "\\u0061": 2}]'),
    "NUL in a string": within('"a\\u0000b"'),
    "NUL in a key": within('{"\\u0000": 1}'),
    "a raw NUL": within('"a\x00b"'),
    "a lone surrogate": within('"\\ud800"'),
    "a surrogate the wrong way": within('"\\udc00\\ud800"'),
    "a surrogate in a key": within('{"\\udfff": 1}'),
    "a raw line break in a string": within('"a\nb"'),
    "a string too long": within('"' + "x" * 20_001 + '"'),
    "a key too long": within('{"' + "k" * 20_001 + '": 1}'),
    "the duplicate of a surrogate": within('{"\\ud800": 1, "\\ud800": 2}'),
    "an id that is a list": changed(id=["x"]),
    "an id that is an object": changed(id={"$ne": 1}),
    "an id too long": changed(id="x" * 201),
    "an id of control signs": changed(id="a\x1bb"),
    "a subject with a line break": changed(subject="41/1/24\r\nX: y"),
    "a type too long": changed(type="u" * 300),
    "a time of another world": changed(time="2024-13-41T25:61:61Z"),
    "a time with much precision": changed(time="2024-03-01T10:00:00." + "0" * 5000 + "Z"),
    "a time in letters": changed(time="٢٠٢٤-03-01T10:00:00Z"),
    "data that is text": changed(data="x"),
    "data that is missing": json.dumps(
        {k: v for k, v in recorded().items() if k != "data"}
    ).encode(),
    "news from the future": changed(time="2062-03-01T10:00:00Z"),
    "a far zone": changed(time="2024-03-01T10:00:00+99:99"),
}
PARKED: dict[str, bytes] = {
    "no people": data(people=None),
    "people that are text": data(people="all"),
    "a hundred and one people": data(people=[person(n) for n in range(101)]),
    "a person without a role": data(people=[{"id": "P1", "name": {"family": "Khan"}}]),
    "control signs": data(people=[person(id="\x1b[31m")]),
    "reported in the future": data(reported_at="2062-03-01T10:00:00Z"),
    "reported in the year 1": data(reported_at="0001-01-01T00:00:00Z"),
    "reported in the year 9999": data(reported_at="9999-12-31T23:59:59-14:00"),
    "a template for a type": data(crime_type="{{7*7}}"),
    "SQL for a district": data(district="'; DROP TABLE crime_case; --"),
    "a path for a type": changed(type="../../etc/passwd"),
    "a reference of signs only": changed(subject="///"),
    "very many flags": data(flags=["x"] * 101),
    "an unknown service level": data(service_level="gold"),
    "hours as numbers": data(people=[person(safe_contact={"not_before": "25:00"})]),
}
LEFT_OUT: dict[str, bytes] = {
    "a birthday in a number": data(people=[person(date_of_birth=7)]),
    "a birthday that never was": data(people=[person(date_of_birth="2023-02-30")]),
    "an address with a line break": data(people=[person(email="a@b.example\nBcc: x@y.example")]),
    "born in the future": data(people=[person(date_of_birth="2062-03-01")]),
    "an address that is an object": data(people=[person(email={"$ne": ""})]),
    "a telephone number with control signs": data(people=[person(phone="0770\x1b[31m")]),
    "a summary of control signs": data(summary="\x1b[31m"),
    "an officer who is a text": data(officer="'; DROP TABLE staff; --"),
}
