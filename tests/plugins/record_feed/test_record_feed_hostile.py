"""Rightly signed bodies that want to do harm: each is refused or kept, none fells the portal."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
from feed_builders import BATCH, Sender, at, state
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from plugins.record_feed import signature, strict_json
from tests.builders import event, officer, person, recorded
from tests.security.checklist import requirement

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
    "not UTF-8": GOOD.encode().replace(b"niche", b"\xff\xfe"),
    "UTF-16": GOOD.encode("utf-16"),
    "UTF-32": GOOD.encode("utf-32"),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
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
    "a person without a name": data(people=[{"id": "P1", "role": "victim"}]),
    "a birthday in a number": data(people=[person(date_of_birth=7)]),
    "a birthday that never was": data(people=[person(date_of_birth="2023-02-30")]),
    "an address with a line break": data(people=[person(email="a@b.example\nBcc: x@y.example")]),
    "control signs": data(summary="\x1b[31m"),
    "reported in the future": data(reported_at="2062-03-01T10:00:00Z"),
    "born in the future": data(people=[person(date_of_birth="2062-03-01")]),
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


def post(sender: Sender, body: bytes) -> Any:
    started = time.monotonic()
    answer = sender.post_bytes(body)
    assert time.monotonic() - started < 1
    assert answer.status_code < 500
    return answer


def test_there_are_enough_of_them() -> None:
    assert len(NOT_TAKEN) + len(PARKED) >= 60


@requirement("E7")
def test_what_is_no_event_is_refused_with_a_problem_and_leaves_nothing(
    app: Flask, niche: Sender
) -> None:
    for name, body in NOT_TAKEN.items():
        answer = post(niche, body)
        assert answer.status_code == 400, (name, answer.text)
        assert answer.content_type == "application/problem+json", name
        problem = answer.get_json()
        assert problem["status"] == 400
        assert {"type", "title", "detail"} <= problem.keys(), name
        assert "Traceback" not in answer.text
    assert state(app) == []
    assert niche.post_bytes(GOOD.encode()).status_code == 202


def test_what_is_an_event_but_not_understood_waits_with_a_reason(app: Flask, niche: Sender) -> None:
    for name, body in PARKED.items():
        answer = post(niche, body)
        assert answer.status_code == 202, (name, answer.text)
        (result,) = answer.get_json()["results"]
        assert (result["status"], bool(result["detail"])) == ("parked", True), name
    assert state(app) == [f'["events", "parked", {len(PARKED)}]']


def test_one_bad_item_never_stops_the_good_ones(app: Flask, niche: Sender) -> None:
    bad: list[Any] = [None, 1, [], {}, "x", {"id": 1}, {"id": "é" * 300}, {"specversion": "1.0"}]
    answer = niche.post_batch([*bad, recorded(), *bad])
    results = [result["status"] for result in answer.get_json()["results"]]
    assert results == ["rejected"] * 8 + ["accepted"] + ["rejected"] * 8


@pytest.mark.parametrize("broken", ['{"a": 1, "a": 2}', "[NaN]", '"x", 123456789012345678901'])
def test_what_breaks_a_limit_in_a_batch_is_named_by_its_place(niche: Sender, broken: str) -> None:
    body = f' [{json.dumps(recorded())},\n {json.dumps(recorded())}, {broken}]'.encode()
    answer = niche.post_bytes(body, content_type=BATCH)
    assert answer.status_code == 400
    assert answer.get_json()["pointer"] == ("/3" if broken.startswith('"') else "/2")


def test_a_thousand_ordinary_events_fit(niche: Sender) -> None:
    texts = [event("crime.progress", text="x" * 500, officer=officer()) for _ in range(1000)]
    body = json.dumps([recorded(), *texts[1:]]).encode()
    assert len(body) < 1024 * 1024
    answer = niche.post_bytes(body, content_type=BATCH)
    assert {result["status"] for result in answer.get_json()["results"]} == {"accepted"}


def test_depth_and_lengths_are_allowed_to_their_bounds(niche: Sender) -> None:
    for extra in (
        "[" * 30 + "]" * 30,
        "1" * 20,
        '"' + "x" * 20_000 + '"',
        '"\\ud83d\\ude00"',
        "-0.5e-10",
        "1e308",
    ):
        body = within(extra).replace(
            b'"good"', json.dumps(extra[:20] + str(len(extra))).encode(), 1
        )
        assert niche.post_bytes(body).status_code == 202, extra[:20]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text()
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
LEAST = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@LEAST
@given(key=st.sampled_from(list(recorded())), value=json_values)
def test_any_value_in_the_envelope_gets_an_answer(niche: Sender, key: str, value: Any) -> None:
    assert post(niche, json.dumps({**recorded(), key: value}).encode()).status_code in (
        202,
        400,
        409,
    )


ONE_CASE = recorded(id="the case")


@LEAST
@given(
    kind=st.sampled_from(
        [
            "crime.progress",
            "crime.outcome",
            "person.amended",
            "message.sent",
            "suspect.released",
            "crime.allocated",
            "crime.amended",
            "crime.reopened",
        ]
    ),
    data=st.dictionaries(
        st.sampled_from(
            [
                "stage",
                "text",
                "outcome",
                "scheme",
                "person",
                "officer",
                "to",
                "kind",
                "reasons",
                "flags",
                "reported_at",
                "time_precision",
                "next_update_by",
            ]
        ),
        json_values,
    ),
)
def test_any_data_gets_an_answer(niche: Sender, kind: str, data: dict[str, Any]) -> None:
    assert niche.post(ONE_CASE).status_code == 202
    one = event(kind) | {"data": data}
    assert post(niche, json.dumps(one).encode()).status_code in (202, 400)


@given(body=st.binary(max_size=60))
def test_any_bytes_are_json_or_not(body: bytes) -> None:
    with contextlib.suppress(strict_json.NotJson):
        json.dumps(strict_json.parse(body), allow_nan=False, ensure_ascii=False).encode()


@given(
    body=st.binary(max_size=40),
    message=st.text("abc.", min_size=1, max_size=9),
    flip=st.integers(0, 400),
)
def test_no_byte_of_a_delivery_can_be_changed(body: bytes, message: str, flip: int) -> None:
    key, now = b"k" * 32, clock.now()
    seconds = str(int(now.timestamp()))
    headers = {
        "webhook-id": message,
        "webhook-timestamp": seconds,
        "webhook-signature": signature.sign(key, message, seconds, body),
    }
    assert signature.signer([key], headers, body, now) == 0
    place = flip % (len(body) or 1)
    other = (
        body[:place] + bytes([(body[place] if body else 0) ^ (1 + flip % 255)]) + body[place + 1 :]
    )
    assert signature.signer([key], headers, other, now) is None
    assert signature.signer([b"x" * 32], headers, body, now) is None


def test_a_wrong_key_is_no_key(app: Flask) -> None:
    with at(app):
        for wrong in ("whsec_", "whsec_AAAA", "not base64!", "whsec_é"):
            with pytest.raises(ValueError, match="signing key"):
                signature.key_bytes(wrong)
