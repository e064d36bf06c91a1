"""Rightly signed bodies that want to do harm: each is refused or kept, none fells the portal."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.base import clock
from core.testing import event, officer, recorded
from plugins.record_feed import signature, strict_json
from tests.plugins.record_feed.feed_builders import BATCH, Sender, at, state
from tests.plugins.record_feed.hostile_bodies import GOOD, LEFT_OUT, NOT_TAKEN, PARKED, within
from tests.security.checklist import requirement


def post(sender: Sender, body: bytes) -> Any:
    answer = sender.post_bytes(body)
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


def test_a_hostile_detail_is_left_out_and_named(niche: Sender) -> None:
    for name, body in LEFT_OUT.items():
        (result,) = post(niche, body).get_json()["results"]
        assert (result["status"], result["detail"][:9]) == ("accepted", "left out "), name
        assert result["pointer"] in result["detail"], name


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


PIECES = st.text(st.sampled_from('ab"\\[]{},: \n\x00\ud800é'), max_size=8)
NESTED = st.recursive(
    st.none() | st.integers(0, 9) | PIECES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PIECES, inner, max_size=3), max_leaves=9)


def test_ordinary_deliveries_are_not_walked_through() -> None:
    assert not strict_json._may_break_a_limit(json.dumps([ONE_CASE] * 100))
    assert strict_json._may_break_a_limit('["\\""]') and strict_json._may_break_a_limit("[" * 99 + "]" * 99)


@given(value=NESTED, ascii_only=st.booleans())
def test_no_limit_is_passed_by_that_nothing_looked_near_it(value: Any, ascii_only: bool) -> None:
    """Most deliveries are not walked through: those that are not would have been found fine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict_json, "MAX_STRING", 5)
        patch.setattr(strict_json, "MAX_DEPTH", 3)
        body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
        try:
            read = strict_json.parse(body)
        except strict_json.NotJson:
            return
        strict_json.check(read)
        assert read == value


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
